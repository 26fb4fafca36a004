package dev.selvage.time;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * The moment at which a wait gives up, fixed once and shared by every step of that wait.
 *
 * <p>A timeout handed from method to method grows with each; a deadline does not. It is made where the user's
 * {@link Duration} comes in, and everything below asks it for what is left.
 *
 * {@snippet :
 * Deadline deadline = Deadline.after(timeout, ticker);
 * while (!ready()) {
 *     if (deadline.hasPassed()) {
 *         throw new IllegalStateException("not ready within " + timeout);
 *     }
 *     deadline.park(this);
 * }
 * }
 *
 * <p>A timeout of 0 or less makes a deadline that has passed already: the wait checks its condition once and does not
 * park. A timeout of more than 146 years is the same as {@link #never()}. Deadlines are immutable and may be used by
 * any thread.
 */
public final class Deadline {

    /** Half the range of a reading, so that differences of readings never overflow. */
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

    private static final Deadline NEVER = new Deadline(Ticker.system(), 0, true);

    private final Ticker ticker;
    private final long atNanos;
    private final boolean never;

    private Deadline(Ticker ticker, long atNanos, boolean never) {
        this.ticker = ticker;
        this.atNanos = atNanos;
        this.never = never;
    }

    /**
     * Returns the deadline that lies the given time ahead of now.
     *
     * @param timeout how far ahead; 0 or less is a deadline that has passed
     * @param ticker the clock that it is measured on
     * @return the deadline
     */
    public static Deadline after(Duration timeout, Ticker ticker) {
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(ticker, "ticker");
        long nanos = toNanosSaturated(timeout);
        return nanos >= LONGEST_NANOS ? NEVER : new Deadline(ticker, ticker.nanoTime() + Math.max(0, nanos), false);
    }

    /**
     * Returns the deadline that never passes; a wait on it ends by its condition or by an interrupt only.
     *
     * @return the deadline without an end
     */
    public static Deadline never() {
        return NEVER;
    }

    /**
     * Tells whether this deadline never passes.
     *
     * @return true for {@link #never()}
     */
    public boolean isNever() {
        return never;
    }

    /**
     * Returns what is left until this deadline.
     *
     * @return nanoseconds, 0 if it has passed, {@link Long#MAX_VALUE} if it never does
     */
    public long remainingNanos() {
        return never ? Long.MAX_VALUE : Math.max(0, atNanos - ticker.nanoTime());
    }

    /**
     * Tells whether this deadline has passed.
     *
     * @return true when nothing is left
     */
    public boolean hasPassed() {
        return remainingNanos() == 0;
    }

    /**
     * Parks the current thread once, at most until this deadline. Ends for the same reasons as
     * {@link Ticker#parkNanos(Object, long)}, spurious ones included, and returns at once when the deadline has passed.
     *
     * @param blocker what the thread waits for, shown in thread dumps
     */
    public void park(Object blocker) {
        if (never) {
            LockSupport.park(blocker);
        } else {
            ticker.parkNanos(blocker, remainingNanos());
        }
    }

    private static long toNanosSaturated(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException tooLong) {
            return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    @Override
    public String toString() {
        return never ? "Deadline.never()" : "Deadline in " + Duration.ofNanos(remainingNanos());
    }
}
