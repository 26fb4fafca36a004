package dev.selvage.scope;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Brings the current thread's scoped value bindings into the form in which the JDK knows them again.
 *
 * <p>At each fork the JDK compares the owner's bindings with those at the opening of the scope, by identity, and the
 * same bindings have more than one form. Seen on 21, 25, 26, 27 and 28-ea:
 *
 * <ul>
 *   <li>"Nothing" is one object for a thread that never bound a value, and another for one that did and is done. A
 *       thread that opens a scope before it ever bound a value, and then binds one in passing (any library it calls
 *       may), could never fork into that scope again. So each opening settles first.
 *   <li>A {@link StackOverflowError} makes the JVM forget the thread's bindings, to look them up on the stack when they
 *       are next read; a fork does not look. So a fork that is refused settles and tries once more.
 * </ul>
 *
 * <p>Settling is binding a value around nothing: that looks the bindings up, and puts them back when it is done.
 * {@code ScopedValue} is a preview API in 21 to 24, hence the method handle.
 */
final class Bindings {

    /** Does nothing where the API is not as known: then forks work, but for the two cases above. */
    private static final MethodHandle SETTLE = settling();

    private Bindings() {}

    static void settle() {
        try {
            SETTLE.invokeExact();
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new ScopeException("Binding a scoped value failed", impossible);
        }
    }

    private static MethodHandle settling() {
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        try {
            Class<?> type = Class.forName("java.lang.ScopedValue");
            Object key = type.getMethod("newInstance").invoke(null);
            Object carrier = type.getMethod("where", type, Object.class).invoke(null, key, "");
            MethodHandle run = lookup.unreflect(carrier.getClass().getMethod("run", Runnable.class));
            Runnable nothing = () -> {};
            return MethodHandles.insertArguments(run, 0, carrier, nothing);
        } catch (ReflectiveOperationException | RuntimeException unknown) {
            return MethodHandles.empty(MethodType.methodType(void.class));
        }
    }
}
