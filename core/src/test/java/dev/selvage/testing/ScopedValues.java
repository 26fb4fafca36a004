package dev.selvage.testing;

import java.lang.reflect.InvocationTargetException;

/** {@code java.lang.ScopedValue} by reflection: preview in 21 to 24, final in 25. */
public final class ScopedValues {

    private ScopedValues() {}

    /**
     * Makes a scoped value.
     *
     * @return the {@code ScopedValue}
     * @throws ReflectiveOperationException if this JDK has none
     */
    public static Object newKey() throws ReflectiveOperationException {
        return type().getMethod("newInstance").invoke(null);
    }

    /**
     * Runs a body with a scoped value bound.
     *
     * @param key the {@code ScopedValue}
     * @param value what it is bound to
     * @param body what to run
     * @throws Throwable what the body threw
     */
    public static void runWhere(Object key, Object value, Runnable body) throws Throwable {
        Object carrier = type().getMethod("where", type(), Object.class).invoke(null, key, value);
        try {
            carrier.getClass().getMethod("run", Runnable.class).invoke(carrier, body);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    /**
     * Returns what a scoped value is bound to on the current thread.
     *
     * @param key the {@code ScopedValue}
     * @return its value
     */
    public static Object get(Object key) {
        try {
            return type().getMethod("get").invoke(key);
        } catch (ReflectiveOperationException failure) {
            throw new AssertionError(failure);
        }
    }

    private static Class<?> type() throws ClassNotFoundException {
        return Class.forName("java.lang.ScopedValue");
    }
}
