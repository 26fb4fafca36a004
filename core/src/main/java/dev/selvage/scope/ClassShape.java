package dev.selvage.scope;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;

/**
 * JDK 21 to 24: a class with a constructor. It would let the threads inside a scope fork too; {@link TaskScope} does
 * not.
 */
record ClassShape(
        MethodHandle create, MethodHandle forker, MethodHandle canceller, MethodHandle joiner, MethodHandle closer)
        implements ScopeShape {

    static final String LOOKED_FOR =
            "the class of JDK 21 to 24 (constructor of String and ThreadFactory, fork(Callable), shutdown(), join(),"
                    + " close())";

    static ClassShape of(Class<?> api) throws ReflectiveOperationException {
        MethodHandle create = MethodHandles.publicLookup()
                .unreflectConstructor(api.getConstructor(String.class, ThreadFactory.class));
        return new ClassShape(
                create.asType(methodType(Object.class, String.class, ThreadFactory.class)),
                ScopeShape.method(api, "fork", Callable.class)
                        .asType(methodType(void.class, Object.class, Callable.class)),
                ScopeShape.method(api, "shutdown").asType(methodType(void.class, Object.class)),
                ScopeShape.method(api, "join").asType(methodType(void.class, Object.class)),
                ScopeShape.method(api, "close").asType(methodType(void.class, Object.class)));
    }

    @Override
    public Object open(String name, ThreadFactory threads, QuietJoiner quiet) throws Throwable {
        return (Object) create.invokeExact(name, threads);
    }

    @Override
    public void fork(Object scope, Callable<?> task) throws Throwable {
        forker.invokeExact(scope, (Callable) task);
    }

    @Override
    public void cancel(Object scope, QuietJoiner quiet) throws Throwable {
        canceller.invokeExact(scope);
    }

    @Override
    public void join(Object scope) throws Throwable {
        joiner.invokeExact(scope);
    }

    @Override
    public void close(Object scope) throws Throwable {
        closer.invokeExact(scope);
    }
}
