package dev.selvage.pool.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A connection of the driver's, with what it takes to make it as it was when it was made. It is one party's at a time,
 * as resources of a pool are; but its statements may be closed by other threads.
 */
final class PhysicalConnection {
    private final Connection connection;

    /** As the driver made it, of those settings that a borrower has changed. Empty when it is lent. */
    private final Map<Setting, Setting.Restore> before = new EnumMap<>(Setting.class);

    private final Set<Statement> statements = ConcurrentHashMap.newKeySet();

    /** A failure has shown that it is of no use any more. False -> true, by its borrower. */
    private volatile boolean broken;

    PhysicalConnection(Connection connection) {
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    /** Notes what a setting is, before a borrower changes it. */
    void keep(Setting setting) throws SQLException {
        if (!before.containsKey(setting)) {
            before.put(setting, setting.asItIs(connection));
        }
    }

    void opened(Statement statement) {
        statements.add(statement);
    }

    void closed(Statement statement) {
        statements.remove(statement);
    }

    /** Looks at what went wrong. */
    void failed(Throwable failure) {
        if (!broken && failure instanceof SQLException refused) {
            broken = SqlStates.isFatal(refused) || isClosedByDriver();
        }
    }

    private boolean isClosedByDriver() {
        try {
            return connection.isClosed();
        } catch (SQLException worse) {
            return true;
        }
    }

    boolean isBroken() {
        return broken;
    }

    /** Makes it as it was. If that fails it is not to be lent again. */
    void reset() throws SQLException {
        closeStatements();
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
        for (Setting.Restore restore : before.values()) {
            restore.run();
        }
        before.clear();
        connection.clearWarnings();
    }

    private void closeStatements() throws SQLException {
        for (Statement statement : statements) {
            statement.close();
        }
        statements.clear();
    }

    /** What a borrower may change. */
    enum Setting {
        // in this order: some drivers refuse to change what follows within a transaction, which auto-commit ends
        AUTO_COMMIT {
            @Override
            Restore asItIs(Connection connection) throws SQLException {
                boolean now = connection.getAutoCommit();
                return () -> connection.setAutoCommit(now);
            }
        },
        READ_ONLY {
            @Override
            Restore asItIs(Connection connection) throws SQLException {
                boolean now = connection.isReadOnly();
                return () -> connection.setReadOnly(now);
            }
        },
        ISOLATION {
            @Override
            Restore asItIs(Connection connection) throws SQLException {
                int now = connection.getTransactionIsolation();
                return () -> connection.setTransactionIsolation(now);
            }
        },
        CATALOG {
            @Override
            Restore asItIs(Connection connection) throws SQLException {
                String now = connection.getCatalog();
                return () -> connection.setCatalog(now);
            }
        },
        SCHEMA {
            @Override
            Restore asItIs(Connection connection) throws SQLException {
                String now = connection.getSchema();
                return () -> connection.setSchema(now);
            }
        },
        HOLDABILITY {
            @Override
            Restore asItIs(Connection connection) throws SQLException {
                int now = connection.getHoldability();
                return () -> connection.setHoldability(now);
            }
        },
        TYPE_MAP {
            @Override
            Restore asItIs(Connection connection) throws SQLException {
                Map<String, Class<?>> now = connection.getTypeMap();
                return () -> connection.setTypeMap(now);
            }
        },
        NETWORK_TIMEOUT {
            @Override
            Restore asItIs(Connection connection) throws SQLException {
                int now = connection.getNetworkTimeout();
                return () -> connection.setNetworkTimeout(Runnable::run, now);
            }
        },
        CLIENT_INFO {
            @Override
            Restore asItIs(Connection connection) throws SQLException {
                var now = connection.getClientInfo();
                return () -> connection.setClientInfo(now);
            }
        };

        @FunctionalInterface
        interface Restore {
            void run() throws SQLException;
        }

        abstract Restore asItIs(Connection connection) throws SQLException;
    }

    @Override
    public String toString() {
        return connection.toString();
    }
}
