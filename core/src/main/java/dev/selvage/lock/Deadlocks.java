package dev.selvage.lock;

import dev.selvage.exit.Lifetime;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Finds threads that wait for each other in a circle, in all sets of locks of this JVM.
 */
final class Deadlocks {
    /*
     * A circle is closed by a thread that holds something and begins to wait. Such a thread says first what it waits
     * for (Lifetime.waitsFor) and then follows the waits from itself: who holds what I wait for, and what does he wait
     * for? Of all threads of a circle one says so last, and then finds the others' waits and holds in their places. A
     * thread that holds nothing is in no circle and does not look; there is no graph to keep, and a lock that is free
     * pays nothing. One thing closes a circle behind a waiter's back, a lease that is handed to it: then the giver
     * wakes it, to look again.
     *
     * No lock is held while looking, so what is found may have changed under the way. But a ticket waits only once and
     * holds only once: if all tickets of the circle are found to wait and hold as before when they are asked again,
     * they all did between the first round and the second, and the circle was there. Two threads that see the same
     * circle must not both fail: the one that comes second to the lock below finds the first no longer waiting.
     *
     * PostgreSQL looks only after a second (deadlock_timeout), because looking is dear there: it locks the whole table
     * of locks. Here it costs a thread that holds nothing a glance at its own list, and any other one step for each
     * thread on the way, in general one; so we look at once.
     */
    private static final ReentrantLock ONE_FAILS = new ReentrantLock();

    /** One step on the way: somebody waits for a key that somebody holds. */
    record Link(Ticket<?> waiter, Ticket<?> holder) {
        boolean stands() {
            return waiter.isWaiting() && holder.isHeldByAnyLease();
        }
    }

    private Deadlocks() {}

    /**
     * Fails if the current thread's wait closes a circle.
     *
     * @param mine what the current thread waits for; said already
     * @throws LockException.Deadlock if it does; then it waits no more
     */
    static void failIfClosedBy(Ticket<?> mine) {
        VarHandle.fullFence(); // between saying what one waits for and asking for what others wait
        List<Link> circle = find(mine);
        while (!circle.isEmpty() && mine.isWaiting()) {
            if (isStill(circle, mine)) {
                throw LockException.Deadlock.of(circle);
            }
            circle = find(mine); // that one has gone, there may be another
        }
    }

    private static boolean isStill(List<Link> circle, Ticket<?> mine) {
        ONE_FAILS.lock();
        try {
            return circle.stream().allMatch(Link::stands) && mine.waiting2cancelled();
        } finally {
            ONE_FAILS.unlock();
        }
    }

    /** Follows the waits from a thread until they lead back to it; returns the way, or nothing if they do not. */
    private static List<Link> find(Ticket<?> mine) {
        Map<Lifetime, Link> reached = new HashMap<>();
        Deque<Ticket<?>> next = new ArrayDeque<>();
        next.add(mine);
        for (Ticket<?> waiter = next.poll(); waiter != null; waiter = next.poll()) {
            for (Ticket<?> holder : waiter.slot().blockersOf(waiter)) {
                Lifetime lifetime = holder.lifetime();
                Link link = new Link(waiter, holder);
                if (lifetime == mine.lifetime()) {
                    return wayTo(link, reached);
                }
                if (lifetime.waitsFor() instanceof Ticket<?> further
                        && further.isWaiting()
                        && reached.putIfAbsent(lifetime, link) == null) {
                    next.add(further);
                }
            }
        }
        return List.of();
    }

    private static List<Link> wayTo(Link last, Map<Lifetime, Link> reached) {
        List<Link> way = new ArrayList<>();
        for (Link link = last; link != null; link = reached.get(link.waiter().lifetime())) {
            way.add(link);
        }
        Collections.reverse(way);
        return way;
    }
}
