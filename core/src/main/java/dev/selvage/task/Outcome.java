package dev.selvage.task;

import dev.selvage.exit.ExitReason;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How something that has a result ended, as a value.
 *
 * {@snippet :
 * String line = switch (outcome) {
 *     case Outcome.Success(Integer value) -> "got " + value;
 *     case Outcome.Failure(Throwable cause) -> "failed: " + cause.getMessage();
 *     case Outcome.TimedOut(Duration limit) -> "took longer than " + limit;
 *     case Outcome.Cancelled(ExitReason reason) -> "ended: " + reason;
 * };
 * }
 *
 * <p>Outcomes are immutable as far as their values are, and may be read by any thread. They keep nothing of the task
 * but its value, or what it threw.
 *
 * @param <T> the type of the result
 */
public sealed interface Outcome<T extends @Nullable Object> {

    /**
     * The body returned.
     *
     * @param <T> the type of the result
     * @param value what it returned, which may be null
     */
    record Success<T extends @Nullable Object>(T value) implements Outcome<T> {}

    /**
     * The body threw. An {@link Error} counts like an exception.
     *
     * @param <T> the type of the result
     * @param cause what it threw
     */
    record Failure<T extends @Nullable Object>(Throwable cause) implements Outcome<T> {

        /** Refuses a failure without a cause. */
        public Failure {
            Objects.requireNonNull(cause, "cause");
        }
    }

    /**
     * The time was up first. For an item of a {@link ParallelMap} it is the end: it was interrupted. For
     * {@link Task#join(Duration)} it is the end of that wait alone: the task runs on.
     *
     * @param <T> the type of the result
     * @param limit how much time there was
     */
    record TimedOut<T extends @Nullable Object>(Duration limit) implements Outcome<T> {

        /** Refuses to be without a limit. */
        public TimedOut {
            Objects.requireNonNull(limit, "limit");
        }
    }

    /**
     * The process ended before the body had a result, because somebody wished so.
     *
     * @param <T> the type of the result
     * @param reason {@link ExitReason.Killed} if it was cancelled, killed or abandoned, {@link ExitReason.Shutdown} if
     *     it was asked to stop, as a closing scope does
     */
    record Cancelled<T extends @Nullable Object>(ExitReason reason) implements Outcome<T> {

        /** Refuses to be without a reason. */
        public Cancelled {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * Tells whether there is a value.
     *
     * @return true for {@link Success}
     */
    default boolean isSuccess() {
        return this instanceof Success;
    }

    /**
     * Returns the value, or throws what stands in its place.
     *
     * @return the value of a {@link Success}, which may be null
     * @throws TaskException.Failed for a {@link Failure}, with the same cause
     * @throws TaskException.TimedOut for {@link TimedOut}
     * @throws TaskException.Cancelled for {@link Cancelled}
     */
    default T orElseThrow() {
        return Outcomes.valueOf(this, "the task");
    }
}
