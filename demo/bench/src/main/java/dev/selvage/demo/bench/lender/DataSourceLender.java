package dev.selvage.demo.bench.lender;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.selvage.pool.jdbc.PooledDataSource;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Pools of JDBC connections, over connections that do nothing. */
final class DataSourceLender implements Lender {
    private final DataSource pool;
    private final AutoCloseable closing;

    private DataSourceLender(DataSource pool, AutoCloseable closing, int size) throws Exception {
        this.pool = pool;
        this.closing = closing;
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            all.add(take());
        }
        for (Object taken : all) {
            giveBack(taken);
        }
    }

    static DataSourceLender selvage(Lenders.Growth growth) throws Exception {
        PooledDataSource pool = PooledDataSource.start(
                "bench",
                growth.size(),
                StubDriver.dataSource(growth.creation())::getConnection,
                options -> options.withCheckoutTimeout(Duration.ofSeconds(Lenders.TIMEOUT_SECONDS))
                        .withOverflow(growth.most() - growth.size(), Duration.ofMinutes(1)));
        return new DataSourceLender(pool, pool, growth.size());
    }

    static DataSourceLender hikari(Lenders.Growth growth) throws Exception {
        HikariConfig config = new HikariConfig();
        config.setDataSource(StubDriver.dataSource(growth.creation()));
        config.setMaximumPoolSize(growth.most());
        config.setMinimumIdle(growth.size());
        config.setConnectionTimeout(Lenders.TIMEOUT_MILLIS);
        HikariDataSource pool = new HikariDataSource(config);
        return new DataSourceLender(pool, pool, growth.size());
    }

    static DataSourceLender agroal(Lenders.Growth growth) throws Exception {
        AgroalDataSource pool = AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(connections -> connections
                        .maxSize(growth.size())
                        .acquisitionTimeout(Duration.ofSeconds(Lenders.TIMEOUT_SECONDS))
                        .connectionFactoryConfiguration(
                                factory -> factory.connectionProviderClass(StubDriver.StubDataSource.class))));
        return new DataSourceLender(pool, pool, growth.size());
    }

    @Override
    public Object take() throws SQLException {
        return pool.getConnection();
    }

    @Override
    public void giveBack(Object taken) throws SQLException {
        ((Connection) taken).close();
    }

    @Override
    public void close() throws Exception {
        closing.close();
    }
}
