package dev.selvage.task;

/**
 * The root of what this package throws, apart from the usual for bad arguments. The circumstances, exactly:
 *
 * <ul>
 *   <li>{@link Failed}: the body of the task threw, and that is the cause;
 *   <li>{@link TimedOut}: the task was not done when the wait, or its own limit, was over;
 *   <li>{@link Cancelled}: the task's process was cancelled, killed, stopped or abandoned before it had a result;
 *   <li>{@link InputFailed}: the inputs of a {@link ParallelMap} threw, or one of them was null;
 *   <li>{@link Interrupted}: the thread was interrupted in a method that cannot throw {@link InterruptedException};
 *   <li>this class itself: misuse, such as a task that awaits itself, a parallel map used by a thread that does not own
 *       it, or used when it is closed.
 * </ul>
 *
 * <p>The scope that a task is started in throws its own {@code ProcessException} when it is closed or belongs to
 * another thread.
 */
public class TaskException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TaskException(String message) {
        super(message);
    }

    TaskException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The body threw; what it threw is the cause. */
    public static final class Failed extends TaskException {
        private static final long serialVersionUID = 1L;

        Failed(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The time was up first. */
    public static final class TimedOut extends TaskException {
        private static final long serialVersionUID = 1L;

        TimedOut(String message) {
            super(message);
        }
    }

    /** The process was cancelled, killed, stopped or abandoned before there was a result. */
    public static final class Cancelled extends TaskException {
        private static final long serialVersionUID = 1L;

        Cancelled(String message) {
            super(message);
        }
    }

    /**
     * The inputs of a parallel map threw, which is the cause, or one of them was null. It is thrown in the place of the
     * inputs that did not come: after the results of all that came before.
     */
    public static final class InputFailed extends TaskException {
        private static final long serialVersionUID = 1L;

        InputFailed(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The thread was interrupted while it iterated; its interrupt status is set. */
    public static final class Interrupted extends TaskException {
        private static final long serialVersionUID = 1L;

        Interrupted(String message, InterruptedException cause) {
            super(message, cause);
        }
    }
}
