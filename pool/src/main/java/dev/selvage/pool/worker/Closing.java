package dev.selvage.pool.worker;

import dev.selvage.exit.ExitReason;
import dev.selvage.pool.worker.Ticket.Place;
import dev.selvage.task.Outcome;
import dev.selvage.time.Deadline;
import org.jspecify.annotations.Nullable;

/** Ends jobs before their time: one of them, or all. */
final class Closing<J, R extends @Nullable Object> {
    private final Dispatch<J, R> dispatch;
    private final Door<J, R> door;

    Closing(Dispatch<J, R> dispatch, Door<J, R> door) {
        this.dispatch = dispatch;
        this.door = door;
    }

    boolean cancel(Ticket<J, R> ticket) {
        dispatch.lock();
        try {
            if (ticket.place == Place.DONE || ticket.cancelled) {
                return false;
            }
            Member<J, R> member = ticket.member;
            if (member != null && member.begun) {
                ticket.cancelled = true;
                dispatch.interrupt(ticket, member);
                return true;
            }
            drop(ticket, ExitReason.killed());
            door.settle();
            return true;
        } finally {
            dispatch.unlock();
        }
    }

    /** Ends a job that has not begun, wherever it waits. Under the lock. */
    private void drop(Ticket<J, R> ticket, ExitReason reason) {
        dispatch.takeOut(ticket);
        dispatch.counts.cancelled++;
        dispatch.end(ticket, new Outcome.Cancelled<>(reason));
        dispatch.releaseKey(ticket);
    }

    /** From now on nothing is accepted, and nobody waits to be. */
    void close() {
        dispatch.lock();
        try {
            dispatch.setClosed();
            door.refuseAll();
        } finally {
            dispatch.unlock();
        }
    }

    /** Waits until all that was accepted is over; returns false when the deadline passed first. */
    boolean awaitDrained(Deadline deadline) throws InterruptedException {
        Thread closer = Thread.currentThread();
        try {
            while (!isDrained(closer)) {
                if (deadline.hasPassed()) {
                    return false;
                }
                deadline.park(this);
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while waiting for " + dispatch);
                }
            }
            return true;
        } finally {
            dispatch.lock();
            dispatch.closers().remove(closer);
            dispatch.unlock();
        }
    }

    private boolean isDrained(Thread closer) {
        dispatch.lock();
        try {
            dispatch.closers().add(closer);
            return dispatch.live() == 0;
        } finally {
            dispatch.unlock();
        }
    }

    /** Cancels what waits, and interrupts what runs. */
    void abort() {
        close();
        dispatch.lock();
        try {
            dispatch.setAborted();
            for (KeySlot<J, R> slot : dispatch.slots()) {
                dropAll(slot.parked);
            }
            dropAll(dispatch.ready());
            dispatch.alarms.in(Place.RETRYING).forEach(ticket -> drop(ticket, ExitReason.shutdown()));
            dispatch.alarms.in(Place.ASIDE).forEach(ticket -> drop(ticket, ExitReason.shutdown()));
            for (Member<J, R> member : dispatch.members()) {
                Ticket<J, R> ticket = member.current;
                if (ticket != null && !member.begun) {
                    drop(ticket, ExitReason.shutdown());
                } else if (ticket != null && !ticket.interrupted) {
                    dispatch.interrupt(ticket, member);
                }
            }
        } finally {
            dispatch.unlock();
        }
    }

    private void dropAll(TicketList<J, R> list) {
        for (Ticket<J, R> ticket = list.first(); ticket != null; ticket = list.first()) {
            drop(ticket, ExitReason.shutdown());
        }
    }
}
