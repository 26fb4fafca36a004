package dev.selvage.supervisor;

import java.time.Duration;

/**
 * The root of what this package throws. The circumstances, exactly:
 *
 * <ul>
 *   <li>{@link StartFailed}: a supervisor could not start, because one of its children could not;
 *   <li>{@link GaveUp}: a supervisor ended because its children needed more restarts than it allows;
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
     * A supervisor ended because one more restart was due than it allows within the period. The cause is what ended the
     * child the last time, if it was a throwable.
     */
    public static final class GaveUp extends SupervisorException {
        private static final long serialVersionUID = 1L;

        private final String supervisor;
        private final String child;
        private final int restarts;
        private final Duration period;

        GaveUp(String supervisor, String child, int restarts, Duration period, String last) {
            super("supervisor '" + supervisor + "' gave up: child '" + child + "' needs a restart after " + restarts
                    + " within " + period + "; it last " + last);
            this.supervisor = supervisor;
            this.child = child;
            this.restarts = restarts;
            this.period = period;
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
         * Returns how many restarts, of all children together, there had been within the period: as many as are
         * allowed.
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
}
