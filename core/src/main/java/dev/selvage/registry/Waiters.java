package dev.selvage.registry;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that wait for something to appear under a key.
 *
 * <p>A waiter enters, looks, and parks; whoever registers publishes, then asks whether anybody waits. Each writes
 * before it reads, so one of the two sees the other and no wake-up is lost. While nobody waits for any key, this costs
 * a registration one read.
 *
 * @param <K> the type of the keys
 */
final class Waiters<K> {
    private final Buckets<K, Thread> threads = new Buckets<>();

    /** Raised before a waiter is entered and lowered after it was taken out: 0 means that nobody waits. */
    private final AtomicInteger waiting = new AtomicInteger();

    /** Enters the current thread. What it reads of the registry afterwards is as new as what it would be woken for. */
    Link<Thread> enter(K key) {
        waiting.incrementAndGet();
        boolean entered = false;
        try {
            Link<Thread> place = threads.add(key, Thread.currentThread());
            entered = true;
            // ConcurrentHashMap reads its table in acquire mode, which alone may run ahead of the writes above
            VarHandle.fullFence();
            return place;
        } finally {
            if (!entered) {
                waiting.decrementAndGet();
            }
        }
    }

    void leave(K key, Link<Thread> place) {
        threads.remove(key, place);
        waiting.decrementAndGet();
    }

    /** Wakes those who wait for a key; called after something was published under it. */
    void wake(K key) {
        if (waiting.get() != 0) {
            Bucket<Thread> bucket = threads.get(key);
            if (bucket != null) {
                bucket.forEach(LockSupport::unpark);
            }
        }
    }

    void wakeAll() {
        for (Bucket<Thread> bucket : threads.all()) {
            bucket.forEach(LockSupport::unpark);
        }
    }

    int waiting() {
        return waiting.get();
    }

    boolean isEmpty() {
        return threads.isEmpty();
    }
}
