package dev.selvage.pool.worker;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A key that some job has, and who waits for it. A key that nobody has costs nothing. Guarded by the pool's lock. */
final class KeySlot<J, R extends @Nullable Object> {
    final Object key;

    /** The job that has the key: queued, running, or of an abandoned worker. */
    Ticket<J, R> holder;

    /** Accepted jobs that wait for the key, in order. */
    final TicketList<J, R> parked = new TicketList<>();

    /** Submitters that wait until they may park behind this key; made on demand, since mostly there are none. */
    private @Nullable Set<Ticket<J, R>> blocked;

    /** How many jobs of this key have gone on behind each other. */
    int inARow;

    KeySlot(Object key, Ticket<J, R> holder) {
        this.key = key;
        this.holder = holder;
    }

    Set<Ticket<J, R>> blocked() {
        Set<Ticket<J, R>> present = blocked;
        if (present == null) {
            present = new LinkedHashSet<>();
            blocked = present;
        }
        return present;
    }

    boolean nobodyIsBlocked() {
        return blocked == null || blocked.isEmpty();
    }

    /** The job that a new one can be coalesced with, or null. */
    @Nullable Ticket<J, R> waiting() {
        return holder.place == Ticket.Place.QUEUED ? holder : parked.first();
    }
}
