package dev.selvage.demo.bench.lender;

import java.io.PrintWriter;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** JDBC connections to nowhere: valid, in auto-commit, doing nothing. The same for all pools of connections. */
final class StubDriver {

    private StubDriver() {}

    /** Makes them; public, and with a public constructor, for pools that make it by reflection. */
    public static final class StubDataSource implements DataSource {

        private final Runnable creation;

        /** Made by pools. */
        public StubDataSource() {
            this(() -> {});
        }

        StubDataSource(Runnable creation) {
            this.creation = creation;
        }

        @Override
        public Connection getConnection() {
            creation.run();
            return connection();
        }

        @Override
        public Connection getConnection(String user, String password) {
            return getConnection();
        }

        @Override
        public @Nullable PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(@Nullable PrintWriter out) {}

        @Override
        public void setLoginTimeout(int seconds) {}

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getGlobal();
        }

        @Override
        public <T> T unwrap(Class<T> type) {
            return type.cast(this);
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return type.isInstance(this);
        }
    }

    /** Makes connections, each of which takes what the creation does. */
    static StubDataSource dataSource(Runnable creation) {
        return new StubDataSource(creation);
    }

    private static Connection connection() {
        return (Connection) Proxy.newProxyInstance(
                StubDriver.class.getClassLoader(), new Class<?>[] {Connection.class}, StubDriver::answer);
    }

    private static @Nullable Object answer(Object connection, Method method, Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(connection);
            case "equals" -> arguments != null && connection == arguments[0];
            case "toString" -> "stub connection";
            case "isValid", "getAutoCommit" -> true;
            case "getTransactionIsolation" -> Connection.TRANSACTION_READ_COMMITTED;
            case "unwrap" -> connection;
            default -> nothing(method.getReturnType());
        };
    }

    private static @Nullable Object nothing(Class<?> type) {
        if (type == boolean.class) {
            return false;
        }
        return type == int.class ? 0 : type == long.class ? (Object) 0L : null;
    }
}
