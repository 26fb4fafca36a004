package dev.selvage.sim;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What the simulator needs of the JDK's own virtual threads and the JDK does not offer: a scheduler of ours under a
 * virtual thread, the thread behind a task that such a scheduler is given, and a few of its fields.
 *
 * <p>All of it is in {@code java.lang}, which the test JVM opens. Tried on 21, 25, 26, 27 and 28-ea.
 */
final class VirtualThreads {

    private static final MethodHandle NEW_VIRTUAL_THREAD;
    private static final VarHandle RANDOM_SEED;
    private static final VarHandle RANDOM_PROBE;

    /** True from the moment the owner left the monitor; null before JDK 24, where a monitor never unmounts anybody. */
    private static final @Nullable VarHandle ON_WAITING_LIST;

    private static final Map<Class<?>, Field> THREAD_FIELDS = new ConcurrentHashMap<>();

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
            Class<?> builders = lookup.findClass("java.lang.ThreadBuilders");
            NEW_VIRTUAL_THREAD = lookup.findStatic(
                    builders,
                    "newVirtualThread",
                    MethodType.methodType(Thread.class, Executor.class, String.class, int.class, Runnable.class));
            RANDOM_SEED = lookup.findVarHandle(Thread.class, "threadLocalRandomSeed", long.class);
            RANDOM_PROBE = lookup.findVarHandle(Thread.class, "threadLocalRandomProbe", int.class);
            ON_WAITING_LIST = onWaitingList(lookup);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "the simulator does not fit this JDK (" + Runtime.version()
                            + "), or its JVM lacks --add-opens=java.base/java.lang=ALL-UNNAMED",
                    e);
        }
    }

    private VirtualThreads() {}

    private static @Nullable VarHandle onWaitingList(MethodHandles.Lookup lookup) throws ReflectiveOperationException {
        Class<?> virtualThread = lookup.findClass("java.lang.VirtualThread");
        try {
            return MethodHandles.privateLookupIn(virtualThread, MethodHandles.lookup())
                    .findVarHandle(virtualThread, "onWaitingList", boolean.class);
        } catch (NoSuchFieldException beforeJdk24) {
            return null;
        }
    }

    /** Returns a virtual thread, not started, that runs only when the scheduler runs the tasks it is given. */
    static Thread create(Executor scheduler, String name, Runnable body) {
        try {
            return (Thread) NEW_VIRTUAL_THREAD.invokeExact(scheduler, name, 0, body);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the virtual thread that a task given to a scheduler starts or continues. */
    static Thread threadOf(Runnable task) {
        try {
            return (Thread) THREAD_FIELDS
                    .computeIfAbsent(task.getClass(), VirtualThreads::threadField)
                    .get(task);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Field threadField(Class<?> taskClass) {
        for (Field field : taskClass.getDeclaredFields()) {
            if (Thread.class.isAssignableFrom(field.getType())) {
                field.setAccessible(true);
                return field;
            }
        }
        throw new IllegalStateException("no field of " + taskClass + " holds its thread");
    }

    /** Makes what the thread draws from ThreadLocalRandom a function of the seed. */
    static void seedThreadLocalRandom(Thread thread, long seed) {
        RANDOM_SEED.set(thread, seed);
        RANDOM_PROBE.set(thread, (int) seed | 1); // 0 stands for "not yet seeded"
    }

    /** Tells whether the JDK's unblocker thread is about to submit the thread, which waited for a monitor. */
    static boolean isBeingUnblocked(Thread thread) {
        return ON_WAITING_LIST != null
                && (boolean) ON_WAITING_LIST.getVolatile(thread)
                && thread.getState() == Thread.State.BLOCKED;
    }
}
