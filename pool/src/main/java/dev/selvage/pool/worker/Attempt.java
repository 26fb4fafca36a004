package dev.selvage.pool.worker;

import dev.selvage.task.Outcome;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What came of one attempt at a job, and what is to become of the job unless it was cancelled meanwhile. Thought out
 * before the lock is taken, since it asks the user's condition and backoff.
 */
record Attempt<R extends @Nullable Object>(
        Outcome<R> outcome,
        Fate fate,
        long delayNanos,
        @Nullable Throwable cause) {
    private static final Logger LOG = System.getLogger("dev.selvage.pool.worker");

    /** The pause where the backoff fails. */
    private static final Duration FALLBACK_PAUSE = Duration.ofSeconds(1);

    enum Fate {
        DONE,
        RETRY,
        FAILED,
        DEAD
    }

    static <R extends @Nullable Object> Attempt<R> success(R value) {
        return new Attempt<>(new Outcome.Success<>(value), Fate.DONE, 0, null);
    }

    /** The worker threw. */
    static <R extends @Nullable Object> Attempt<R> failure(Throwable cause, int attempts, WorkerOptions<?> options) {
        return isWorth(cause, options)
                ? again(new Outcome.Failure<>(cause), cause, attempts, options)
                : new Attempt<>(new Outcome.Failure<>(cause), Fate.FAILED, 0, cause);
    }

    /** The worker threw because its time was up. */
    static <R extends @Nullable Object> Attempt<R> timeout(
            Duration limit, Throwable thrown, int attempts, WorkerOptions<?> options) {
        WorkerException cause = new WorkerException.TimedOut("the attempt took longer than " + limit);
        cause.addSuppressed(thrown);
        return isWorth(cause, options)
                ? again(new Outcome.TimedOut<>(limit), cause, attempts, options)
                : new Attempt<>(new Outcome.TimedOut<>(limit), Fate.FAILED, 0, cause);
    }

    /** The worker ended. */
    static <R extends @Nullable Object> Attempt<R> death(String worker, int attempts, WorkerOptions<?> options) {
        Throwable cause = new WorkerException.WorkerDied("worker '" + worker + "' ended in the middle of the job");
        return again(new Outcome.Failure<>(cause), cause, attempts, options);
    }

    /** The worker's thread does not come back, and there is to be no second one like it. */
    static <R extends @Nullable Object> Attempt<R> abandoned(String worker, @Nullable Duration timedOut) {
        Throwable cause = new WorkerException.WorkerDied(
                "worker '" + worker + "' was abandoned: the job ignores its interrupt, and may still run");
        Outcome<R> outcome = timedOut == null ? new Outcome.Failure<>(cause) : new Outcome.TimedOut<>(timedOut);
        return new Attempt<>(outcome, Fate.DEAD, 0, cause);
    }

    private static <R extends @Nullable Object> Attempt<R> again(
            Outcome<R> outcome, Throwable cause, int attempts, WorkerOptions<?> options) {
        if (attempts >= options.attempts()) {
            return new Attempt<>(outcome, Fate.DEAD, 0, cause);
        }
        Duration delay;
        try {
            delay = options.backoff().delay(attempts, ThreadLocalRandom.current());
        } catch (Throwable failure) {
            LOG.log(Level.ERROR, "the backoff of a worker pool failed", failure);
            delay = FALLBACK_PAUSE;
        }
        return new Attempt<>(outcome, Fate.RETRY, Checks.nanos(delay), cause);
    }

    private static boolean isWorth(Throwable cause, WorkerOptions<?> options) {
        try {
            return options.retryIf().test(cause);
        } catch (Throwable failure) {
            LOG.log(Level.ERROR, "the retry condition of a worker pool failed", failure);
            return false;
        }
    }
}
