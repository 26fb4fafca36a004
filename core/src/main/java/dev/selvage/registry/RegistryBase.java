package dev.selvage.registry;

import dev.selvage.exit.ExitException;
import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What both kinds of registry share: the order of the steps of a registration, of a close and of a wait, and the reads
 * that rest on {@link #living}.
 *
 * <p>A registration hangs its entry on the owner's lifetime, publishes it, and then looks again whether the registry
 * was closed or the owner declared exited meanwhile. Whoever closes or exits sets its mark first and then takes out
 * what it finds. So either the one finds the entry or the other finds the mark, and nothing stays behind.
 */
abstract class RegistryBase<K, V> {
    private final String name;
    private final Ticker ticker;
    private final Waiters<K> waiters = new Waiters<>();
    private final Listeners<K, V> listeners = new Listeners<>(this);

    private final ConcurrentHashMap<Registry.MetaKey<?>, Object> meta;

    /** False -> true, by any thread. */
    private volatile boolean closed;

    RegistryBase(String name, RegistryOptions options) {
        this.name = Objects.requireNonNull(name, "name");
        if (name.isBlank()) {
            throw new IllegalArgumentException("name: '" + name + "'; allowed: not blank");
        }
        this.ticker = options.ticker();
        this.meta = new ConcurrentHashMap<>(options.meta());
    }

    /** The living entries under a key, in order of arrival, in an unmodifiable list. */
    abstract List<Entry<K, V>> living(K key);

    /** All entries in the table, those included that are dead or being taken out. */
    abstract Stream<? extends RegistryEntry<K, V>> everything();

    /** Takes out of the table what is no entry any more but is still there; the last step of a close. */
    abstract void removeRemains();

    public final String name() {
        return name;
    }

    // ---- registering

    /** The first step: from here on the entry goes when its owner goes. */
    final void hang(RegistryEntry<K, V> entry) {
        try {
            entry.lifetime.add(entry);
        } catch (ExitException over) {
            throw RegistryException.OwnerExited.of(name, entry.key(), entry.owner());
        }
    }

    /** The last step, once the entry is published: throws if it may not stay, otherwise tells who waits for it. */
    final void confirm(RegistryEntry<K, V> entry) {
        // In this order: an entry that a close has ended is refused because of the close.
        boolean stands = entry.isAlive();
        requireOpen();
        if (!stands) {
            throw RegistryException.OwnerExited.of(name, entry.key(), entry.owner());
        }
        waiters.wake(entry.key());
    }

    // ---- listening

    public final RegistryListener listen(Consumer<? super RegistryEvent<K, V>> action) {
        return listen(action, UnaryOperator.identity());
    }

    public final RegistryListener listen(
            Consumer<? super RegistryEvent<K, V>> action, UnaryOperator<RegistryListener.Options> options) {
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(options, "options");
        RegistryListener listener = listeners.open(action, options);
        // ConcurrentHashMap reads its table in acquire mode, which alone may run ahead of the raised flag; and whoever
        // reads the registry now has to find what was registered too early to be heard
        VarHandle.fullFence();
        return listener;
    }

    final Listeners<K, V> listeners() {
        return listeners;
    }

    // ---- reading

    /**
     * Asked after a read rather than before it: an entry that was published too late for the close to find it is then
     * never returned, although it may be seen in the table before its owner takes it back.
     */
    final void requireOpen() {
        if (closed) {
            throw RegistryException.Closed.of(name);
        }
    }

    public final Stream<Entry<K, V>> stream() {
        requireOpen();
        return everything().filter(Entry::isAlive).map(entry -> entry);
    }

    public final List<V> values(K key) {
        return living(key).stream().map(Entry::value).toList();
    }

    public final List<V> values(K key, Owner owner) {
        Objects.requireNonNull(owner, "owner");
        return living(key).stream()
                .filter(entry -> entry.owner() == owner)
                .map(Entry::value)
                .toList();
    }

    public final List<Entry<K, V>> match(K key, Predicate<? super V> predicate) {
        Objects.requireNonNull(predicate, "predicate");
        return living(key).stream()
                .filter(entry -> predicate.test(entry.value()))
                .toList();
    }

    public final int count(K key, Predicate<? super V> predicate) {
        return match(key, predicate).size();
    }

    public final List<Entry<K, V>> entriesOf(Owner owner) {
        Objects.requireNonNull(owner, "owner");
        Lifetime lifetime = Lifetime.of(owner.thread());
        // An entry hangs on its owner's lifetime before it stands in the table, and whether or not it ever will.
        List<Entry<K, V>> found = lifetime == null || lifetime.owner() != owner
                ? List.of()
                : hooksOf(lifetime)
                        .filter(RegistryEntry::stoodInTable)
                        .<Entry<K, V>>map(entry -> entry)
                        .toList();
        requireOpen();
        return found;
    }

    public final List<K> keys(Owner owner) {
        return entriesOf(owner).stream().map(Entry::key).toList();
    }

    @SuppressWarnings("unchecked") // an entry of this registry has its types
    private Stream<RegistryEntry<K, V>> hooksOf(Lifetime lifetime) {
        return lifetime.hooks(RegistryEntry.class).stream()
                .filter(entry -> entry.registry() == this && entry.isAlive())
                .map(entry -> (RegistryEntry<K, V>) entry);
    }

    // ---- the caller's own entries

    public final int unregisterIf(Predicate<? super Entry<K, V>> predicate) {
        Objects.requireNonNull(predicate, "predicate");
        requireOpen();
        Lifetime own = Lifetime.currentOrNull();
        if (own == null) {
            return 0;
        }
        return (int) hooksOf(own)
                .filter(entry -> predicate.test(entry) && entry.end(RegistryEntry.BY_CLOSE))
                .count();
    }

    // ---- dispatch

    public final int dispatch(K key, Consumer<? super Entry<K, V>> action) {
        Objects.requireNonNull(action, "action");
        return new Dispatch<>(name, key, living(key), action).runHere();
    }

    public final int dispatch(K key, int parallelism, Consumer<? super Entry<K, V>> action)
            throws InterruptedException {
        Objects.requireNonNull(action, "action");
        if (parallelism < 1) {
            throw new IllegalArgumentException("parallelism: " + parallelism + "; allowed: 1 or more");
        }
        throwIfInterrupted();
        return new Dispatch<>(name, key, living(key), action).runOnThreads(parallelism);
    }

    // ---- metadata

    @SuppressWarnings("unchecked") // whoever put it under this key had its type
    public final <T> Optional<T> meta(Registry.MetaKey<T> key) {
        Optional<T> found = Optional.ofNullable((T) meta.get(Objects.requireNonNull(key, "key")));
        requireOpen();
        return found;
    }

    public final <T> void putMeta(Registry.MetaKey<T> key, T value) {
        meta.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
        dropMetaIfClosed();
    }

    @SuppressWarnings("unchecked") // whoever put it under this key had its type
    public final <T> Optional<T> removeMeta(Registry.MetaKey<T> key) {
        Optional<T> removed = Optional.ofNullable((T) meta.remove(Objects.requireNonNull(key, "key")));
        requireOpen();
        return removed;
    }

    private void dropMetaIfClosed() {
        if (closed) {
            meta.clear();
        }
        requireOpen();
    }

    // ---- waiting

    /** Waits until something living stands under the key; empty when the time is up. */
    final List<Entry<K, V>> awaitLiving(K key, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(key, "key");
        Deadline deadline = Deadline.after(timeout, ticker);
        throwIfInterrupted();
        List<Entry<K, V>> found = living(key);
        if (!found.isEmpty() || deadline.hasPassed()) {
            return found;
        }
        Link<Thread> place = waiters.enter(key);
        try {
            found = living(key);
            while (found.isEmpty() && !deadline.hasPassed()) {
                deadline.park(this);
                throwIfInterrupted();
                found = living(key);
            }
            return found;
        } finally {
            waiters.leave(key, place);
        }
    }

    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** For tests: those who wait are seen here, and nothing of them afterwards. */
    final Waiters<K> waiters() {
        return waiters;
    }

    // ---- closing

    public final boolean isClosed() {
        return closed;
    }

    public final void close() {
        listeners.begin(); // who makes a change that is heard, has made it now, or sees this
        try {
            closed = true;
        } finally {
            listeners.done();
        }
        // ConcurrentHashMap reads its table in acquire mode, which alone may run ahead of the write above
        VarHandle.fullFence();
        everything().forEach(entry -> entry.end(RegistryEntry.BY_CLOSE_OF_REGISTRY));
        removeRemains();
        meta.clear();
        waiters.wakeAll();
        listeners.end();
    }
}
