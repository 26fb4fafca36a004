package dev.selvage.registry;

import dev.selvage.exit.Owner;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One listener: what it has yet to hear, and the thread that gives it to its action.
 *
 * <p>Whoever changes the registry leaves the event in {@code queue}; the thread takes what is there in small batches,
 * so that the two seldom meet at the lock.
 */
final class ListenerThread<K, V> implements RegistryListener {
    private static final Logger LOG = System.getLogger("dev.selvage.registry");

    private static final int BATCH = 256;

    /** How far behind a listener is logged first. */
    static final int FAR_BEHIND = 100_000;

    private final Listeners<K, V> listeners;
    private final ReentrantLock lock;
    private final Consumer<? super RegistryEvent<K, V>> action;
    private final Options options;
    private final Condition arrival;
    private final Thread thread;

    /** What was not taken in hand yet; guarded by the lock. */
    private final ArrayDeque<RegistryEvent<K, V>> queue = new ArrayDeque<>();

    /** What the thread has taken; its own. */
    private final ArrayDeque<RegistryEvent<K, V>> inHand = new ArrayDeque<>();

    /** The length of {@code inHand}: written by the thread, read by any. */
    private volatile int inHandSize;

    /** Guarded by the lock. */
    private long missed;

    /** The registry was closed: false -> true, under the lock. */
    private boolean ended;

    /** False -> true, by any thread, under the lock. */
    private volatile boolean closed;

    /** The backlog that is logged next; the thread's own. */
    private int nextWarning = FAR_BEHIND;

    ListenerThread(
            Listeners<K, V> listeners,
            ReentrantLock lock,
            Consumer<? super RegistryEvent<K, V>> action,
            Options options) {
        this.listeners = listeners;
        this.lock = lock;
        this.action = Objects.requireNonNull(action, "action");
        this.options = options;
        this.arrival = lock.newCondition();
        this.thread = Thread.ofVirtual()
                .name(options.name())
                .inheritInheritableThreadLocals(false)
                .unstarted(this::run);
    }

    // ---- called by those who change the registry, under the lock

    boolean hearsUpdates() {
        return options.hearsUpdates();
    }

    void put(RegistryEvent<K, V> event) {
        if (queue.size() >= options.capacity()) {
            missed++;
            RegistryEvent<K, V> last = queue.peekLast();
            long before = last instanceof RegistryEvent.Missed<K, V>(long count) ? count : 0;
            if (before > 0) {
                queue.pollLast();
            }
            queue.add(new RegistryEvent.Missed<>(before + 1));
            return;
        }
        queue.add(event);
        if (queue.size() == 1) {
            arrival.signal();
        }
    }

    void end() {
        ended = true;
        arrival.signal();
    }

    // ---- the thread

    private void run() {
        for (RegistryEvent<K, V> event = next(); event != null; event = next()) {
            try {
                action.accept(withReason(event));
            } catch (Throwable failure) {
                report(event, failure);
            }
            Thread.interrupted(); // it was meant for this event, not for the next
        }
    }

    private @Nullable RegistryEvent<K, V> next() {
        if (inHand.isEmpty()) {
            takeInHand();
        }
        RegistryEvent<K, V> event = closed ? null : inHand.poll();
        inHandSize = inHand.size();
        return event;
    }

    private void takeInHand() {
        int behind;
        lock.lock();
        try {
            while (queue.isEmpty() && !ended && !closed) {
                arrival.awaitUninterruptibly();
            }
            behind = queue.size();
            while (inHand.size() < BATCH && !queue.isEmpty()) {
                inHand.add(queue.poll());
            }
            inHandSize = inHand.size();
        } finally {
            lock.unlock();
        }
        if (behind >= nextWarning) {
            nextWarning = (int) Math.min(Integer.MAX_VALUE, 2L * behind);
            warn(behind);
        }
    }

    /** Of the exit of a process nobody hears before its names and locks are free; then its reason is known, too. */
    private RegistryEvent<K, V> withReason(RegistryEvent<K, V> event) {
        if (event
                        instanceof
                        RegistryEvent.Removed<K, V>(Entry<K, V> entry, RegistryEvent.Cause.Exited(Optional<?> reason))
                && reason.isEmpty()) {
            awaitEnd(entry.owner());
            return new RegistryEvent.Removed<>(entry, RegistryEvent.Cause.Exited.of(entry.owner()));
        }
        return event;
    }

    private static void awaitEnd(Owner owner) {
        boolean interrupted = false;
        boolean over = false;
        while (!over) {
            try {
                owner.join();
                over = true;
            } catch (InterruptedException e) {
                interrupted = true; // meant for the action, which finds it below
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The text of a key or value is code of the user's, and so is a log handler. */
    private void report(RegistryEvent<K, V> event, Throwable failure) {
        try {
            LOG.log(
                    Level.ERROR,
                    "listener '" + options.name() + "' of registry " + listeners.registryName() + " failed on " + event,
                    failure);
        } catch (Throwable unreported) {
            failure.addSuppressed(unreported); // there is nowhere else to tell it
        }
    }

    private void warn(int behind) {
        try {
            LOG.log(
                    Level.WARNING,
                    "listener '" + options.name() + "' of registry " + listeners.registryName() + " is " + behind
                            + " events behind");
        } catch (RuntimeException unreported) {
            nextWarning = FAR_BEHIND; // told next time, perhaps
        }
    }

    // ---- called by users

    @Override
    public Thread thread() {
        return thread;
    }

    @Override
    public long backlog() {
        lock.lock();
        try {
            return (long) queue.size() + (closed ? 0 : inHandSize);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long missed() {
        lock.lock();
        try {
            return missed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            queue.clear();
            arrival.signal();
            listeners.close(this);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "listener '" + options.name() + "' of registry " + listeners.registryName();
    }
}
