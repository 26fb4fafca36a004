package dev.selvage.pool.worker;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** Tells the listener of a pool, and JDK Flight Recorder. Under no lock. */
final class Teller {
    private static final Logger LOG = System.getLogger("dev.selvage.pool.worker");

    private final String pool;
    private final WorkerListener listener;

    Teller(String pool, WorkerListener listener) {
        this.pool = pool;
        this.listener = listener;
    }

    /** Whether there is a listener, which wants times that cost a look at the clock. */
    boolean isHeard() {
        return listener != WorkerOptions.SILENT;
    }

    void attempted(Object job, Duration took, boolean done) {
        tell(() -> listener.onAttempt(pool, job, took, done));
    }

    void waited(Duration waited, boolean accepted) {
        FlightEvents.waited(pool, waited, accepted);
        tell(() -> listener.onWait(pool, waited, accepted));
    }

    void refused(Object job, String why) {
        FlightEvents.refused(pool, why);
        tell(() -> listener.onRefusal(pool, job, why));
    }

    void retried(Object job, int attempts, Duration delay, Throwable cause) {
        FlightEvents.retried(pool, attempts, delay, cause);
        tell(() -> listener.onRetry(pool, job, attempts, delay, cause));
    }

    void failed(Object job, int attempts, Throwable cause) {
        FlightEvents.failed(pool, attempts, cause, false);
        tell(() -> listener.onFailure(pool, job, attempts, cause));
    }

    void deadLetter(WorkerPool.DeadLetter<?> letter) {
        FlightEvents.failed(pool, letter.attempts(), letter.cause(), true);
        tell(() -> listener.onDeadLetter(pool, letter));
    }

    void reclaimed(String worker, boolean abandoned) {
        FlightEvents.reclaimed(pool, worker, abandoned);
        tell(() -> listener.onReclaim(pool, worker, abandoned));
    }

    private void tell(Runnable call) {
        try {
            call.run();
        } catch (Throwable failure) {
            LOG.log(Level.ERROR, "the listener of pool '" + pool + "' failed", failure);
        }
    }
}
