package dev.selvage.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * The time of one schedule. It stands still while threads run and jumps from deadline to deadline.
 *
 * <p>Used by the driver and by the thread it runs, which are one carrier: no field needs a guard.
 */
final class SimClock {

    private record Sleeper(Thread thread, long atNanos, long order) implements Comparable<Sleeper> {
        @Override
        public int compareTo(Sleeper other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final long originNanos;
    private final PriorityQueue<Sleeper> sleepers = new PriorityQueue<>();
    private long elapsedNanos;
    private long sleeps;

    SimClock(long originNanos) {
        this.originNanos = originNanos;
    }

    long nanoTime() {
        return originNanos + elapsedNanos;
    }

    Duration elapsed() {
        return Duration.ofNanos(elapsedNanos);
    }

    /** Parks the current simulated thread until it is unparked, interrupted or the time has passed. */
    void park(Object blocker, long nanos) {
        Sleeper sleeper = new Sleeper(Thread.currentThread(), later(nanos), sleeps++);
        sleepers.add(sleeper);
        try {
            LockSupport.park(blocker);
        } finally {
            sleepers.remove(sleeper);
        }
    }

    private long later(long nanos) {
        long at = elapsedNanos + nanos;
        return at < 0 ? Long.MAX_VALUE : at;
    }

    /** Lets a little time pass for a thread that spins on the clock while nobody else can run. */
    void creep() {
        elapsedNanos = later(1_000);
    }

    /**
     * Goes to the next deadline and wakes those who wait for it.
     *
     * @return false if nobody waits for a deadline
     */
    boolean jump() {
        forgetAwakened();
        Sleeper next = sleepers.peek();
        if (next == null) {
            return false;
        }
        elapsedNanos = next.atNanos;
        for (Sleeper due : removeDue()) {
            LockSupport.unpark(due.thread);
        }
        return true;
    }

    /** A sleeper that was unparked but has not run since waits for its turn, no longer for its deadline. */
    private void forgetAwakened() {
        sleepers.removeIf(sleeper -> sleeper.thread.getState() != Thread.State.WAITING);
    }

    private List<Sleeper> removeDue() {
        List<Sleeper> due = new ArrayList<>();
        for (Sleeper next = sleepers.peek(); next != null && next.atNanos <= elapsedNanos; next = sleepers.peek()) {
            due.add(sleepers.remove());
        }
        return due;
    }
}
