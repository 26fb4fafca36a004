package dev.selvage.scope;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One fork: what the JDK is given as the task, and what its thread runs around the JDK's own wrapper.
 *
 * <pre>
 *   thread → run() → the JDK's subtask → call() → the user's task
 * </pre>
 *
 * <p>The JDK would swallow what the task throws into the subtask's state; here it is kept and handed to the thread's
 * uncaught exception handler when the subtask is through. Whoever keeps a thread that has ended keeps this object, so
 * it drops the task and the subtask (and with it the scope's internals) as soon as they run.
 */
final class Fork implements Callable<@Nullable Void>, Runnable {

    private static final System.Logger LOGGER = System.getLogger("dev.selvage.scope");

    private final TaskScope scope;

    /** Set by the owner; taken by the thread when it begins. So a thread that is not alive began if this is null. */
    private @Nullable Runnable task;

    /**
     * Set by the owner before the thread starts, to the JDK's subtask; taken by the thread, which then keeps here what
     * the task threw. One field for the two, because of the many forks that only wait.
     */
    private @Nullable Object subtaskThenFailure;

    Fork(TaskScope scope, Runnable task) {
        this.scope = scope;
        this.task = task;
    }

    void wrap(Runnable jdkSubtask) {
        subtaskThenFailure = jdkSubtask;
    }

    /** Whether the task began; exact once the thread is not alive. */
    boolean hasBegun() {
        return task == null;
    }

    @Override
    public void run() {
        Object wrapped = subtaskThenFailure;
        subtaskThenFailure = null;
        try {
            if (wrapped instanceof Runnable subtask) {
                subtask.run();
            }
            if (subtaskThenFailure instanceof Throwable failure) {
                dispatch(failure);
            }
        } finally {
            subtaskThenFailure = null;
            scope.ended();
        }
    }

    @Override
    public @Nullable Void call() {
        Runnable body = task;
        task = null;
        try {
            if (body != null) {
                body.run();
            }
        } catch (Throwable thrown) {
            subtaskThenFailure = thrown;
        }
        return null;
    }

    /** By hand rather than by throwing on, so that a handler that fails cannot keep the thread from ending in order. */
    private static void dispatch(Throwable thrown) {
        Thread thread = Thread.currentThread();
        try {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
        } catch (Throwable handlerFailure) {
            handlerFailure.addSuppressed(thrown);
            LOGGER.log(
                    System.Logger.Level.ERROR,
                    "The uncaught exception handler of thread '" + thread.getName() + "' failed",
                    handlerFailure);
        }
    }
}
