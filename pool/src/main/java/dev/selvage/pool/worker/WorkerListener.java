package dev.selvage.pool.worker;

import java.time.Duration;

/**
 * Hears what happens in worker pools that is worth counting or telling.
 *
 * {@snippet :
 * WorkerListener counting = new WorkerListener() {
 *     public void onRetry(String pool, Object job, int attempts, Duration delay, Throwable cause) {
 *         registry.counter("retries", "pool", pool).increment();
 *     }
 * };
 * }
 *
 * <p>It is called on the thread on which the thing happens, under no lock of the pool, and possibly by several threads
 * at once; so it should be short. What it throws is logged and changes nothing. How many there were of each is also in
 * {@link WorkerPool.Statistics}.
 *
 * <p>What happens in other pools too has the same method in their listeners: one class may implement them all.
 */
public interface WorkerListener {

    /**
     * A submitter had to wait for room.
     *
     * @param pool the name of the pool
     * @param waited for how long
     * @param accepted whether its job was accepted in the end
     */
    default void onWait(String pool, Duration waited, boolean accepted) {}

    /**
     * A job was not accepted.
     *
     * @param pool the name of the pool
     * @param job the job
     * @param why why, for people
     */
    default void onRefusal(String pool, Object job, String why) {}

    /**
     * An attempt at a job is over, on its worker's thread: the worker returned or threw. What becomes of the job is
     * told by another call, or by its result, both later than this. One that is interrupted, because its time is up or
     * its worker is killed, is told of when it lets go.
     *
     * @param pool the name of the pool
     * @param job the job
     * @param took how long it took, without any wait
     * @param done whether the worker returned
     */
    default void onAttempt(String pool, Object job, Duration took, boolean done) {}

    /**
     * An attempt has failed, and there will be another.
     *
     * @param pool the name of the pool
     * @param job the job
     * @param attempts how many attempts there were
     * @param delay how long it waits for the next
     * @param cause why the attempt failed
     */
    default void onRetry(String pool, Object job, int attempts, Duration delay, Throwable cause) {}

    /**
     * A job has failed for good, because its failure is none that is retried.
     *
     * @param pool the name of the pool
     * @param job the job
     * @param attempts how many attempts there were
     * @param cause why the last failed
     */
    default void onFailure(String pool, Object job, int attempts, Throwable cause) {}

    /**
     * A job has failed for good, because its attempts are used up. It goes to the dead-letter handler next.
     *
     * @param pool the name of the pool
     * @param letter the job and why it failed
     */
    default void onDeadLetter(String pool, WorkerPool.DeadLetter<?> letter) {}

    /**
     * A worker ended in the middle of a job: what became of that is told by another call.
     *
     * @param pool the name of the pool
     * @param worker the name of the worker
     * @param abandoned whether its thread runs on, and keeps the key
     */
    default void onReclaim(String pool, String worker, boolean abandoned) {}
}
