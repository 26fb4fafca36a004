package dev.selvage.supervisor;

import dev.selvage.time.Ticker;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts restarts in a sliding window, exactly: a restart counts from its instant on for one period, and at the age of
 * exactly one period it counts no more. So no half-open interval of that length ever holds more than are allowed.
 *
 * <p>Written by the supervisor, read by whoever looks at its tree; guarded by {@code lock}, which is never held over
 * anything that waits.
 */
final class RestartWindow {
    private final SupervisorSpec.Intensity intensity;
    private final long periodNanos;
    private final Ticker ticker;

    private final ReentrantLock lock = new ReentrantLock();

    /** The instants of the restarts that count, the oldest first. */
    private final ArrayDeque<Long> instants = new ArrayDeque<>();

    RestartWindow(SupervisorSpec.Intensity intensity, Ticker ticker) {
        this.intensity = intensity;
        this.periodNanos = Checks.nanos(intensity.period());
        this.ticker = ticker;
    }

    SupervisorSpec.Intensity intensity() {
        return intensity;
    }

    /** Counts one more restart, if it is allowed now. */
    boolean tryRestart() {
        long now = ticker.nanoTime();
        lock.lock();
        try {
            forgetOld(now);
            return instants.size() < intensity.restarts() && instants.add(now);
        } finally {
            lock.unlock();
        }
    }

    /** How many restarts count now. */
    int used() {
        long now = ticker.nanoTime();
        lock.lock();
        try {
            forgetOld(now);
            return instants.size();
        } finally {
            lock.unlock();
        }
    }

    SupervisorTree.Budget budget() {
        return new SupervisorTree.Budget(used(), intensity.restarts(), intensity.period());
    }

    private void forgetOld(long now) {
        for (Long oldest = instants.peekFirst(); oldest != null; oldest = instants.peekFirst()) {
            if (now - oldest < periodNanos) {
                return;
            }
            instants.removeFirst();
        }
    }
}
