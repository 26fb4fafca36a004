package dev.selvage.pool.checkout;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Controlled delay, after Nichols and Jacobson (<a href="https://queue.acm.org/detail.cfm?id=2209336">Controlling Queue
 * Delay</a>, 2012): a queue is good while it empties now and then. Once every borrower of a whole interval has waited
 * for longer than the target, one is refused, and then more and more often, until a wait is short again. Used by one
 * thread at a time, under the queue's lock.
 */
final class Codel {
    private final long targetNanos;
    private final long intervalNanos;

    /** When the waits will have been too long for an interval; only while they are too long. */
    private long dueNanos;

    private boolean tooLong;
    private boolean shedding;
    private long nextNanos;
    private int count;

    /** What is to be logged, in words, once the lock is free. */
    private @Nullable String news;

    Codel(Duration target, Duration interval) {
        this.targetNanos = target.toNanos();
        this.intervalNanos = interval.toNanos();
    }

    /** Whether the borrower whose turn it is, after such a wait, is to be refused; the last of a queue never is. */
    boolean sheds(long nowNanos, long waitedNanos, boolean othersWait) {
        boolean due = isDue(nowNanos, waitedNanos, othersWait);
        if (!shedding) {
            if (due) {
                begin(nowNanos, waitedNanos);
            }
            return due;
        }
        if (!due) {
            shedding = false;
            news = "sheds no more load: waits are short again";
            return false;
        }
        if (nowNanos - nextNanos < 0) {
            return false;
        }
        count++;
        nextNanos += pause();
        return true;
    }

    private boolean isDue(long nowNanos, long waitedNanos, boolean othersWait) {
        if (waitedNanos < targetNanos || !othersWait) {
            tooLong = false;
            return false;
        }
        if (!tooLong) {
            tooLong = true;
            dueNanos = nowNanos + intervalNanos;
            return false;
        }
        return nowNanos - dueNanos >= 0;
    }

    private void begin(long nowNanos, long waitedNanos) {
        // where it had to shed a moment ago it goes on nearly as often
        boolean again = count > 2 && nowNanos - nextNanos < 8 * intervalNanos;
        count = again ? count - 2 : 1;
        shedding = true;
        nextNanos = nowNanos + pause();
        news = "sheds load: for " + intervalNanos / 1_000_000 + " ms nobody has waited less than "
                + targetNanos / 1_000_000 + " ms; the one refused now has waited " + waitedNanos / 1_000_000 + " ms";
    }

    private long pause() {
        return (long) (intervalNanos / Math.sqrt(count));
    }

    @Nullable String takeNews() {
        String taken = news;
        news = null;
        return taken;
    }
}
