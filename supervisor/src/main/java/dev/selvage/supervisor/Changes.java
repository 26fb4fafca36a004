package dev.selvage.supervisor;

import dev.selvage.time.Deadline;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Who waits for something to change in a tree: woken after each change, to look again. One for the whole tree. */
final class Changes {

    /** Written by those who wait, before they look; read by a supervisor after it wrote what they look at. */
    private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();

    /** To be called after a change. */
    void happened() {
        if (!waiting.isEmpty()) {
            waiting.forEach(LockSupport::unpark);
        }
    }

    /** Waits until something is found, nothing can come any more, or the time is up. */
    <T> Optional<T> await(Supplier<Optional<T>> wanted, BooleanSupplier isOver, Deadline deadline)
            throws InterruptedException {
        Thread waiter = Thread.currentThread();
        waiting.add(waiter);
        try {
            for (; ; ) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while waiting for a child");
                }
                boolean last = isOver.getAsBoolean() || deadline.hasPassed();
                Optional<T> found = wanted.get();
                if (found.isPresent() || last) {
                    return found;
                }
                deadline.park(this);
            }
        } finally {
            waiting.remove(waiter);
        }
    }
}
