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

    /**
     * One of the two is true from the moment the owner has left the monitor; null before JDK 24, where nobody who waits
     * for a monitor lets go of the carrier.
     */
    private static final @Nullable VarHandle ON_WAITING_LIST;

    private static final @Nullable VarHandle BLOCK_PERMIT;

    /** Null before JDK 24. */
    private static final @Nullable Thread UNBLOCKER;

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
            ON_WAITING_LIST = flagOrNull(lookup, "onWaitingList");
            BLOCK_PERMIT = flagOrNull(lookup, "blockPermit");
            UNBLOCKER = unblockerOrNull();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "the simulator does not fit this JDK (" + Runtime.version()
                            + "), or its JVM lacks --add-opens=java.base/java.lang=ALL-UNNAMED",
                    e);
        }
    }

    private VirtualThreads() {}

    private static @Nullable VarHandle flagOrNull(MethodHandles.Lookup lookup, String name)
            throws ReflectiveOperationException {
        Class<?> virtualThread = lookup.findClass("java.lang.VirtualThread");
        try {
            return MethodHandles.privateLookupIn(virtualThread, MethodHandles.lookup())
                    .findVarHandle(virtualThread, name, boolean.class);
        } catch (NoSuchFieldException beforeJdk24) {
            return null;
        }
    }

    private static @Nullable Thread unblockerOrNull() {
        Thread.ofVirtual().unstarted(() -> {}); // it is started with the first of them
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("VirtualThread-unblocker"))
                .findFirst()
                .orElse(null);
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

    /**
     * Makes what the thread draws next from ThreadLocalRandom a function of the seed: the first number at least, since
     * each step adds a constant and twice the thread's id, which differs from run to run.
     */
    static void seedThreadLocalRandom(Thread thread, long seed) {
        RANDOM_SEED.set(thread, seed - (thread.threadId() << 1));
        RANDOM_PROBE.set(thread, (int) seed | 1); // 0 stands for "not yet seeded"
    }

    /**
     * Tells of a thread that is neither mounted nor submitted whether the monitor that it waited for has let it go, so
     * that the JDK's unblocker thread will submit it.
     *
     * <p>From JDK 24 on who leaves a monitor marks the one to be woken; the unblocker takes the mark away and, an
     * instruction later, gives the permit. That it is just there shows in its stack alone.
     */
    static boolean isLetGo(Thread thread) {
        if (thread.getState() == Thread.State.BLOCKED && !hasSign(thread)) {
            while (isUnblockerAtWork() && !hasSign(thread)) {
                Thread.onSpinWait();
            }
            return hasSign(thread);
        }
        return thread.getState() == Thread.State.BLOCKED || thread.getState() == Thread.State.RUNNABLE;
    }

    private static boolean hasSign(Thread thread) {
        return isSet(ON_WAITING_LIST, thread)
                || isSet(BLOCK_PERMIT, thread)
                || thread.getState() != Thread.State.BLOCKED;
    }

    private static boolean isUnblockerAtWork() {
        StackTraceElement[] stack = UNBLOCKER == null ? new StackTraceElement[0] : UNBLOCKER.getStackTrace();
        return stack.length > 0 && !stack[0].getMethodName().startsWith("takeVirtualThreadList");
    }

    private static boolean isSet(@Nullable VarHandle flag, Thread thread) {
        return flag != null && (boolean) flag.getVolatile(thread);
    }
}
