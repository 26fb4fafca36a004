package dev.selvage.demo.stage;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C (and SIGTERM) as a request that the running story sees, so that it stops in order and still reports.
 *
 * <p>The JVM answers both signals by running its shutdown hooks and halting when they have returned. The hook made here
 * raises the request and then waits, for a bounded time, until the program says that it is {@linkplain #finished()
 * done}; the JVM then ends with the signal's own status, 130 or 143.
 */
public final class StopSignal {

    private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(15);

    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);

    /** Makes a signal that nothing raises but {@link #raise()}. */
    public StopSignal() {}

    /**
     * Makes a signal that SIGINT and SIGTERM raise.
     *
     * @return a new signal, wired to this JVM's shutdown
     */
    public static StopSignal ofThisJvm() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(new Thread(signal::raiseAndAwaitFinish, "stop-signal"));
        return signal;
    }

    /** Asks the running story to stop. Any thread may call, any number of times. */
    public void raise() {
        requested.countDown();
    }

    /**
     * Returns whether somebody asked to stop.
     *
     * @return true from the first {@link #raise()} on
     */
    public boolean isRaised() {
        return requested.getCount() == 0;
    }

    /**
     * Says that the report is printed: the JVM may halt. To be called before {@link System#exit(int)}, which would
     * otherwise wait for the hook that waits for the caller.
     */
    public void finished() {
        finished.countDown();
    }

    private void raiseAndAwaitFinish() {
        raise();
        try {
            finished.await(LONGEST_GOODBYE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the JVM is halting in any case
        }
    }
}
