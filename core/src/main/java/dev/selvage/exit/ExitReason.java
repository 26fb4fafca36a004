package dev.selvage.exit;

import java.util.Objects;

/**
 * Why a process ended. A process ends once, with one reason.
 *
 * {@snippet :
 * String told = switch (reason) {
 *     case ExitReason.Normal() -> "it was done";
 *     case ExitReason.Shutdown() -> "it was asked to stop";
 *     case ExitReason.Killed() -> "it was killed";
 *     case ExitReason.Failed(Throwable cause) -> "it threw " + cause;
 * };
 * }
 *
 * <p>The four are those of Erlang/OTP ({@code normal}, {@code shutdown}, {@code killed} and any other term), with the
 * other term being what Java has for it: a {@link Throwable}. An {@link Error} counts like an {@link Exception}.
 */
public sealed interface ExitReason {

    /** The body returned by itself. */
    record Normal() implements ExitReason {
        @Override
        public String toString() {
            return "normal";
        }
    }

    /** The process ended because it was asked to stop. */
    record Shutdown() implements ExitReason {
        @Override
        public String toString() {
            return "shutdown";
        }
    }

    /** The process was killed: ended without being asked, or abandoned because it would not end. */
    record Killed() implements ExitReason {
        @Override
        public String toString() {
            return "killed";
        }
    }

    /**
     * The body threw.
     *
     * @param cause what it threw
     */
    record Failed(Throwable cause) implements ExitReason {

        /** Refuses a failure without a cause. */
        public Failed {
            Objects.requireNonNull(cause, "cause");
        }

        @Override
        public String toString() {
            return "failed: " + cause;
        }
    }

    /**
     * Tells whether this reason is a failure in the eyes of links and of transient children.
     *
     * @return true for {@link Killed} and {@link Failed}
     */
    default boolean isAbnormal() {
        return this instanceof Killed || this instanceof Failed;
    }

    /**
     * Returns the reason of a body that returned.
     *
     * @return {@link Normal}
     */
    static ExitReason normal() {
        return Reasons.NORMAL;
    }

    /**
     * Returns the reason of a process that was asked to stop.
     *
     * @return {@link Shutdown}
     */
    static ExitReason shutdown() {
        return Reasons.SHUTDOWN;
    }

    /**
     * Returns the reason of a process that was killed.
     *
     * @return {@link Killed}
     */
    static ExitReason killed() {
        return Reasons.KILLED;
    }

    /**
     * Returns the reason of a body that threw.
     *
     * @param cause what it threw
     * @return {@link Failed} with that cause
     */
    static ExitReason failed(Throwable cause) {
        return new Failed(cause);
    }
}
