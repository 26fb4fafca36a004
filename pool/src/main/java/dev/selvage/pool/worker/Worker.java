package dev.selvage.pool.worker;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link WorkerPool} does with each of its jobs.
 *
 * {@snippet :
 * Worker<Event, Report> sync = event -> crm.sync(event.user());
 * }
 *
 * <p>It is called by all workers of the pool at the same time, so what it keeps must bear several threads; but never
 * for two jobs with the same key at once. What one call did for a key happens-before the next call for that key.
 *
 * @param <J> the type of the jobs
 * @param <R> the type of the results
 */
@FunctionalInterface
public interface Worker<J, R extends @Nullable Object> {

    /**
     * Does a job, on a worker's thread. It is interrupted when the job is cancelled, when its time is up, or when the
     * pool is closed; it should return then, with an exception or a value. One that does not loses its worker, which is
     * abandoned and replaced, and its key stays taken until it returns after all.
     *
     * <p>A job may come again, after an attempt that failed or whose worker died half-way: a repetition must do no
     * harm, or the pool must allow one attempt only.
     *
     * @param job the job
     * @return the result, which may be null
     * @throws Exception if the attempt failed; an {@link Error} counts the same
     */
    R work(J job) throws Exception;
}
