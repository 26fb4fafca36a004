package dev.selvage.pool.worker;

import dev.selvage.task.Outcome;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job that a {@link WorkerPool} has accepted, and its result, as a value to wait for.
 *
 * {@snippet :
 * Job<Report> job = pool.submit(new Event("ada"));
 * Report report = job.await();
 * }
 *
 * <p>Any thread may call any method, any number of times: the outcome stays. A job is done when it has its outcome and
 * nothing of it runs any more: whoever learns of the outcome finds the key free, or with the next job of that key. The
 * one exception is a job that ignored its interrupt: it is done when its worker was abandoned, and its key stays taken
 * until the thread returns after all.
 *
 * <p><b>How it ends.</b> {@link Outcome.Success} with what the worker returned. {@link Outcome.Failure} with what the
 * last attempt threw, {@link Outcome.TimedOut} if the last attempt took too long. {@link Outcome.Cancelled}: with the
 * reason <em>killed</em> by {@link #cancel()}, with the reason <em>shutdown</em> because the pool was closed or has
 * ended.
 *
 * <p><b>Memory effects.</b> What a thread did before it submitted the job happens-before its attempts; what those did
 * happens-before the return of a wait, or of {@link #poll()}, that tells the outcome. A job whose worker was abandoned
 * promises nothing of the kind: it runs on.
 *
 * @param <R> the type of the result
 */
public sealed interface Job<R extends @Nullable Object> permits Ticket {

    /** Where a job is in its life. */
    enum State {
        /** It waits for a worker. */
        QUEUED,
        /** It waits for its key, which another job has. */
        PARKED,
        /** An attempt has failed, and it waits for the next. */
        RETRYING,
        /** A worker does it. */
        RUNNING,
        /** It has its outcome. */
        DONE;

        /** Returns the name in lower case. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Waits until the job is done and returns its result. A wait that is interrupted ends nothing but itself.
     *
     * @return what the worker returned, which may be null
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     * @throws WorkerException.Failed if the job failed for good
     * @throws WorkerException.TimedOut if its last attempt took too long
     * @throws WorkerException.Cancelled if it was cancelled
     * @throws WorkerException if the job awaits itself
     */
    R await() throws InterruptedException;

    /**
     * Waits until the job is done, for a limited time, and returns its result.
     *
     * @param timeout how long at most, measured on the pool's clock; 0 or less does not wait
     * @return what the worker returned, which may be null
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     * @throws WorkerException.TimedOut if the time is up, and the job goes on; or if its last attempt took too long
     * @throws WorkerException.Failed if the job failed for good
     * @throws WorkerException.Cancelled if it was cancelled
     * @throws WorkerException if the job awaits itself
     */
    R await(Duration timeout) throws InterruptedException;

    /**
     * Waits until the job is done and returns how it ended.
     *
     * @return the outcome
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     * @throws WorkerException if the job awaits itself
     */
    Outcome<R> join() throws InterruptedException;

    /**
     * Waits until the job is done, for a limited time, and returns how it ended.
     *
     * @param timeout how long at most, measured on the pool's clock; 0 or less does not wait
     * @return the outcome; empty when the time is up, and the job goes on
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     * @throws WorkerException if the job awaits itself
     */
    Optional<Outcome<R>> join(Duration timeout) throws InterruptedException;

    /**
     * Returns how the job ended, without waiting.
     *
     * @return the outcome; empty as long as it is not done
     */
    Optional<Outcome<R>> poll();

    /**
     * Tells whether the job is done.
     *
     * @return true once there is an outcome
     */
    boolean isDone();

    /**
     * Ends the job without a result, and returns at once. One that waits, for a worker, its key or its next attempt, is
     * gone with this call. One that runs is interrupted; its outcome is decided now, and it is done when it has
     * returned, or when its worker was abandoned because it has not. A job that several submitters share, because they
     * were coalesced, is cancelled for all of them.
     *
     * @return true if this call decided the outcome; false if the job was done or cancelled before
     */
    boolean cancel();

    /**
     * Returns where the job is in its life.
     *
     * @return the state at some moment during the call
     */
    State state();

    /**
     * Returns how many attempts were begun.
     *
     * @return 0 or more
     */
    int attempts();
}
