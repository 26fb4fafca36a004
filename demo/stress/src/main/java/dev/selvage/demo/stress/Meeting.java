package dev.selvage.demo.stress;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where two actors wait for each other, so that what they do next overlaps however much they had to do before. Orders
 * what came before for both, and nothing of what comes after.
 */
public final class Meeting {
    private static final int SPINS_BEFORE_YIELDING = 200;

    private final AtomicInteger missing = new AtomicInteger(2);

    /** Makes a meeting of two. */
    public Meeting() {}

    /** Waits for the other actor. To be called once by each. */
    @SuppressWarnings("ThreadPriorityCheck") // lets the other actor run where both share a processor
    public void meet() {
        missing.decrementAndGet();
        for (int spins = 0; missing.get() > 0; spins++) {
            if (spins < SPINS_BEFORE_YIELDING) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }
}
