package dev.selvage.lock;

import dev.selvage.exit.Lifetime;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A key that is held: its holder and those that wait for it. See {@link LocalKeyedLocks} for how it works.
 */
final class Slot<K> {
    private static final VarHandle QUEUE;

    static {
        try {
            QUEUE = MethodHandles.lookup().findVarHandle(Slot.class, "queue", WaitQueue.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final LocalKeyedLocks<K> locks;
    private final K key;

    /** The holder, or who is about to become it. Written under the queue's guard; read by anyone. */
    private volatile Ticket<K> holder;

    /** Made by the first thread that waits; stays as long as the slot. */
    private volatile @Nullable WaitQueue<K> queue;

    /** Makes a slot that is held from birth. */
    Slot(LocalKeyedLocks<K> locks, K key, Lifetime holder) {
        this.locks = locks;
        this.key = key;
        this.holder = Ticket.held(this, holder);
    }

    K key() {
        return key;
    }

    Ticket<K> holder() {
        return holder;
    }

    /** Queues a ticket behind the holder and all other waiters, or returns false if this slot is retired. */
    boolean enqueue(Ticket<K> ticket) {
        WaitQueue<K> waiting = queueOrNew();
        waiting.guard.lock();
        try {
            if (!holder.contend()) {
                return false;
            }
            waiting.add(ticket);
            return true;
        } finally {
            waiting.guard.unlock();
        }
    }

    /** Takes a cancelled ticket out of the queue, wherever it stands; does nothing if it is not in it. */
    void leave(Ticket<K> ticket) {
        WaitQueue<K> waiting = queue;
        if (waiting == null) {
            return;
        }
        waiting.guard.lock();
        try {
            waiting.remove(ticket);
        } finally {
            waiting.guard.unlock();
        }
    }

    /**
     * Hands the key over to the first that still waits for it, or retires the slot if nobody does.
     *
     * @param from the holder, which has released the key
     * @return false if somebody else has seen to it
     */
    boolean passOn(Ticket<K> from) {
        WaitQueue<K> waiting = Objects.requireNonNull(queue, "a contended key has a queue");
        Ticket<K> next;
        waiting.guard.lock();
        try {
            if (holder != from) {
                return false;
            }
            next = grantToFirst(waiting);
            if (next == null) {
                holder = from;
                from.passing2retired();
            }
        } finally {
            waiting.guard.unlock();
        }
        if (next == null) {
            retire();
        } else {
            LockSupport.unpark(next.thread());
        }
        return true;
    }

    private @Nullable Ticket<K> grantToFirst(WaitQueue<K> waiting) {
        Ticket<K> next = waiting.poll();
        while (next != null) {
            holder = next; // before the grant: once granted it may look for itself here
            if (next.waiting2held(!waiting.isEmpty())) {
                return next;
            }
            next = waiting.poll();
        }
        return null;
    }

    /** Takes this slot, whose holder's state is RETIRED, out of the table. */
    void retire() {
        locks.remove(this);
    }

    int waiters() {
        WaitQueue<K> waiting = queue;
        if (waiting == null) {
            return 0;
        }
        waiting.guard.lock();
        try {
            return waiting.size();
        } finally {
            waiting.guard.unlock();
        }
    }

    private WaitQueue<K> queueOrNew() {
        WaitQueue<K> waiting = queue;
        if (waiting != null) {
            return waiting;
        }
        WaitQueue<K> made = new WaitQueue<>();
        if (QUEUE.compareAndSet(this, (WaitQueue<K>) null, made)) {
            return made;
        }
        return Objects.requireNonNull(queue, "a queue is never taken away");
    }

    @Override
    public String toString() {
        return "key " + key + " of keyed locks " + locks.name();
    }
}
