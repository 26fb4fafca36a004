package dev.selvage.pool.jdbc;

import java.lang.reflect.Method;
import java.sql.ResultSet;
import org.jspecify.annotations.Nullable;

/** The rows of a borrowed statement, or the meta data of a borrowed connection: they know what they are part of. */
final class BorrowedPart<T> extends Standin<T> {
    private final BorrowedConnection connection;
    private final @Nullable Standin<?> whole;

    /**
     * Makes one.
     *
     * @param whole the statement or the connection; null for the rows of meta data, which no statement has made
     */
    BorrowedPart(Class<T> type, T real, BorrowedConnection connection, @Nullable Standin<?> whole) {
        super(type, real);
        this.connection = connection;
        this.whole = whole;
    }

    @Override
    BorrowedConnection connection() {
        return connection;
    }

    @Override
    @Nullable Object call(Method method, Object[] arguments) throws Throwable {
        return switch (method.getName()) {
            case "getStatement", "getConnection" -> {
                connection.requireOpen();
                yield whole == null ? null : whole.proxy();
            }
            case "close" -> connection.lease().isHeld() ? askDriver(method, arguments) : null;
            case "isClosed" -> !connection.lease().isHeld() || Boolean.TRUE.equals(askDriver(method, arguments));
            default -> {
                Object result = askDriver(method, arguments);
                yield result instanceof ResultSet rows
                        ? new BorrowedPart<>(ResultSet.class, rows, connection, null).proxy()
                        : result;
            }
        };
    }
}
