package dev.selvage.supervisor;

import java.lang.reflect.InvocationTargetException;

/** {@code java.lang.ScopedValue} by reflection: preview in 21 to 24, final in 25. */
final class ScopedValues {

    private ScopedValues() {}

    static Object newKey() throws ReflectiveOperationException {
        return type().getMethod("newInstance").invoke(null);
    }

    static void runWhere(Object key, Object value, Runnable body) throws Throwable {
        Object carrier = type().getMethod("where", type(), Object.class).invoke(null, key, value);
        try {
            carrier.getClass().getMethod("run", Runnable.class).invoke(carrier, body);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    static Object get(Object key) {
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
