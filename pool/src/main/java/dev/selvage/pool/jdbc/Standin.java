package dev.selvage.pool.jdbc;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.sql.Wrapper;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stands for an object of the driver's before the borrower, so that it cannot be used once the loan is over and leads
 * back to the borrowed connection. JDBC's interfaces have some five hundred methods, of which some thirty matter here;
 * so it is made by {@link Proxy}, whose price nobody notices beside that of a statement.
 *
 * @param <T> the interface
 */
abstract class Standin<T> implements InvocationHandler {
    /** The constructor of the proxies of an interface: {@link Proxy} looks it up each time, which costs most of it. */
    private static final ClassValue<Constructor<?>> PROXIES = new ClassValue<>() {
        @Override
        protected Constructor<?> computeValue(Class<?> type) {
            Object first = Proxy.newProxyInstance(
                    Standin.class.getClassLoader(), new Class<?>[] {type}, (any, method, arguments) -> null);
            try {
                return first.getClass().getConstructor(InvocationHandler.class);
            } catch (NoSuchMethodException impossible) {
                throw new LinkageError(impossible.getMessage(), impossible);
            }
        }
    };

    private final Class<T> type;
    private final T real;
    private final T proxy;

    Standin(Class<T> type, T real) {
        this.type = type;
        this.real = real;
        this.proxy = type.cast(newProxy(type));
    }

    private Object newProxy(Class<T> of) {
        try {
            return PROXIES.get(of).newInstance(this);
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError(impossible.getMessage(), impossible);
        }
    }

    final T proxy() {
        return proxy;
    }

    final T real() {
        return real;
    }

    /** The borrowed connection that this belongs to. */
    abstract BorrowedConnection connection();

    /** Does what a method of the interface does here; by default asks the driver. */
    @Nullable Object call(Method method, Object[] arguments) throws Throwable {
        return askDriver(method, arguments);
    }

    @Override
    public final @Nullable Object invoke(Object standin, Method method, Object @Nullable [] nullableArguments)
            throws Throwable {
        Object[] arguments = nullableArguments == null ? new Object[0] : nullableArguments;
        return switch (method.getName()) {
            case "equals" -> standin == arguments[0];
            case "hashCode" -> System.identityHashCode(standin);
            case "toString" -> toString();
            case "isWrapperFor" -> isWrapperFor((Class<?>) arguments[0]);
            case "unwrap" -> unwrap((Class<?>) arguments[0]);
            default -> call(method, arguments);
        };
    }

    final @Nullable Object askDriver(Method method, Object[] arguments) throws Throwable {
        connection().requireOpen();
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException failed) {
            Throwable failure = Objects.requireNonNull(failed.getCause());
            connection().failed(failure);
            throw failure;
        }
    }

    private boolean isWrapperFor(Class<?> wanted) throws SQLException {
        return wanted.isInstance(real) || (real instanceof Wrapper wrapper && wrapper.isWrapperFor(wanted));
    }

    private Object unwrap(Class<?> wanted) throws SQLException {
        connection().requireOpen();
        if (wanted.isInstance(real)) {
            return real;
        }
        if (real instanceof Wrapper wrapper) {
            return wrapper.unwrap(wanted);
        }
        throw new SQLException(this + " is no " + wanted.getName());
    }

    @Override
    public String toString() {
        return "borrowed " + type.getSimpleName() + " " + real;
    }
}
