package dev.selvage.task;

import dev.selvage.exit.ExitReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** From the end of a process to an outcome, and from an outcome to what is returned or thrown. */
final class Outcomes {

    private Outcomes() {}

    /** The outcome of a process that ended without a value. */
    static <T extends @Nullable Object> Outcome<T> withoutValue(ExitReason reason) {
        return reason instanceof ExitReason.Failed(Throwable cause)
                ? new Outcome.Failure<>(cause)
                : new Outcome.Cancelled<>(reason);
    }

    static <T extends @Nullable Object> T valueOf(Outcome<T> outcome, String subject) {
        return switch (outcome) {
            case Outcome.Success<T>(T value) -> value;
            case Outcome.Failure<T>(Throwable cause) ->
                throw new TaskException.Failed(subject + " failed: " + cause, cause);
            case Outcome.TimedOut<T>(Duration limit) ->
                throw new TaskException.TimedOut(subject + " was not done within " + limit);
            case Outcome.Cancelled<T>(ExitReason reason) ->
                throw new TaskException.Cancelled(subject + " ended without a result: " + reason);
        };
    }
}
