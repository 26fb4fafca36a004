package dev.selvage.pool.jdbc;

import dev.selvage.pool.checkout.CheckoutPool;
import java.lang.reflect.Method;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A connection as its borrower has it: closing it gives it back. */
final class BorrowedConnection extends Standin<Connection> {
    private final CheckoutPool.Lease<PhysicalConnection> lease;
    private final PhysicalConnection physical;

    BorrowedConnection(CheckoutPool.Lease<PhysicalConnection> lease, PhysicalConnection physical) {
        super(Connection.class, physical.connection());
        this.lease = lease;
        this.physical = physical;
    }

    CheckoutPool.Lease<PhysicalConnection> lease() {
        return lease;
    }

    PhysicalConnection physical() {
        return physical;
    }

    @Override
    BorrowedConnection connection() {
        return this;
    }

    void requireOpen() throws SQLException {
        if (!lease.isHeld()) {
            throw new SQLNonTransientConnectionException(
                    "this connection was closed or taken back: " + lease, SqlStates.DOES_NOT_EXIST);
        }
    }

    void failed(Throwable failure) {
        physical.failed(failure);
    }

    @Override
    @Nullable Object call(Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "close" -> close();
            case "abort" -> lease.discard();
            case "isClosed" -> {
                return !lease.isHeld() || real().isClosed();
            }
            case "isValid" -> {
                return lease.isHeld() && Boolean.TRUE.equals(askDriver(method, arguments));
            }
            case "createStatement", "prepareStatement", "prepareCall", "getMetaData" -> {
                return standin(askDriver(method, arguments));
            }
            default -> {
                keepWhatChanges(method);
                return askDriver(method, arguments);
            }
        }
        return null;
    }

    private void close() {
        if (physical.isBroken()) {
            lease.discard();
        } else {
            lease.close();
        }
    }

    private @Nullable Object standin(@Nullable Object made) {
        if (made instanceof Statement statement) {
            physical.opened(statement);
        }
        return switch (made) {
            case CallableStatement statement ->
                new BorrowedStatement<>(CallableStatement.class, statement, this).proxy();
            case PreparedStatement statement ->
                new BorrowedStatement<>(PreparedStatement.class, statement, this).proxy();
            case Statement statement -> new BorrowedStatement<>(Statement.class, statement, this).proxy();
            case DatabaseMetaData metaData -> new BorrowedPart<>(DatabaseMetaData.class, metaData, this, this).proxy();
            case null, default -> made;
        };
    }

    private void keepWhatChanges(Method method) throws SQLException {
        PhysicalConnection.Setting setting = switch (method.getName()) {
            case "setAutoCommit" -> PhysicalConnection.Setting.AUTO_COMMIT;
            case "setReadOnly" -> PhysicalConnection.Setting.READ_ONLY;
            case "setTransactionIsolation" -> PhysicalConnection.Setting.ISOLATION;
            case "setCatalog" -> PhysicalConnection.Setting.CATALOG;
            case "setSchema" -> PhysicalConnection.Setting.SCHEMA;
            case "setHoldability" -> PhysicalConnection.Setting.HOLDABILITY;
            case "setTypeMap" -> PhysicalConnection.Setting.TYPE_MAP;
            case "setNetworkTimeout" -> PhysicalConnection.Setting.NETWORK_TIMEOUT;
            case "setClientInfo" -> PhysicalConnection.Setting.CLIENT_INFO;
            default -> null;
        };
        if (setting != null) {
            requireOpen();
            physical.keep(setting);
        }
    }
}
