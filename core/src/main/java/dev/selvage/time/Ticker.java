package dev.selvage.time;

/**
 * A monotonic clock together with the timed wait that is measured on it.
 *
 * <p>Every timeout, backoff and restart window of Selvage reads its time and does its waiting through a ticker, so that
 * a test can put a clock of its own in the place of the machine's and explore hours in milliseconds.
 *
 * {@snippet :
 * Deadline deadline = Deadline.after(Duration.ofSeconds(2), Ticker.system());
 * while (!done && !deadline.hasPassed()) {
 *     deadline.park(this);
 * }
 * }
 *
 * <p>Implementations may be called by any thread. The idea of a clock as a one-method seam is Guava's and Caffeine's
 * {@code Ticker}; this one adds the wait, because a clock that is simulated while its waits are real proves nothing.
 */
public interface Ticker {

    /**
     * Returns the running JVM's monotonic clock, {@link System#nanoTime()}, with
     * {@link java.util.concurrent.locks.LockSupport#parkNanos(Object, long)} as its wait.
     *
     * @return the one ticker that measures real time
     */
    static Ticker system() {
        return SystemTicker.INSTANCE;
    }

    /**
     * Returns the current reading in nanoseconds. Only the difference of two readings of the same ticker means
     * anything, and readings may overflow: compare {@code a - b > 0}, never {@code a > b}.
     *
     * @return nanoseconds since an arbitrary origin
     */
    long nanoTime();

    /**
     * Parks the current thread for at most the given time as measured by this ticker.
     *
     * <p>The wait ends when the time has passed, when another thread unparks this one, when this thread is interrupted
     * (the interrupt status stays set), or for no reason; the caller checks its condition again in a loop. With
     * {@code nanos} of 0 or less it returns at once. What the unparking thread wrote before its
     * {@link java.util.concurrent.locks.LockSupport#unpark(Thread) unpark} is visible only by the means that the caller
     * checks its condition with: parking itself promises no memory effect.
     *
     * @param blocker what the thread waits for, shown in thread dumps
     * @param nanos the longest wait, in nanoseconds
     */
    void parkNanos(Object blocker, long nanos);
}
