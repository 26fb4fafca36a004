package dev.selvage.lock;

import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keyed locks of one JVM: a table with a {@link Slot} for each key that is held.
 */
final class LocalKeyedLocks<K> implements KeyedLocks<K> {
    /*
     * How it works
     *
     * A slot is in the table from the moment a key is locked until it is free. It has one holder at a time, a Ticket,
     * whose state is the whole truth about the key (drawn in Ticket). Locking a free key is one putIfAbsent of a slot
     * that is born held. Releasing it, while nobody waits, is one compare-and-set HELD -> RETIRED on the ticket, and
     * then the removal of the slot. A retired slot is dead for good: who finds one still in the table removes it and
     * starts again, so nobody depends on the releaser to get around to it, and the removal names key and slot, so it
     * never hits a successor.
     *
     * Waiters queue up in the slot's WaitQueue, under its guard. The first of them sets the bit CONTENDED in the
     * holder's state, by a compare-and-set too, so it either comes before the release, which then finds the bit and
     * takes the guard, or after it, and then finds the slot retired. Under the guard the releaser takes waiters off the
     * queue until one accepts: WAITING -> HELD on the waiter's ticket, against WAITING -> CANCELLED by the waiter
     * itself when its time is over or it is interrupted. A grant that lost is thereby passed on in the same step. No
     * user code runs under the guard, no other lock is taken under it, and threads are unparked after it.
     *
     * The next holder is written to the slot before its ticket is granted, because the moment it is granted it may lock
     * again, and must then find itself as the holder. So a reader without the guard may see a holder that does not hold
     * yet, or never will; only its states HELD and RETIRED mean anything to such a reader.
     *
     * Dead holders. A ticket is hung on its lifetime as a hook before it can be found, and taken off after it is over,
     * so there is no instant in which a key is held by somebody whose end would not release it. This holds for waiters
     * too: between the grant and the moment the waiter's thread runs again, the key belongs to a ticket that is hooked
     * already. A caller that meets a holder whose thread has ended does not wait for the hook but releases the ticket
     * itself, with the very same step; whoever comes second finds nothing to do.
     *
     * This is close to a reference-counted map of locks, without the count: an entry is shared only while somebody
     * waits, and who creates or removes it is decided by the same two words that decide who holds. The direct hand-over
     * to the longest waiter and the cancellable waiters are those of java.util.concurrent's synchronizers in fair mode,
     * with a small lock around the queue instead of a lock-free one: its critical sections are a few dozen
     * instructions, and waiters leave the middle of the queue when they give up, which costs lock-free queues most of
     * their code.
     */

    private final String name;
    private final KeyedLocksOptions options;
    private final ConcurrentHashMap<K, Slot<K>> table = new ConcurrentHashMap<>();

    LocalKeyedLocks(String name, KeyedLocksOptions options) {
        this.name = name;
        this.options = options;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Lease<K> lock(K key) throws InterruptedException {
        throwIfInterrupted();
        Lease<K> lease = lockAtOnce(key);
        if (lease == null) {
            lease = lockInTurn(key, Deadline.never());
        }
        return Objects.requireNonNull(lease, "a wait that never times out ended without a lease");
    }

    @Override
    public Optional<Lease<K>> lock(K key, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        throwIfInterrupted();
        Lease<K> lease = lockAtOnce(key);
        if (lease == null && timeout.isPositive()) {
            lease = lockInTurn(key, Deadline.after(timeout, options.ticker()));
        }
        return Optional.ofNullable(lease);
    }

    @Override
    public Optional<Lease<K>> tryLock(K key) {
        return Optional.ofNullable(lockAtOnce(key));
    }

    @Override
    public Optional<Owner> holder(K key) {
        Objects.requireNonNull(key, "key");
        for (Slot<K> slot = table.get(key); slot != null; slot = table.get(key)) {
            Ticket<K> ticket = slot.holder();
            if (ticket.isHolding()) {
                return Optional.of(ticket.holder());
            }
            if (!ticket.clearIfOver()) {
                return Optional.empty(); // between two holders
            }
        }
        return Optional.empty();
    }

    @Override
    public long size() {
        return table.mappingCount();
    }

    /** How many threads wait for a key now; for tests. */
    int waiters(K key) {
        Slot<K> slot = table.get(key);
        return slot == null ? 0 : slot.waiters();
    }

    /** Removes a retired slot, never a successor of it. Any thread may, any number of times. */
    void remove(Slot<K> retired) {
        table.remove(retired.key(), retired);
    }

    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** Locks a key that is free or held by this very thread; returns null where somebody else holds or waits. */
    private @Nullable Lease<K> lockAtOnce(K key) {
        Objects.requireNonNull(key, "key");
        while (true) {
            Slot<K> slot = table.get(key);
            Lease<K> lease = slot == null ? lockFree(key) : slot.holder().nest();
            if (lease != null) {
                return lease;
            }
            if (slot != null && !slot.holder().clearIfOver()) {
                return null;
            }
        }
    }

    /** Locks a key that nobody holds; returns null if somebody else was faster. */
    private @Nullable Lease<K> lockFree(K key) {
        Slot<K> slot = new Slot<>(this, key, Lifetime.current());
        Ticket<K> ticket = slot.holder();
        ticket.hang();
        boolean locked = false;
        try {
            locked = table.putIfAbsent(key, slot) == null;
        } finally {
            if (!locked) {
                ticket.close();
            }
        }
        return locked ? ticket : null;
    }

    /** Locks a key after those that hold it or wait for it; returns null if the deadline passed first. */
    private @Nullable Lease<K> lockInTurn(K key, Deadline deadline) throws InterruptedException {
        while (true) {
            Ticket<K> ticket = enqueue(key);
            if (ticket != null) {
                return ticket.await(deadline) ? ticket : null;
            }
            Lease<K> lease = lockAtOnce(key);
            if (lease != null) {
                return lease;
            }
        }
    }

    /** Makes the current thread wait behind a key's holder; returns null if the key has become free. */
    private @Nullable Ticket<K> enqueue(K key) {
        Slot<K> slot = table.get(key);
        if (slot == null) {
            return null;
        }
        Ticket<K> ticket = Ticket.waiting(slot, Lifetime.current());
        ticket.hang();
        boolean waits = false;
        try {
            waits = slot.enqueue(ticket);
        } finally {
            if (!waits) {
                ticket.giveUp();
            }
        }
        return waits ? ticket : null;
    }

    @Override
    public String toString() {
        return "keyed locks " + name + ", " + size() + " held";
    }
}
