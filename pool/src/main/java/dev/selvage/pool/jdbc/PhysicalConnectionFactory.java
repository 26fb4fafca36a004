package dev.selvage.pool.jdbc;

import dev.selvage.pool.checkout.ResourceFactory;
import java.sql.SQLException;
import java.util.Objects;

/** What the pool does with the driver's connections. */
final class PhysicalConnectionFactory implements ResourceFactory<PhysicalConnection> {
    private static final int LONGEST_VALIDATION_SECONDS = 5;

    private final PooledDataSource.ConnectionFactory factory;

    PhysicalConnectionFactory(PooledDataSource.ConnectionFactory factory) {
        this.factory = factory;
    }

    @Override
    public PhysicalConnection create() throws SQLException {
        return new PhysicalConnection(Objects.requireNonNull(factory.connect(), "the factory's connection"));
    }

    @Override
    public boolean validate(PhysicalConnection resource) throws SQLException {
        return resource.connection().isValid(LONGEST_VALIDATION_SECONDS);
    }

    @Override
    public void reset(PhysicalConnection resource) throws SQLException {
        resource.reset();
    }

    @Override
    public void destroy(PhysicalConnection resource) throws SQLException {
        resource.connection().close();
    }
}
