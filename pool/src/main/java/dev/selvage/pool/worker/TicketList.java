package dev.selvage.pool.worker;

import org.jspecify.annotations.Nullable;

/**
 * Tickets in order: a doubly linked list through the tickets themselves, so that one leaves from the middle at the same
 * cost and nothing is made for an entry. A ticket is on one list at a time. Guarded by the pool's lock.
 */
final class TicketList<J, R extends @Nullable Object> {
    private @Nullable Ticket<J, R> first;
    private @Nullable Ticket<J, R> last;
    private int size;

    boolean isEmpty() {
        return first == null;
    }

    int size() {
        return size;
    }

    @Nullable Ticket<J, R> first() {
        return first;
    }

    void addLast(Ticket<J, R> ticket) {
        ticket.list = this;
        ticket.ahead = last;
        if (last == null) {
            first = ticket;
        } else {
            last.behind = ticket;
        }
        last = ticket;
        size++;
    }

    void addFirst(Ticket<J, R> ticket) {
        ticket.list = this;
        ticket.behind = first;
        if (first == null) {
            last = ticket;
        } else {
            first.ahead = ticket;
        }
        first = ticket;
        size++;
    }

    /** Takes the first off, or returns null. */
    @Nullable Ticket<J, R> poll() {
        Ticket<J, R> ticket = first;
        if (ticket != null) {
            remove(ticket);
        }
        return ticket;
    }

    /** Returns false if the ticket is not on this list. */
    boolean remove(Ticket<J, R> ticket) {
        if (ticket.list != this) {
            return false;
        }
        Ticket<J, R> ahead = ticket.ahead;
        Ticket<J, R> behind = ticket.behind;
        if (ahead == null) {
            first = behind;
        } else {
            ahead.behind = behind;
        }
        if (behind == null) {
            last = ahead;
        } else {
            behind.ahead = ahead;
        }
        ticket.ahead = null;
        ticket.behind = null;
        ticket.list = null;
        size--;
        return true;
    }
}
