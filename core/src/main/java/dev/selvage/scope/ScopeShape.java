package dev.selvage.scope;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;

/**
 * How to drive the running JDK's {@code StructuredTaskScope}: one implementation for each form the API has had.
 *
 * <p>A shape holds method handles only and is shared by all scopes; the scope it works on is handed to it as a plain
 * object, because no class of this library may name a preview type. Everything here is called by the scope's owner.
 */
sealed interface ScopeShape permits ClassShape, JoinerShape {

    /** The JDK's scope with this name, whose threads come from this factory. */
    Object open(String name, ThreadFactory threads, QuietJoiner joiner) throws Throwable;

    /** Makes the JDK ask the factory for a thread and start it; a JDK that is shut down may do nothing instead. */
    void fork(Object scope, Callable<?> task) throws Throwable;

    /** Lets no new thread start and interrupts those that run, without waiting. Not after {@link #join(Object)}. */
    void cancel(Object scope, QuietJoiner joiner) throws Throwable;

    /** Waits for the threads, or after a cancel does not wait at all. */
    void join(Object scope) throws Throwable;

    /** Waits for the threads and takes the scope from its owner's stack of scopes. */
    void close(Object scope) throws Throwable;

    /**
     * Finds the shape of an API.
     *
     * @param api the class or interface {@code StructuredTaskScope}
     * @param jdk the JDK as it shall be named in the error
     * @return its shape
     * @throws ScopeException.Unsupported if it has none of the known ones
     */
    static ScopeShape of(Class<?> api, String jdk) {
        ReflectiveOperationException notJoiner;
        try {
            return JoinerShape.of(api);
        } catch (ReflectiveOperationException missing) {
            notJoiner = missing;
        }
        try {
            return ClassShape.of(api);
        } catch (ReflectiveOperationException notClass) {
            ScopeException.Unsupported failure = new ScopeException.Unsupported(
                    "The " + api.getName() + " of " + jdk + " has a shape that Selvage does not know. Looked for "
                            + JoinerShape.LOOKED_FOR + ": " + reason(notJoiner) + "; and for " + ClassShape.LOOKED_FOR
                            + ": " + reason(notClass) + ". A newer release of Selvage may know it.",
                    notJoiner);
            failure.addSuppressed(notClass);
            throw failure;
        }
    }

    /** A handle on a public method, found by its exact parameters. */
    static MethodHandle method(Class<?> owner, String name, Class<?>... parameters)
            throws NoSuchMethodException, IllegalAccessException {
        return handle(owner.getMethod(name, parameters));
    }

    static MethodHandle handle(Method method) throws IllegalAccessException {
        return MethodHandles.publicLookup().unreflect(method);
    }

    private static String reason(ReflectiveOperationException missing) {
        String kind = switch (missing) {
            case NoSuchMethodException absent -> "no ";
            case ClassNotFoundException absent -> "no class ";
            default -> missing.getClass().getSimpleName() + " ";
        };
        return kind + missing.getMessage();
    }
}
