package dev.selvage.pool.worker;

import dev.selvage.pool.worker.Ticket.Place;
import dev.selvage.task.Outcome;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How jobs get into a pool: at once, after a wait, by joining another job, or not. Its lists are the pool lock's. */
final class Door<J, R extends @Nullable Object> {

    /** What became of a job at the door. */
    private enum Entry {
        ACCEPTED,
        NO_ROOM,
        /** There is a job to be coalesced with. */
        AGAIN,
        CLOSED
    }

    private final Dispatch<J, R> dispatch;
    private final WorkerOptions<J> options;
    private final Function<? super J, ? extends @Nullable Object> keyOf;

    /** Submitters whose key is free, and who need a place on the queue. */
    private final TicketList<J, R> cold = new TicketList<>();

    /** Submitters whose key is busy, and who need a place behind it; they are in its slot, too. */
    private final Set<Ticket<J, R>> hot = new LinkedHashSet<>();

    Door(Dispatch<J, R> dispatch, Function<? super J, ? extends @Nullable Object> keyOf) {
        this.dispatch = dispatch;
        this.options = dispatch.options();
        this.keyOf = keyOf;
    }

    // ---- submitting

    /** Gets a job in; waits for room until the deadline. */
    Ticket<J, R> submit(J job, Deadline deadline) throws InterruptedException {
        Ticket<J, R> ticket = new Ticket<>(dispatch, job, keyOf.apply(job));
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before " + ticket + " was submitted");
        }
        while (true) {
            ticket.place = Place.NEW;
            Ticket<J, R> accepted = submitAtOnce(ticket, !deadline.hasPassed());
            if (accepted != null) {
                return accepted;
            }
            if (ticket.place == Place.NEW) { // otherwise it was blocked, and may have been served by now
                throw refused(ticket, "there is no room");
            }
            if (awaitPlace(ticket, deadline)) {
                return ticket;
            }
        }
    }

    /** Gets a job in if there is room for it; null: there is none. */
    @Nullable Ticket<J, R> trySubmit(J job) {
        Ticket<J, R> ticket = new Ticket<>(dispatch, job, keyOf.apply(job));
        Ticket<J, R> accepted = submitAtOnce(ticket, false);
        if (accepted == null) {
            countRefusal(ticket, "there is no room");
        }
        return accepted;
    }

    /**
     * Gets a job in for which a place was kept, which is given back if it was not needed. Returns false if it has
     * joined another job. What ends it is told to {@code onEnd}, once, if it is a job of its own.
     */
    boolean submitKept(J job, Consumer<Outcome<R>> onEnd) {
        boolean used = false;
        try {
            Ticket<J, R> ticket = new Ticket<>(dispatch, job, keyOf.apply(job));
            ticket.onEnd = onEnd;
            ticket.kept = true;
            used = submitAtOnce(ticket, false) == ticket;
        } finally {
            if (!used) {
                giveBack(1);
            }
        }
        return used;
    }

    /** Returns the job that it is or has joined; null if there is no room, and then it is blocked if it may wait. */
    private @Nullable Ticket<J, R> submitAtOnce(Ticket<J, R> ticket, boolean mayWait) {
        while (true) {
            Ticket<J, R> joined = tryJoin(ticket);
            if (joined != null) {
                return joined;
            }
            Entry entry;
            dispatch.lock();
            try {
                entry = enter(ticket);
                if (entry == Entry.NO_ROOM && mayWait && !dispatch.isMember(Thread.currentThread())) {
                    block(ticket);
                }
            } finally {
                dispatch.unlock();
            }
            switch (entry) {
                case ACCEPTED -> {
                    return ticket;
                }
                case NO_ROOM -> {
                    return null;
                }
                case CLOSED -> throw closed(ticket);
                case AGAIN -> Thread.onSpinWait();
            }
        }
    }

    /** Becomes one with the job of the same key that waits already; returns null if there is none. */
    private @Nullable Ticket<J, R> tryJoin(Ticket<J, R> ticket) {
        BinaryOperator<J> merge = options.merge();
        if (merge == null || ticket.key == null) {
            return null;
        }
        while (true) {
            Ticket<J, R> other;
            J seen;
            dispatch.lock();
            try {
                other = dispatch.isClosed() ? null : dispatch.waitingOf(ticket.key);
                seen = other == null ? null : other.job;
            } finally {
                dispatch.unlock();
            }
            if (other == null || seen == null) {
                return null;
            }
            J both = Objects.requireNonNull(merge.apply(seen, ticket.job()), "merged job");
            dispatch.lock();
            try {
                if (other.job == seen && dispatch.waitingOf(ticket.key) == other) {
                    other.job = both;
                    dispatch.counts.submitted++;
                    dispatch.counts.coalesced++;
                    return other;
                }
            } finally {
                dispatch.unlock();
            }
        }
    }

    /** Waits until a blocked job is served; returns false if it has to try again. */
    private boolean awaitPlace(Ticket<J, R> ticket, Deadline deadline) throws InterruptedException {
        long beganNanos = options.ticker().nanoTime();
        boolean interrupted = false;
        try {
            while (ticket.place == Place.BLOCKED) {
                deadline.park(this);
                interrupted |= Thread.interrupted();
                if ((interrupted || deadline.hasPassed()) && unblock(ticket)) {
                    String why = interrupted ? "the submitter was interrupted" : "there was no room in time";
                    WorkerException refused = refused(ticket, why);
                    if (interrupted) {
                        interrupted = false;
                        throw new InterruptedException(refused.getMessage());
                    }
                    throw refused;
                }
            }
            if (ticket.place == Place.REFUSED) {
                throw closed(ticket);
            }
            return ticket.place != Place.AGAIN;
        } finally {
            waited(beganNanos, ticket);
            if (interrupted) {
                Thread.currentThread().interrupt(); // it came after the job was accepted
            }
        }
    }

    private void waited(long beganNanos, Ticket<J, R> ticket) {
        long nanos = options.ticker().nanoTime() - beganNanos;
        dispatch.lock();
        dispatch.counts.waits++;
        dispatch.counts.waitedNanos += nanos;
        dispatch.unlock();
        dispatch.teller.waited(Duration.ofNanos(nanos), ticket.place != Place.REFUSED);
    }

    private WorkerException refused(Ticket<J, R> ticket, String why) {
        countRefusal(ticket, why);
        return new WorkerException.Refused(dispatch + " does not accept a job"
                + (ticket.key == null ? "" : " for key " + ticket.key) + ": " + why
                + (dispatch.isWorker() ? "; a worker does not wait for its own pool" : ""));
    }

    private WorkerException closed(Ticket<J, R> ticket) {
        countRefusal(ticket, "the pool is closed");
        return new WorkerException.Closed(dispatch + " is closed");
    }

    private void countRefusal(Ticket<J, R> ticket, String why) {
        dispatch.lock();
        dispatch.counts.submitted++;
        dispatch.counts.refused++;
        dispatch.unlock();
        dispatch.teller.refused(ticket.job(), why);
    }

    // ---- under the lock

    private Entry enter(Ticket<J, R> ticket) {
        if (dispatch.isClosed()) {
            return Entry.CLOSED;
        }
        KeySlot<J, R> slot = dispatch.slotOf(ticket);
        if (slot != null && options.merge() != null && slot.waiting() != null) {
            return Entry.AGAIN;
        }
        if (ticket.kept) {
            dispatch.useKept();
        } else if (slot == null ? !cold.isEmpty() || !dispatch.hasPlace() : !dispatch.mayPark()) {
            return Entry.NO_ROOM;
        }
        dispatch.accept(ticket);
        if (slot == null) {
            dispatch.toQueue(ticket);
        } else {
            dispatch.toLot(slot, ticket);
        }
        if (ticket.kept) {
            settle(); // a job that went to a worker or behind its key left its place to others
        }
        return Entry.ACCEPTED;
    }

    /** Has the submitter of a job wait for room. */
    private void block(Ticket<J, R> ticket) {
        ticket.place = Place.BLOCKED;
        ticket.submitter = Thread.currentThread();
        KeySlot<J, R> slot = dispatch.slotOf(ticket);
        if (slot == null) {
            cold.addLast(ticket);
        } else {
            addHot(slot, ticket);
        }
    }

    private void addHot(KeySlot<J, R> slot, Ticket<J, R> ticket) {
        hot.add(ticket);
        slot.blocked().add(ticket);
    }

    private void removeBlocked(Ticket<J, R> ticket) {
        if (!cold.remove(ticket) && hot.remove(ticket)) {
            Objects.requireNonNull(dispatch.slotOf(ticket)).blocked().remove(ticket);
        }
    }

    /** A key has become free, and nobody is parked behind it: now its submitters need a place on the queue. */
    void keyIsFree(KeySlot<J, R> slot) {
        if (!slot.nobodyIsBlocked()) {
            for (Ticket<J, R> blocked : slot.blocked()) {
                hot.remove(blocked);
                cold.addLast(blocked);
            }
        }
    }

    private void serve(Ticket<J, R> ticket, Place place) {
        Thread submitter = ticket.submitter;
        ticket.submitter = null;
        ticket.place = place;
        LockSupport.unpark(submitter);
    }

    /** Serves those who wait for room, as far as there is any. */
    void settle() {
        while (!cold.isEmpty()) {
            Ticket<J, R> ticket = Objects.requireNonNull(cold.first());
            KeySlot<J, R> slot = dispatch.slotOf(ticket);
            if (slot != null) {
                cold.remove(ticket);
                serveBehind(slot, ticket);
            } else if (dispatch.hasPlace()) {
                cold.remove(ticket);
                serveWithPlace(ticket);
            } else {
                break;
            }
        }
        while (!hot.isEmpty() && dispatch.mayPark()) {
            Ticket<J, R> ticket = hot.iterator().next();
            KeySlot<J, R> slot = Objects.requireNonNull(dispatch.slotOf(ticket));
            removeBlocked(ticket);
            serveBehind(slot, ticket);
        }
    }

    private void serveWithPlace(Ticket<J, R> ticket) {
        if (ticket.wish) {
            dispatch.keepOne();
            serve(ticket, Place.DONE);
            return;
        }
        dispatch.accept(ticket);
        serve(ticket, Place.QUEUED);
        dispatch.toQueue(ticket);
    }

    private void serveBehind(KeySlot<J, R> slot, Ticket<J, R> ticket) {
        if (options.merge() != null && slot.waiting() != null) {
            serve(ticket, Place.AGAIN);
        } else if (dispatch.mayPark()) {
            dispatch.accept(ticket);
            serve(ticket, Place.PARKED);
            dispatch.toLot(slot, ticket);
        } else {
            addHot(slot, ticket);
        }
    }

    /** Nobody is to wait any longer: the pool was closed. */
    void refuseAll() {
        for (Ticket<J, R> ticket = cold.poll(); ticket != null; ticket = cold.poll()) {
            serve(ticket, Place.REFUSED);
        }
        for (Ticket<J, R> ticket : List.copyOf(hot)) {
            removeBlocked(ticket);
            serve(ticket, Place.REFUSED);
        }
    }

    int blocked() {
        return cold.size() + hot.size();
    }

    // ---- no longer under the lock

    /** A submitter gives up. Returns false if it was served before. */
    private boolean unblock(Ticket<J, R> ticket) {
        dispatch.lock();
        try {
            if (ticket.place != Place.BLOCKED) {
                return false;
            }
            ticket.place = Place.REFUSED;
            removeBlocked(ticket);
            settle();
            return true;
        } finally {
            dispatch.unlock();
        }
    }

    /**
     * Keeps places on the queue: as many as there are, one at least, for which it waits in turn.
     *
     * @throws WorkerException.Closed if the pool is closed
     */
    int keep(int most) throws InterruptedException {
        Ticket<J, R> ticket = new Ticket<>(dispatch, null, null);
        ticket.wish = true;
        dispatch.lock();
        try {
            int kept = dispatch.isClosed() ? 0 : keepNow(most);
            if (kept > 0) {
                return kept;
            }
            if (!dispatch.isClosed()) {
                block(ticket);
            } else {
                ticket.place = Place.REFUSED;
            }
        } finally {
            dispatch.unlock();
        }
        while (ticket.place == Place.BLOCKED) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                if (!unblock(ticket)) {
                    giveBack(ticket.place == Place.DONE ? 1 : 0);
                }
                throw new InterruptedException("interrupted while waiting for a place in " + dispatch);
            }
        }
        if (ticket.place == Place.REFUSED) {
            throw new WorkerException.Closed(dispatch + " is closed");
        }
        dispatch.lock();
        try {
            return 1 + keepNow(most - 1);
        } finally {
            dispatch.unlock();
        }
    }

    /** Only what nobody waits for. */
    private int keepNow(int most) {
        int taken = 0;
        while (taken < most && cold.isEmpty() && dispatch.hasPlace()) {
            dispatch.keepOne();
            taken++;
        }
        return taken;
    }

    void giveBack(int places) {
        dispatch.lock();
        try {
            for (int i = 0; i < places; i++) {
                dispatch.useKept();
            }
            settle();
        } finally {
            dispatch.unlock();
        }
    }
}
