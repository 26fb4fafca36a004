package dev.selvage.pool.worker;

/**
 * The root of what this package throws, apart from the usual for bad arguments. The circumstances, exactly:
 *
 * <ul>
 *   <li>{@link Refused}: a job was not accepted, because there was no room for it, or none in time;
 *   <li>{@link Closed}: a job was not accepted, because the pool is closed;
 *   <li>{@link Failed}: the awaited job failed for good, and what the last attempt threw is the cause;
 *   <li>{@link TimedOut}: the awaited job was not done in the time of the wait, or in its own;
 *   <li>{@link Cancelled}: the awaited job was cancelled, by hand or by the closing pool;
 *   <li>{@link WorkerDied}: not thrown, but the cause of a failed attempt whose worker ended half-way;
 *   <li>this class itself: misuse, such as a job that awaits itself, a worker that closes its own pool, a pool that is
 *       started twice, or a producer that pushes more than was asked.
 * </ul>
 *
 * <p>Messages name the pool and tell how full it is.
 */
public class WorkerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WorkerException(String message) {
        super(message);
    }

    WorkerException(String message, Throwable cause) {
        super(message, cause);
    }

    /** There was no room for the job, at once or in time. It was not accepted and will not be done. */
    public static final class Refused extends WorkerException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    /** The pool was closed before it accepted the job, which will not be done. */
    public static final class Closed extends WorkerException {
        private static final long serialVersionUID = 1L;

        Closed(String message) {
            super(message);
        }
    }

    /** The job failed for good; what its last attempt threw is the cause. */
    public static final class Failed extends WorkerException {
        private static final long serialVersionUID = 1L;

        Failed(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The time was up first: that of the wait, and the job goes on; or that of each attempt of the job. */
    public static final class TimedOut extends WorkerException {
        private static final long serialVersionUID = 1L;

        TimedOut(String message) {
            super(message);
        }
    }

    /** The job was cancelled before it had a result. */
    public static final class Cancelled extends WorkerException {
        private static final long serialVersionUID = 1L;

        Cancelled(String message) {
            super(message);
        }
    }

    /** The worker of an attempt was killed, stopped or abandoned before the attempt was over. */
    public static final class WorkerDied extends WorkerException {
        private static final long serialVersionUID = 1L;

        WorkerDied(String message) {
            super(message);
        }
    }
}
