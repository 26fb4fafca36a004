package dev.selvage.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of one registry, and the order of what they hear.
 *
 * <p>While anybody listens, each change of the registry's table and the events of that change are one step, under this
 * lock: a key becomes free in the same step in which its removal is told, so its next registration is told after it.
 * Nothing but these few writes happens under the lock: the listeners' actions run on threads of their own, which only
 * take what was left for them. (The table asks keys for equality, as it does everywhere.)
 *
 * <p>While nobody listens, a change costs one read, of {@link #isHeard}, and takes no lock. That read comes after the
 * change was made visible, and {@link #open} raises the flag before anybody can look what is there. So of a change that
 * happens while a first listener is being opened, either the listener hears or whoever looks after the opening sees:
 * none falls between. {@link RegistryEntry#told} keeps one and the same thing from being told twice or too late.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class Listeners<K, V> {
    private final ReentrantLock lock = new ReentrantLock();
    private final RegistryBase<K, V> registry;

    /** Guarded by the lock. */
    private final List<ListenerThread<K, V>> open = new ArrayList<>();

    /** Whether anybody listens. Written under the lock, read by any thread. */
    private volatile boolean heard;

    /** Whether anybody wants updates. Written under the lock, read by any thread. */
    private volatile boolean updatesHeard;

    Listeners(RegistryBase<K, V> registry) {
        this.registry = registry;
    }

    // ---- listeners come and go

    ListenerThread<K, V> open(
            Consumer<? super RegistryEvent<K, V>> action, UnaryOperator<RegistryListener.Options> options) {
        RegistryListener.Options chosen = options.apply(RegistryListener.Options.of(registry.name()));
        ListenerThread<K, V> listener = new ListenerThread<>(this, lock, action, chosen);
        lock.lock();
        try {
            registry.requireOpen();
            open.add(listener);
            raiseFlags();
        } finally {
            lock.unlock();
        }
        boolean started = false;
        try {
            listener.thread().start();
            started = true;
        } finally {
            if (!started) {
                close(listener);
            }
        }
        return listener;
    }

    void close(ListenerThread<K, V> listener) {
        lock.lock();
        try {
            open.remove(listener);
            raiseFlags();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more will happen: each listener ends once it has heard what there is. */
    void end() {
        lock.lock();
        try {
            open.forEach(ListenerThread::end);
            open.clear();
            raiseFlags();
        } finally {
            lock.unlock();
        }
    }

    private void raiseFlags() {
        heard = !open.isEmpty();
        updatesHeard = open.stream().anyMatch(ListenerThread::hearsUpdates);
    }

    String registryName() {
        return registry.name();
    }

    // ---- changes of the table

    /** Asked after each change; or before it, by those who then make the change between {@link #begin} and end. */
    boolean isHeard() {
        return heard;
    }

    /** Begins a change whose events are to be told in the same step. */
    void begin() {
        lock.lock();
    }

    void done() {
        lock.unlock();
    }

    /**
     * Tells that an entry was put into the table, and before it that the dead one was removed whose place it took, if
     * there was one. An entry that is gone again already was never there for the listeners.
     */
    void registered(RegistryEntry<K, V> entry, @Nullable RegistryEntry<K, V> replaced) {
        lock.lock();
        try {
            if (replaced != null && replaced.told != RegistryEntry.GONE) {
                tellRemoved(replaced);
            }
            if (entry.told == RegistryEntry.NOTHING) {
                boolean stands = entry.isAlive();
                entry.told = stands ? RegistryEntry.STANDING : RegistryEntry.GONE;
                if (stands) {
                    tell(new RegistryEvent.Registered<>(entry, entry.value()), false);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes an entry out of the table and tells that, if nobody has told it. */
    void remove(RegistryEntry<K, V> entry) {
        lock.lock();
        try {
            // One that was never told and does not stand has lost its claim, is just being made, or was replaced a
            // moment ago by one who then tells it.
            if (entry.told == RegistryEntry.STANDING || (entry.told == RegistryEntry.NOTHING && entry.stoodInTable())) {
                tellRemoved(entry);
            }
            entry.takeOut();
        } finally {
            lock.unlock();
        }
    }

    private void tellRemoved(RegistryEntry<K, V> entry) {
        tell(new RegistryEvent.Removed<>(entry, entry.cause()), false);
        entry.told = RegistryEntry.GONE;
    }

    void updated(RegistryEntry<K, V> entry, V value) {
        if (!updatesHeard) {
            return;
        }
        lock.lock();
        try {
            if (entry.told != RegistryEntry.GONE) {
                tell(new RegistryEvent.Updated<>(entry, value), true);
            }
        } finally {
            lock.unlock();
        }
    }

    private void tell(RegistryEvent<K, V> event, boolean update) {
        for (ListenerThread<K, V> listener : open) {
            if (!update || listener.hearsUpdates()) {
                listener.put(event);
            }
        }
    }
}
