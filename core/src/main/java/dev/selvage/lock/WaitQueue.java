package dev.selvage.lock;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Those that wait for one key, in order of arrival: a doubly linked list through the tickets themselves, so that one
 * that gives up leaves from the middle at the same cost. All of it is guarded by {@code guard}, which is held for some
 * dozen instructions at a time and never while user code runs.
 */
final class WaitQueue<K> {
    final ReentrantLock guard = new ReentrantLock();

    private @Nullable Ticket<K> first;
    private @Nullable Ticket<K> last;
    private int size;

    boolean isEmpty() {
        return first == null;
    }

    int size() {
        return size;
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

    /** Takes the longest waiter off, or returns null. */
    @Nullable Ticket<K> poll() {
        Ticket<K> ticket = first;
        if (ticket != null) {
            remove(ticket);
        }
        return ticket;
    }

    /** Does nothing if the ticket is not in the queue. */
    void remove(Ticket<K> ticket) {
        Ticket<K> ahead = ticket.ahead;
        Ticket<K> behind = ticket.behind;
        if (ahead == null && ticket != first) {
            return;
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
    }
}
