package dev.selvage.task;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The items of a parallel map that were started and not taken. The owner adds and takes; the ending processes tell of
 * their end and wake it.
 */
final class InFlight<I, T extends @Nullable Object> {
    private final Thread owner = Thread.currentThread();
    private final boolean ordered;

    private final ReentrantLock lock = new ReentrantLock();

    /** Ordered: all that are in flight, as they were started. Else those that have ended, as they did. Guarded. */
    private final Queue<Slot<I, T>> results = new ArrayDeque<>();

    /** Guarded: how many have not ended. */
    private int running;

    /** Guarded: counts the ends, so that the owner sees whether one came between its look and its wait. */
    private long endings;

    /** Guarded: set by the owner before it parks, cleared by who wakes it. */
    private boolean ownerWaits;

    /** Owner only. */
    private long size;

    InFlight(boolean ordered) {
        this.ordered = ordered;
    }

    /** Owner only, before the end of the slot can be told. */
    void add(Slot<I, T> slot) {
        size++;
        lock.lock();
        try {
            running++;
            if (ordered) {
                results.add(slot);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Once for each slot, by whoever ends its process. */
    void ended(Slot<I, T> slot) {
        boolean wake;
        lock.lock();
        try {
            running--;
            endings++;
            slot.ended = true;
            if (!ordered) {
                results.add(slot);
            }
            wake = ownerWaits;
            ownerWaits = false;
        } finally {
            lock.unlock();
        }
        if (wake) {
            LockSupport.unpark(owner);
        }
    }

    /** Whether a result can be taken. Stays true until it is, so that the owner may rely on it. */
    boolean isReady() {
        lock.lock();
        try {
            Slot<I, T> head = results.peek();
            return head != null && head.ended;
        } finally {
            lock.unlock();
        }
    }

    /** Owner only, if one is ready. */
    Slot<I, T> take() {
        size--;
        lock.lock();
        try {
            return results.remove();
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many are started and not taken. Owner only. */
    long size() {
        return size;
    }

    /** Returns how many run. */
    int running() {
        lock.lock();
        try {
            return running;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many have ended since the beginning. */
    long endings() {
        lock.lock();
        try {
            return endings;
        } finally {
            lock.unlock();
        }
    }

    /** Parks once, unless there were more ends than that. Owner only. */
    void awaitEnding(long endingsSeen) {
        lock.lock();
        try {
            if (endings != endingsSeen) {
                return;
            }
            ownerWaits = true;
        } finally {
            lock.unlock();
        }
        LockSupport.park(this);
    }

    /** Forgets all, when none runs any more and none will be taken. Owner only. */
    void clear() {
        size = 0;
        lock.lock();
        try {
            results.clear();
        } finally {
            lock.unlock();
        }
    }
}
