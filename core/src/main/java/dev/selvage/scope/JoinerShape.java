package dev.selvage.scope;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;

/**
 * JDK 25 to 28: an interface with a static {@code open}. 25 takes the configuration as a {@code Function}, 26 and later
 * as a {@code UnaryOperator}, which is both; the {@code Joiner} gains and loses methods with each release, which the
 * proxy does not notice.
 */
record JoinerShape(
        Class<?> joinerType,
        MethodHandle opener,
        MethodHandle withName,
        MethodHandle withThreadFactory,
        MethodHandle forker,
        MethodHandle joiner,
        MethodHandle closer)
        implements ScopeShape {

    static final String LOOKED_FOR = "the interface of JDK 25 to 28 (static open(Joiner, Function or UnaryOperator),"
            + " Configuration.withName(String) and withThreadFactory(ThreadFactory), fork(Callable), join(), close())";

    /** A task for the fork that only cancels: if a JDK should run it after all, it does nothing. */
    private static final Callable<?> NOTHING = () -> null;

    static JoinerShape of(Class<?> api) throws ReflectiveOperationException {
        Class<?> joinerType = nested(api, "Joiner");
        Class<?> configuration = nested(api, "Configuration");
        return new JoinerShape(
                joinerType,
                ScopeShape.handle(opener(api, joinerType))
                        .asType(methodType(Object.class, Object.class, UnaryOperator.class)),
                ScopeShape.method(configuration, "withName", String.class)
                        .asType(methodType(Object.class, Object.class, String.class)),
                ScopeShape.method(configuration, "withThreadFactory", ThreadFactory.class)
                        .asType(methodType(Object.class, Object.class, ThreadFactory.class)),
                ScopeShape.method(api, "fork", Callable.class)
                        .asType(methodType(void.class, Object.class, Callable.class)),
                ScopeShape.method(api, "join").asType(methodType(void.class, Object.class)),
                ScopeShape.method(api, "close").asType(methodType(void.class, Object.class)));
    }

    private static Class<?> nested(Class<?> api, String name) throws ClassNotFoundException {
        return Class.forName(api.getName() + "$" + name, false, api.getClassLoader());
    }

    private static Method opener(Class<?> api, Class<?> joinerType) throws NoSuchMethodException {
        for (Method method : api.getMethods()) {
            Class<?>[] parameters = method.getParameterTypes();
            if (method.getName().equals("open")
                    && Modifier.isStatic(method.getModifiers())
                    && parameters.length == 2
                    && parameters[0] == joinerType
                    && parameters[1].isAssignableFrom(UnaryOperator.class)) {
                return method;
            }
        }
        throw new NoSuchMethodException(api.getName() + ".open(Joiner, UnaryOperator)");
    }

    @Override
    public Object open(String name, ThreadFactory threads, QuietJoiner quiet) throws Throwable {
        Object proxy = Proxy.newProxyInstance(joinerType.getClassLoader(), new Class<?>[] {joinerType}, quiet);
        UnaryOperator<Object> configure = defaults -> configured(defaults, name, threads);
        return (Object) opener.invokeExact(proxy, configure);
    }

    private Object configured(Object defaults, String name, ThreadFactory threads) {
        try {
            Object named = (Object) withName.invokeExact(defaults, name);
            return (Object) withThreadFactory.invokeExact(named, threads);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable checked) {
            throw new ScopeException("The JDK's configuration of scope '" + name + "' failed", checked);
        }
    }

    @Override
    public void fork(Object scope, Callable<?> task) throws Throwable {
        forker.invokeExact(scope, (Callable) task);
    }

    @Override
    public void cancel(Object scope, QuietJoiner quiet) throws Throwable {
        quiet.cancel();
        forker.invokeExact(scope, (Callable) NOTHING);
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
