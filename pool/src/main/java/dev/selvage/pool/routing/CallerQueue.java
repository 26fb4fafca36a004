package dev.selvage.pool.routing;

import dev.selvage.time.Deadline;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for a place at a member because all are at their limits (rule 10.3): first come, first served, up to a
 * number of callers.
 *
 * <p>Whoever frees a place gives it up first and looks afterwards whether somebody waits; a caller enters the queue
 * first and looks for a free place afterwards. So no place stays free while somebody waits for one. As long as somebody
 * waits nobody takes a place past the queue. While nobody does, freeing a place costs a look at a number.
 */
final class CallerQueue<Q, R> {
    private final int longest;

    /** Takes a place at any member, or returns null. */
    private final Supplier<@Nullable Connection<Q, R>> anyPlace;

    /** Whether there is any member at all, with a place or without. */
    private final BooleanSupplier anyMember;

    /** Guards the callers and {@code closed}; no code of the user's runs under it. */
    private final ReentrantLock lock = new ReentrantLock();

    private final LinkedHashSet<Caller<Q, R>> callers = new LinkedHashSet<>();
    private boolean closed;

    /** How many there are, for those who only look: written under the lock, before a caller looks for a place. */
    private volatile int length;

    // raised by callers
    final LongAdder waits = new LongAdder();
    final LongAdder waitedNanos = new LongAdder();
    final LongAdder refused = new LongAdder();

    CallerQueue(int longest, Supplier<@Nullable Connection<Q, R>> anyPlace, BooleanSupplier anyMember) {
        this.longest = longest;
        this.anyPlace = anyPlace;
        this.anyMember = anyMember;
    }

    int length() {
        return length;
    }

    // ---- the caller's side

    /**
     * Waits for a place, on the caller's thread. Says how that ended by the caller's outcome: it is granted a place, or
     * was refused, or gave up.
     *
     * @return false, without waiting, if too many wait already
     */
    boolean await(Caller<Q, R> caller, Deadline deadline, Object pool) throws InterruptedException {
        if (!add(caller)) {
            return false;
        }
        waits.increment();
        boolean ended = false;
        try {
            serve(null);
            if (!anyMember.getAsBoolean()) {
                caller.refuse(Caller.Refusal.NO_MEMBER);
            }
            caller.await(deadline, pool);
            ended = true;
        } finally {
            remove(caller);
            waitedNanos.add(caller.waitedNanos());
            Connection<Q, R> tooLate = ended || caller.giveUp() ? null : caller.granted();
            if (tooLate != null) {
                tooLate.exit();
            }
        }
        return true;
    }

    private boolean add(Caller<Q, R> caller) {
        lock.lock();
        try {
            if (closed) {
                caller.refuse(Caller.Refusal.CLOSED);
                return true;
            }
            if (callers.size() >= longest) {
                refused.increment();
                return false;
            }
            callers.add(caller);
            length = callers.size();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void remove(Caller<Q, R> caller) {
        lock.lock();
        try {
            callers.remove(caller);
            length = callers.size();
        } finally {
            lock.unlock();
        }
    }

    // ---- the side of those who free places

    /** Gives free places to those who wait, in turn: first of the connection that is said to have one. Any thread. */
    void serve(@Nullable Connection<Q, R> freed) {
        while (length > 0) {
            Connection<Q, R> place = freed != null && freed.isRoutable() && freed.tryEnter() ? freed : anyPlace.get();
            if (place == null) {
                return;
            }
            if (!grantFirst(place)) {
                place.giveBack(); // whoever came meanwhile is found by the next look at the length
            }
        }
    }

    private boolean grantFirst(Connection<Q, R> place) {
        lock.lock();
        try {
            Iterator<Caller<Q, R>> inTurn = callers.iterator();
            while (inTurn.hasNext()) {
                Caller<Q, R> next = inTurn.next();
                inTurn.remove();
                length = callers.size();
                if (next.grant(place)) {
                    return true;
                }
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** A member has left: if it was the last, those who wait have nothing to wait for here. Any thread. */
    void memberLeft() {
        if (length == 0) {
            return;
        }
        if (anyMember.getAsBoolean()) {
            serve(null); // perhaps by one that is ejected, now that there is no other
        } else {
            refuseAll(Caller.Refusal.NO_MEMBER);
        }
    }

    /** Refuses all who wait, and all who come. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        refuseAll(Caller.Refusal.CLOSED);
    }

    private void refuseAll(Caller.Refusal refusal) {
        lock.lock();
        try {
            callers.forEach(caller -> caller.refuse(refusal));
            callers.clear();
            length = 0;
        } finally {
            lock.unlock();
        }
    }
}
