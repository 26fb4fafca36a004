package dev.selvage.pool.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A driver without a database: it notes what its connections are asked, keeps their settings, and fails where a test
 * says so.
 */
final class FakeDriver {

    /** Of all connections, in order of their making. */
    final List<Physical> connections = new CopyOnWriteArrayList<>();

    /** What the next connect throws; null: none. */
    volatile @Nullable SQLException refusal;

    Connection connect() throws SQLException {
        SQLException refused = refusal;
        if (refused != null) {
            throw refused;
        }
        Physical made = new Physical();
        connections.add(made);
        return made.connection;
    }

    Physical only() {
        if (connections.size() != 1) {
            throw new AssertionError(connections.size() + " connections were made");
        }
        return connections.getFirst();
    }

    /** A vendor's own interface. */
    interface Vendor {
        String version();
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler, Class<?>... others) {
        Class<?>[] types = new Class<?>[others.length + 1];
        types[0] = type;
        System.arraycopy(others, 0, types, 1, others.length);
        return type.cast(Proxy.newProxyInstance(FakeDriver.class.getClassLoader(), types, (object, method, args) -> {
            return switch (method.getName()) {
                case "equals" -> object == args[0];
                case "hashCode" -> System.identityHashCode(object);
                case "toString" -> "fake " + type.getSimpleName();
                default -> handler.invoke(object, method, args);
            };
        }));
    }

    /** A connection. */
    final class Physical {
        final Connection connection = proxy(Connection.class, this::asked, Vendor.class);
        final Map<String, Object> settings = new ConcurrentHashMap<>();
        final List<String> log = new CopyOnWriteArrayList<>();
        final List<Statement> statements = new CopyOnWriteArrayList<>();

        /** What the method of that name throws. */
        final Map<String, Throwable> failures = new ConcurrentHashMap<>();

        volatile boolean closed;

        private Physical() {
            settings.put("AutoCommit", true);
            settings.put("ReadOnly", false);
            settings.put("TransactionIsolation", Connection.TRANSACTION_READ_COMMITTED);
            settings.put("Catalog", "main");
            settings.put("Schema", "public");
            settings.put("Holdability", ResultSet.HOLD_CURSORS_OVER_COMMIT);
            settings.put("TypeMap", Map.of());
            settings.put("NetworkTimeout", 0);
            settings.put("ClientInfo", new java.util.Properties());
        }

        private @Nullable Object asked(Object self, Method method, Object @Nullable [] arguments) throws Throwable {
            String name = method.getName();
            Throwable failure = failures.get(name);
            if (failure != null) {
                throw failure;
            }
            switch (name) {
                case "close" -> closed = true;
                case "isClosed" -> {
                    return closed;
                }
                case "isValid" -> {
                    return !closed;
                }
                case "version" -> {
                    return "7";
                }
                case "createStatement", "prepareStatement" -> {
                    Statement made = statement(name);
                    statements.add(made);
                    return made;
                }
                case "getMetaData" -> {
                    return proxy(
                            DatabaseMetaData.class, (o, m, a) -> m.getName().equals("getTables") ? rows(null) : self);
                }
                default -> {
                    if (name.startsWith("set")) {
                        Object[] given = arguments == null ? new Object[] {} : arguments;
                        Object last = given[given.length - 1];
                        settings.put(name.substring(3), last);
                        log.add(name + " " + last);
                        return null;
                    }
                    Object setting = settings.get(name.replaceFirst("^(get|is)", ""));
                    if (setting != null) {
                        return setting;
                    }
                    log.add(name);
                }
            }
            return null;
        }

        private Statement statement(String maker) {
            boolean[] over = new boolean[1];
            InvocationHandler handler = (self, method, arguments) -> {
                Throwable failure = failures.get(method.getName());
                if (failure != null) {
                    throw failure;
                }
                return switch (method.getName()) {
                    case "close" -> {
                        over[0] = true;
                        yield null;
                    }
                    case "isClosed" -> over[0];
                    case "executeQuery" -> rows((Statement) self);
                    case "getConnection" -> connection;
                    case "execute" -> true;
                    default -> null;
                };
            };
            return maker.equals("prepareStatement")
                    ? proxy(PreparedStatement.class, handler)
                    : proxy(Statement.class, handler);
        }

        private ResultSet rows(@Nullable Statement statement) {
            return proxy(ResultSet.class, (self, method, arguments) -> switch (method.getName()) {
                case "getStatement" -> statement;
                case "next", "isClosed" -> false;
                default -> null;
            });
        }
    }
}
