package dev.selvage.lock;

import org.jspecify.annotations.Nullable;

/**
 * Tickets in order of arrival: a doubly linked list through the tickets themselves, so that one that leaves from the
 * middle does so at the same cost. A ticket is on one list at a time; lists are guarded by their {@link Crowd}.
 */
final class TicketList<K> {
    private @Nullable Ticket<K> first;
    private @Nullable Ticket<K> last;
    private int size;

    boolean isEmpty() {
        return first == null;
    }

    int size() {
        return size;
    }

    /** The one that is here longest, or null; each knows the next as {@code behind}. */
    @Nullable Ticket<K> first() {
        return first;
    }

    void add(Ticket<K> ticket) {
        ticket.ahead = last;
        if (last == null) {
            first = ticket;
        } else {
            last.behind = ticket;
        }
        last = ticket;
        size++;
    }

    /** Takes the longest off, or returns null. */
    @Nullable Ticket<K> poll() {
        Ticket<K> ticket = first;
        if (ticket != null) {
            remove(ticket);
        }
        return ticket;
    }

    /** Returns false if the ticket is not on this list. It must not be on another one. */
    boolean remove(Ticket<K> ticket) {
        Ticket<K> ahead = ticket.ahead;
        Ticket<K> behind = ticket.behind;
        if (ahead == null && ticket != first) {
            return false;
        }
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
        size--;
        return true;
    }
}
