package dev.selvage.pool.checkout;

import dev.selvage.time.Deadline;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Wakes those who wait for a condition to come true. Whoever makes it true rings afterwards; a waiter enters its name
 * before it looks. Each writes before it reads, so one of the two sees the other. While nobody waits, ringing is a
 * read.
 */
final class Bell {
    /** In order of arrival, by tickets. */
    private final ConcurrentSkipListMap<Long, Thread> waiting = new ConcurrentSkipListMap<>();

    private final AtomicLong tickets = new AtomicLong();

    /** Wakes all who wait; they look at their conditions themselves. Any thread. */
    void ring() {
        VarHandle.fullFence(); // what was done before it happens before the look at who waits
        if (!waiting.isEmpty()) {
            waiting.values().forEach(LockSupport::unpark);
        }
    }

    /** Waits until the condition holds; returns false when the deadline passed first. */
    boolean await(BooleanSupplier condition, Deadline deadline) throws InterruptedException {
        throwIfInterrupted();
        if (condition.getAsBoolean()) {
            return true;
        }
        if (deadline.hasPassed()) {
            return false;
        }
        Long ticket = tickets.getAndIncrement();
        waiting.put(ticket, Thread.currentThread());
        try {
            VarHandle.fullFence(); // the entry before the look
            while (!condition.getAsBoolean()) {
                if (deadline.hasPassed()) {
                    return false;
                }
                deadline.park(this);
                throwIfInterrupted();
            }
            return true;
        } finally {
            waiting.remove(ticket);
        }
    }

    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while waiting for resources to come back");
        }
    }
}
