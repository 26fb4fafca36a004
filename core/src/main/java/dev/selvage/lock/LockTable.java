package dev.selvage.lock;

import dev.selvage.exit.Lifetime;
import dev.selvage.time.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The locks of one set, in both modes: a {@link Slot} for each key that is held.
 */
final class LockTable<K> {
    /*
     * How it works
     *
     * A slot is in the table from the moment a key is locked until it is free. It names one holder, a Ticket, whose
     * state (drawn in Ticket) is the whole truth about a key that nobody else wants. Locking a free key, in either
     * mode, is one putIfAbsent of a slot that is born held. Releasing it, while nobody else came, is one
     * compare-and-set HELD -> RETIRED on the ticket, and then the removal of the slot. A retired slot is dead for good:
     * who finds one still in the table removes it and starts again, so nobody depends on the releaser to get around to
     * it, and the removal names key and slot, so it never hits a successor.
     *
     * Whoever comes to a key that is held makes the slot's Crowd and enters it under its guard. It sets the bit CROWDED
     * in the named holder's state, by a compare-and-set too, so it either comes before the release, which then finds
     * the bit and takes the guard, or after it, and then finds the slot retired. If it conflicts with no holder and
     * nobody waits, it becomes one more holder; otherwise it waits. All holders but the named one are born with the
     * bit. Under the guard the releaser grants the key to those that wait longest as long as they agree with who still
     * holds: WAITING -> HELD on the waiter's ticket, against WAITING -> CANCELLED by the waiter itself when its time is
     * over or it is interrupted. A grant that lost is thereby passed on in the same step, and a waiter that leaves
     * serves those that waited for it alone. No user code runs under the guard, no other lock is taken under it, and
     * threads are unparked after it; a waiter that has not parked yet is not unparked at all.
     *
     * The next holder is written to the slot before its ticket is granted, because the moment it is granted it may lock
     * again, and must then find itself as the holder. So a reader without the guard may see a holder that does not hold
     * yet, or never will; only its states HELD and RETIRED mean anything to such a reader.
     *
     * A thread never conflicts with itself: it may hold a key by several tickets, exclusive and shared. Those of one
     * mode are mostly one ticket that counts; which one is its own a sharer among many does not look up, but takes
     * another. Only when it would have to wait does it ask its lifetime whether it holds the key already: then it goes
     * ahead of those that wait, who wait for it.
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
     * with a small guard around the queue instead of a lock-free one: its critical sections are a few dozen
     * instructions, and waiters leave the middle of the queue when they give up, which costs lock-free queues most of
     * their code. That readers queue behind a waiting writer is PostgreSQL's rule for its locks.
     */

    private final String name;
    private final KeyedLocksOptions<K> options;
    private final boolean timesHolds;
    private final ConcurrentHashMap<K, Slot<K>> slots = new ConcurrentHashMap<>();

    LockTable(String name, KeyedLocksOptions<K> options) {
        this.name = name;
        this.options = options;
        this.timesHolds = options.timesHolds();
    }

    String name() {
        return name;
    }

    KeyedLocksOptions<K> options() {
        return options;
    }

    long size() {
        return slots.mappingCount();
    }

    @Nullable Slot<K> slot(K key) {
        return slots.get(key);
    }

    long nanoTime() {
        return options.ticker().nanoTime();
    }

    /** Draws a token. Users' code may run: to be called under no guard. */
    long nextToken() {
        long token = options.tokens().getAsLong();
        if (token <= 0) {
            throw new IllegalStateException(
                    "token of keyed locks " + name + ": " + token + "; allowed: 1 or more, each more than the last");
        }
        return token;
    }

    List<LockSnapshot.Row<K>> rows() {
        List<LockSnapshot.Row<K>> rows = new ArrayList<>();
        for (Slot<K> slot : slots.values()) {
            for (Ticket<K> ticket : slot.tickets()) {
                boolean waits = ticket.isWaiting();
                if (waits || ticket.isHolding()) {
                    rows.add(new LockSnapshot.Row<>(
                            slot.key(),
                            ticket.mode(),
                            waits,
                            ticket.holder(),
                            ticket.since(waits),
                            ticket.tokenIfDrawn()));
                }
            }
        }
        return rows;
    }

    /** Removes a retired slot, never a successor of it. Any thread may, any number of times. */
    void remove(Slot<K> retired) {
        slots.remove(retired.key(), retired);
    }

    /** The holder that a key's slot names, if it holds and lives; a dead one is cleared away on the way. */
    @Nullable Ticket<K> holder(K key) {
        Objects.requireNonNull(key, "key");
        for (Slot<K> slot = slots.get(key); slot != null; slot = slots.get(key)) {
            Ticket<K> ticket = slot.holder();
            if (ticket.isHolding()) {
                return ticket;
            }
            if (!ticket.clearIfOver()) {
                return null; // between two holders
            }
        }
        return null;
    }

    /** Locks a key without waiting for anybody; returns null where that cannot be. */
    @Nullable Transferable<K> lockAtOnce(K key, LockMode mode) {
        Objects.requireNonNull(key, "key");
        while (true) {
            Slot<K> slot = slots.get(key);
            if (slot == null) {
                Transferable<K> lease = lockFree(key, mode);
                if (lease != null) {
                    return lease;
                }
            } else {
                Ticket<K> holder = slot.holder();
                Transferable<K> lease = holder.nest(mode);
                if (lease != null) {
                    return lease;
                }
                if (!holder.clearIfOver()) {
                    if (!holder.isShared() && !holder.isOfCurrentThread()) {
                        return null;
                    }
                    Ticket<K> ticket = Ticket.waiting(slot, Lifetime.current(), mode);
                    Slot.Entry entry = enter(ticket, false);
                    if (entry == Slot.Entry.HOLDS) {
                        return ticket;
                    }
                    if (entry == Slot.Entry.REFUSED && (mode.isShared() || !slot.clearDead())) {
                        return null;
                    }
                }
            }
        }
    }

    /** Locks a key that nobody holds; returns null if somebody else was faster. */
    private @Nullable Transferable<K> lockFree(K key, LockMode mode) {
        Slot<K> slot = new Slot<>(this, key, Lifetime.current(), mode);
        Ticket<K> ticket = slot.holder();
        if (timesHolds) {
            ticket.beginsNow();
        }
        ticket.hang();
        boolean locked = false;
        try {
            locked = slots.putIfAbsent(key, slot) == null;
        } finally {
            if (!locked) {
                ticket.close();
            }
        }
        return locked ? ticket : null;
    }

    /** Hangs the current thread's ticket on its life and tries to enter; takes it off again if that fails. */
    private Slot.Entry enter(Ticket<K> ticket, boolean patient) {
        ticket.hang();
        Slot.Entry entry = Slot.Entry.REFUSED;
        try {
            // behind an exclusive holder there is none but of that very thread, which the slot sees by itself
            boolean returning = ticket.slot().holder().isShared() && ticket.hasCompanion();
            entry = ticket.slot().enter(ticket, returning, patient);
        } finally {
            if (entry == Slot.Entry.REFUSED || entry == Slot.Entry.RETIRED) {
                ticket.giveUp();
            }
        }
        return entry;
    }

    /**
     * Locks a key after those that hold it or wait for it; returns null if the deadline passed first.
     *
     * @throws LockException.Upgrade if the current thread shares the key with others and wants it for itself
     */
    @Nullable Transferable<K> lockInTurn(K key, LockMode mode, Deadline deadline) throws InterruptedException {
        while (true) {
            Slot<K> slot = slots.get(key);
            if (slot != null) {
                Ticket<K> ticket = Ticket.waiting(slot, Lifetime.current(), mode);
                Slot.Entry entry = enter(ticket, true);
                if (entry == Slot.Entry.HOLDS) {
                    return ticket;
                }
                if (entry == Slot.Entry.WAITS) {
                    return awaitTurn(ticket, deadline) ? ticket : null;
                }
                if (entry == Slot.Entry.REFUSED && !slot.clearDead()) {
                    if (ticket.hasCompanion()) {
                        throw LockException.Upgrade.of(ticket);
                    }
                    Turn.giveAway(); // somebody is just closing what it held
                }
            }
            Transferable<K> lease = lockAtOnce(key, mode);
            if (lease != null) {
                return lease;
            }
        }
    }

    private static boolean awaitTurn(Ticket<?> ticket, Deadline deadline) throws InterruptedException {
        if (!ticket.isShared() && ticket.slot().holder().isShared()) {
            ticket.slot().clearDead(); // none of those that share the key may hold up this one by its death
        }
        return ticket.await(deadline);
    }

    @Override
    public String toString() {
        return "keyed locks " + name + ", " + size() + " held";
    }
}
