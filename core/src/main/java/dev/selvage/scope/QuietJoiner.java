package dev.selvage.scope;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind the {@code Joiner} of one scope, whatever methods the running JDK's interface has.
 *
 * <p>It lets every subtask pass, keeps none and has no result. The JDK's own policies do not fit a scope that lives for
 * months: {@code allUntil} keeps each finished subtask, the others cancel the scope on the first failure, and
 * {@code awaitAll} is gone from 27 on. Once {@link #cancel()} was called it answers the JDK's question "cancel now?"
 * with yes, which is the only way to interrupt all threads of a scope without closing it.
 */
final class QuietJoiner implements InvocationHandler {

    /** Written by the owner when it cancels. Ending threads read it too: either value is right for them. */
    private boolean cancelled;

    void cancel() {
        cancelled = true;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) {
        if (method.getDeclaringClass() == Object.class) {
            return objectMethod(proxy, method.getName(), arguments);
        }
        return method.getReturnType() == boolean.class ? cancelled : null;
    }

    private Object objectMethod(Object proxy, String name, Object @Nullable [] arguments) {
        return switch (name) {
            case "equals" -> arguments != null && arguments[0] == proxy;
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "Joiner of a TaskScope";
        };
    }
}
