package dev.selvage.pool.worker;

import dev.selvage.process.ProcessRef;
import dev.selvage.time.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * When something is due for a job: its next attempt, its next look at its key, the end of its time, the end of the
 * patience with it. A job has one alarm at a time. Guarded by the pool's lock.
 */
final class Alarms<J, R extends @Nullable Object> {
    private final Ticker ticker;

    /** Readings are compared by their difference, since they may overflow. */
    private final TreeSet<Ticket<J, R>> set = new TreeSet<>((one, other) -> {
        long difference = one.alarmNanos - other.alarmNanos;
        return difference != 0 ? Long.signum(difference) : Long.compare(one.number, other.number);
    });

    /** Who sleeps until the first of them, and is told when there is a new one; if somebody does. */
    private @Nullable ProcessRef<Look> clock;

    Alarms(Ticker ticker) {
        this.ticker = ticker;
    }

    /** What a process of the pool is told: that there is something to look at. */
    enum Look {
        LOOK
    }

    /** Returns false if somebody else is the clock. */
    boolean setClock(ProcessRef<Look> process) {
        if (isRunning()) {
            return false;
        }
        clock = process;
        return true;
    }

    boolean isRunning() {
        return clock != null && clock.isAlive();
    }

    void set(Ticket<J, R> ticket, long delayNanos) {
        cancel(ticket);
        ticket.alarmNanos = ticker.nanoTime() + delayNanos;
        ticket.alarmSet = true;
        set.add(ticket);
        if (clock != null && set.first() == ticket) {
            clock.send(Look.LOOK);
        }
    }

    void cancel(Ticket<J, R> ticket) {
        if (ticket.alarmSet) {
            set.remove(ticket);
            ticket.alarmSet = false;
        }
    }

    /** Takes one off that is due, or returns null. */
    @Nullable Ticket<J, R> pollDue() {
        if (set.isEmpty() || set.first().alarmNanos - ticker.nanoTime() > 0) {
            return null;
        }
        Ticket<J, R> due = set.first();
        cancel(due);
        return due;
    }

    /** How long until the next is due. */
    long nextNanos() {
        return set.isEmpty() ? Long.MAX_VALUE : Math.max(0, set.first().alarmNanos - ticker.nanoTime());
    }

    /** Those of them that wait in a place. */
    List<Ticket<J, R>> in(Ticket.Place place) {
        List<Ticket<J, R>> found = new ArrayList<>();
        for (Ticket<J, R> ticket : set) {
            if (ticket.place == place) {
                found.add(ticket);
            }
        }
        return found;
    }
}
