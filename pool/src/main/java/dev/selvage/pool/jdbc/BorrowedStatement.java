package dev.selvage.pool.jdbc;

import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A statement of a borrowed connection. */
final class BorrowedStatement<T extends Statement> extends Standin<T> {
    private final BorrowedConnection connection;

    BorrowedStatement(Class<T> type, T real, BorrowedConnection connection) {
        super(type, real);
        this.connection = connection;
    }

    @Override
    BorrowedConnection connection() {
        return connection;
    }

    @Override
    @Nullable Object call(Method method, Object[] arguments) throws Throwable {
        return switch (method.getName()) {
            case "getConnection" -> {
                connection.requireOpen();
                yield connection.proxy();
            }
            case "close" -> {
                close();
                yield null;
            }
            case "isClosed" -> !connection.lease().isHeld() || real().isClosed();
            default -> {
                Object result = askDriver(method, arguments);
                yield result instanceof ResultSet rows
                        ? new BorrowedPart<>(ResultSet.class, rows, connection, this).proxy()
                        : result;
            }
        };
    }

    /** Closed with its connection at the latest; so a late close is none. */
    private void close() throws SQLException {
        if (connection.lease().isHeld()) {
            connection.physical().closed(real());
            real().close();
        }
    }
}
