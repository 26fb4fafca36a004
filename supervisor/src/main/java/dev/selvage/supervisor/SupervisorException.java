package dev.selvage.supervisor;

import java.time.Duration;

/**
 * The root of what this package throws. The circumstances, exactly:
 *
 * <ul>
 *   <li>{@link StartFailed}: a supervisor could not start, because one of its children could not;
 *   <li>{@link GaveUp}: a supervisor ended because its children needed more restarts than are allowed;
 *   <li>{@link Refused}: a running tree was asked for something that it does not do now;
 *   <li>this class itself: a start that took too long or ended early, as the cause of {@code StartFailed}; a tree that
 *       was killed, from {@link Supervisor#run}; and misuse, such as a child that closes its own supervisor.
 * </ul>
 */
public class SupervisorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what happened to whom
     */
    public SupervisorException(String message) {
        super(message);
    }

    /**
     * Makes the exception with a cause.
     *
     * @param message what happened to whom
     * @param cause why
     */
    public SupervisorException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A supervisor could not start. What had been started was stopped in reverse before this was thrown. */
    public static final class StartFailed extends SupervisorException {
        private static final long serialVersionUID = 1L;

        private final String supervisor;
        private final String child;

        StartFailed(String supervisor, String child, Throwable cause) {
            super("supervisor '" + supervisor + "' could not start: child '" + child + "': " + cause, cause);
            this.supervisor = supervisor;
            this.child = child;
        }

        /**
         * Returns which supervisor could not start.
         *
         * @return its name
         */
        public String supervisor() {
            return supervisor;
        }

        /**
         * Returns which of its children could not start. If that is a supervisor itself, the cause says more.
         *
         * @return the child's id
         */
        public String child() {
            return child;
        }
    }

    /**
     * A supervisor ended because one more restart was due than it, or the child, allows within the period. The cause is
     * what ended the child the last time, if it was a throwable; for a child that is a supervisor, that is its own
     * {@code GaveUp}, and so on down to the child where it began.
     */
    public static final class GaveUp extends SupervisorException {
        private static final long serialVersionUID = 1L;

        private final String supervisor;
        private final String child;
        private final int restarts;
        private final Duration period;

        GaveUp(String supervisor, String child, SupervisorSpec.Intensity limit, boolean ofChild, String last) {
            super("supervisor '" + supervisor + "' gave up: child '" + child + "' needs one restart more than the "
                    + limit.restarts() + " within " + TreeText.duration(limit.period()) + " that "
                    + (ofChild ? "its own limit allows" : "are allowed") + "; it last " + last);
            this.supervisor = supervisor;
            this.child = child;
            this.restarts = limit.restarts();
            this.period = limit.period();
        }

        private GaveUp(GaveUp other) {
            super(String.valueOf(other.getMessage()));
            this.supervisor = other.supervisor;
            this.child = other.child;
            this.restarts = other.restarts;
            this.period = other.period;
        }

        /** The same with the stack of the current thread, which waited for it. */
        GaveUp onThisThread() {
            GaveUp same = new GaveUp(this);
            same.initCause(getCause());
            return same;
        }

        /**
         * Returns which supervisor gave up.
         *
         * @return its name
         */
        public String supervisor() {
            return supervisor;
        }

        /**
         * Returns which child needed the restart that was one too many.
         *
         * @return the child's id
         */
        public String child() {
            return child;
        }

        /**
         * Returns how many restarts there had been within the period, of all children together, or of this child if it
         * was its own limit: as many as are allowed.
         *
         * @return the number
         */
        public int restarts() {
            return restarts;
        }

        /**
         * Returns the period in which restarts are counted.
         *
         * @return the period
         */
        public Duration period() {
            return period;
        }
    }

    /** A running tree was asked for something that it does not do now. Nothing has changed. */
    public static final class Refused extends SupervisorException {
        private static final long serialVersionUID = 1L;

        /** What stands against it. */
        public enum Why {
            /** There is no such child. */
            UNKNOWN,
            /** The child, or the supervisor, does not run. */
            NOT_RUNNING,
            /** The child runs, or waits for its restart, and would have to be terminated first. */
            RUNNING,
            /** A child with this id is there already. */
            DUPLICATE,
            /** The supervisor is not a dynamic one. */
            NOT_DYNAMIC,
            /** The dynamic supervisor has as many children as it may. */
            FULL,
            /** The supervisor is stopping, or has ended. */
            STOPPING,
            /** The child that asks would wait for itself. */
            WAITS_FOR_ITSELF
        }

        private final Why why;

        Refused(Why why, String message) {
            super(message);
            this.why = why;
        }

        /**
         * Returns what stands against it.
         *
         * @return the reason, to decide by
         */
        public Why why() {
            return why;
        }
    }
}
