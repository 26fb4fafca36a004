package dev.selvage.lock;

import dev.selvage.exit.Lifetime;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A key that is held: its holders and those that wait for it. See {@link LockTable} for how it works.
 */
final class Slot<K> {

    /** How a ticket that came to a slot fared. */
    enum Entry {
        /** Nobody holds the key any more: look for it in the table again. */
        RETIRED,
        /** It holds the key. */
        HOLDS,
        /** It waits. */
        WAITS,
        /** Neither. */
        REFUSED
    }

    private static final VarHandle CROWD;

    static {
        try {
            CROWD = MethodHandles.lookup().findVarHandle(Slot.class, "crowd", Crowd.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final LockTable<K> table;
    private final K key;

    /**
     * A holder, or who is about to become one. Written under the crowd's guard; read by anyone. If somebody holds
     * exclusively, then it is that ticket: the others, if any, are of the same thread.
     */
    private volatile Ticket<K> holder;

    /** Made by the first that comes to a key that is held; stays as long as the slot. */
    private volatile @Nullable Crowd<K> crowd;

    /** Makes a slot that is held from birth. */
    Slot(LockTable<K> table, K key, Lifetime holder, LockMode mode) {
        this.table = table;
        this.key = key;
        this.holder = Ticket.held(this, holder, mode);
    }

    K key() {
        return key;
    }

    Ticket<K> holder() {
        return holder;
    }

    /**
     * Lets a ticket in: it holds the key at once if it conflicts with neither a holder nor a waiter, or waits behind
     * all that do.
     *
     * @param returning whether its thread holds the key by another ticket already: then it waits for nobody
     * @param patient whether it waits
     */
    Entry enter(Ticket<K> ticket, boolean returning, boolean patient) {
        Crowd<K> inside = crowdOrNew();
        inside.enter();
        try {
            if (!holder.crowd()) {
                return Entry.RETIRED;
            }
            boolean back = returning || holder.isOfSameThread(ticket);
            if ((back || inside.waiting.isEmpty()) && agrees(inside, ticket)) {
                ticket.grant(true);
                admit(inside, ticket);
                return Entry.HOLDS;
            }
            if (back || !patient) {
                return Entry.REFUSED;
            }
            inside.waiting.add(ticket);
            return Entry.WAITS;
        } finally {
            inside.leave();
        }
    }

    /** Whether a ticket conflicts with none of the holders: with its own thread's it does not. Guarded. */
    private boolean agrees(Crowd<K> inside, Ticket<K> ticket) {
        if (ticket.isShared()) {
            return holder.isShared() || holder.isOfSameThread(ticket);
        }
        if (!holder.isOfSameThread(ticket)) {
            return false;
        }
        for (Ticket<K> other = inside.sharing.first(); other != null; other = other.behind) {
            if (!other.isOfSameThread(ticket)) {
                return false;
            }
        }
        return true;
    }

    /** Makes a ticket one more holder. Guarded. */
    private void admit(Crowd<K> inside, Ticket<K> ticket) {
        if (ticket.isShared()) {
            inside.sharing.add(ticket);
        } else {
            inside.sharing.add(holder);
            holder = ticket;
        }
    }

    /** Takes a cancelled ticket out of the queue, wherever it stands, and serves those that only waited for it. */
    void leave(Ticket<K> ticket) {
        Crowd<K> inside = crowd;
        if (inside == null) {
            return;
        }
        Granted<K> granted = new Granted<>();
        inside.enter();
        try {
            if (inside.waiting.remove(ticket)) {
                serve(inside, granted, false);
            }
        } finally {
            inside.leave();
        }
        granted.wake();
    }

    /**
     * Takes a holder that has released the key away, and hands the key over to those that wait longest and agree with
     * the holders that remain. Retires the slot if there is neither.
     *
     * @param from the holder
     * @return false if somebody else has seen to it
     */
    boolean passOn(Ticket<K> from) {
        Crowd<K> inside = Objects.requireNonNull(crowd, "a crowded key has a crowd");
        Granted<K> granted = new Granted<>();
        boolean vacant;
        inside.enter();
        try {
            if (!takeAway(inside, from)) {
                return false;
            }
            vacant = serve(inside, granted, holder == from);
            if (vacant) {
                holder = from;
                from.passing2retired();
            }
        } finally {
            inside.leave();
        }
        granted.wake();
        if (vacant) {
            retire();
        }
        return true;
    }

    /** Takes a holder away. If it was the last one, it stays named until its successor is. Guarded. */
    private boolean takeAway(Crowd<K> inside, Ticket<K> from) {
        if (from != holder) {
            return inside.sharing.remove(from);
        }
        Ticket<K> other = inside.sharing.poll();
        if (other != null) {
            holder = other;
        }
        return true;
    }

    /**
     * Grants the key to those that wait longest as long as they agree with the holders. Guarded.
     *
     * @param vacant whether nobody holds the key
     * @return whether still nobody does
     */
    private boolean serve(Crowd<K> inside, Granted<K> granted, boolean vacant) {
        boolean free = vacant;
        Ticket<K> next = inside.waiting.first();
        while (next != null && (free || agrees(inside, next))) {
            inside.waiting.remove(next);
            if (free) {
                holder = next; // before the grant: once granted it may look for itself here
            }
            Ticket.Grant grant = next.grant(!free || !inside.waiting.isEmpty());
            if (grant != Ticket.Grant.LOST) {
                if (!free) {
                    admit(inside, next);
                }
                free = false;
                granted.add(next, grant);
            }
            next = inside.waiting.first();
        }
        return free;
    }

    /**
     * Makes another thread's ticket the holder in the place of one that holds by one lease only.
     *
     * @throws LockException.HandOver if its thread holds the key by another lease too, or the other thread has ended
     * @throws LockException.NotHeld if it does not hold
     */
    void handOver(Ticket<K> from, Ticket<K> to, int onlyLease) {
        Crowd<K> inside = crowdOrNew();
        Granted<K> granted = new Granted<>();
        inside.enter();
        try {
            if (!holder.crowd() || !from.isHeldByAnyLease()) {
                throw LockException.NotHeld.of(from);
            }
            boolean besides = from.isShared() ? !holder.isShared() : !inside.sharing.isEmpty();
            if (besides || !from.held2passing(onlyLease)) {
                throw new LockException.HandOver(from + ": is not the only lease of its holder on that key");
            }
            if (to.grant(true) == Ticket.Grant.LOST) {
                from.passing2held(onlyLease);
                throw new LockException.HandOver(
                        from + ": cannot be handed to " + to.holder().name() + ", which has ended");
            }
            if (holder == from) {
                holder = to;
            } else {
                inside.sharing.remove(from);
                inside.sharing.add(to);
            }
            serve(inside, granted, false); // the receiver may be the first that waits
        } finally {
            inside.leave();
        }
        granted.wake();
    }

    /** Those that were granted the key in one go, to be woken when the guard is free again. */
    private static final class Granted<K> {
        private @Nullable Ticket<K> first;
        private @Nullable List<Ticket<K>> others;

        void add(Ticket<K> ticket, Ticket.Grant grant) {
            if (grant != Ticket.Grant.TAKEN_ASLEEP) {
                return;
            }
            if (first == null) {
                first = ticket;
            } else {
                if (others == null) {
                    others = new ArrayList<>();
                }
                others.add(ticket);
            }
        }

        void wake() {
            if (first != null) {
                LockSupport.unpark(first.thread());
            }
            if (others != null) {
                others.forEach(ticket -> LockSupport.unpark(ticket.thread()));
            }
        }
    }

    /**
     * Releases the key in the place of those that share it and have ended, without waiting for their hooks.
     *
     * @return whether there was one
     */
    boolean clearDead() {
        boolean cleared = false;
        for (Ticket<K> ticket : tickets()) {
            cleared |= ticket.clearIfOver();
        }
        return cleared;
    }

    /**
     * The holders that a waiter waits for, itself or through those that wait before it. Its own thread's are among them
     * only if somebody who waits before it waits for them.
     */
    List<Ticket<K>> blockersOf(Ticket<?> waiter) {
        List<Ticket<K>> found = new ArrayList<>();
        for (Ticket<K> ticket : tickets()) {
            if (ticket == waiter) {
                found.removeIf(other -> other.isOfSameThread(waiter));
            }
            if (ticket.isWaiting()) {
                break; // it is the first
            }
            if (ticket.isHeldByAnyLease()) {
                found.add(ticket);
            }
        }
        return found;
    }

    /** The tickets that hold, are about to, or have just done so, and behind them those that wait, in their order. */
    List<Ticket<K>> tickets() {
        List<Ticket<K>> found = new ArrayList<>();
        Crowd<K> inside = crowd;
        if (inside == null) {
            found.add(holder);
            return found;
        }
        inside.enter();
        try {
            found.add(holder);
            addAll(inside.sharing, found);
            addAll(inside.waiting, found);
        } finally {
            inside.leave();
        }
        return found;
    }

    private static <K> void addAll(TicketList<K> list, List<Ticket<K>> found) {
        for (Ticket<K> ticket = list.first(); ticket != null; ticket = ticket.behind) {
            found.add(ticket);
        }
    }

    boolean timesHolds() {
        return table.options().timesHolds();
    }

    long nanoTime() {
        return table.nanoTime();
    }

    long nextToken() {
        return table.nextToken();
    }

    /** Takes this slot, whose holder's state is RETIRED, out of the table. */
    void retire() {
        table.remove(this);
    }

    int waiters() {
        Crowd<K> inside = crowd;
        if (inside == null) {
            return 0;
        }
        inside.enter();
        try {
            return inside.waiting.size();
        } finally {
            inside.leave();
        }
    }

    private Crowd<K> crowdOrNew() {
        Crowd<K> inside = crowd;
        if (inside != null) {
            return inside;
        }
        Crowd<K> made = new Crowd<>();
        if (CROWD.compareAndSet(this, (Crowd<K>) null, made)) {
            return made;
        }
        return Objects.requireNonNull(crowd, "a crowd is never taken away");
    }

    @Override
    public String toString() {
        return "key " + key + " of keyed locks " + table.name();
    }
}
