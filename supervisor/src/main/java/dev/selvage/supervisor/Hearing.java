package dev.selvage.supervisor;

import dev.selvage.supervisor.SupervisorTree.Event;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One listener with the events that it has not heard yet. It is called on a thread of its own, one event after the
 * other. The thread lives only as long as there is something to tell, so a tree leaves none behind.
 */
final class Hearing {
    private static final Logger LOG = System.getLogger("dev.selvage.supervisor");

    /** How many events wait for a slow listener; what is more is counted and left out. */
    static final int LONGEST_QUEUE = 10_000;

    private final Consumer<? super Event> listener;
    private final Queue<Event> queue = new ConcurrentLinkedQueue<>();

    /** How many are queued or being told. Who makes it more than 0 starts the thread; that ends with making it 0. */
    private final AtomicInteger untold = new AtomicInteger();

    private final AtomicInteger missed = new AtomicInteger();

    Hearing(Consumer<? super Event> listener) {
        this.listener = listener;
    }

    void add(Event event) {
        if (untold.get() >= LONGEST_QUEUE) {
            missed.incrementAndGet();
            return;
        }
        queue.add(event); // before it is counted: who counts down finds it
        if (untold.getAndIncrement() == 0) {
            Thread.ofVirtual().name("listener of " + event.supervisor()).start(this::tellAll);
        }
    }

    private void tellAll() {
        do {
            Event next = queue.remove();
            int lost = missed.getAndSet(0);
            if (lost > 0) {
                tell(new Event.Missed(next.supervisor(), lost));
            }
            tell(next);
        } while (untold.decrementAndGet() > 0);
    }

    private void tell(Event event) {
        try {
            listener.accept(event);
        } catch (Throwable failure) {
            LOG.log(Level.WARNING, "a listener of supervisor '" + event.supervisor() + "' failed", failure);
        }
    }
}
