package dev.selvage.registry;

import dev.selvage.exit.Lifetime;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The unique registry: one hash table of entries, changed by comparing entries by identity and under no lock. */
final class HashUniqueRegistry<K, V> extends RegistryBase<K, V> implements UniqueRegistry<K, V> {

    /** A dead or closed entry may stand here until it is taken out or replaced; whoever reads asks the entry. */
    final ConcurrentHashMap<K, UniqueEntry<K, V>> table = new ConcurrentHashMap<>();

    HashUniqueRegistry(String name, RegistryOptions options) {
        super(name, options);
    }

    @Override
    public Registration<K, V> register(K key, V value) {
        return switch (tryRegister(key, value)) {
            case Claim.Registered<K, V>(Registration<K, V> registration) -> registration;
            case Claim.AlreadyRegistered<K, V>(Entry<K, V> holder) ->
                throw RegistryException.AlreadyRegistered.of(name(), holder);
        };
    }

    @Override
    public Claim<K, V> tryRegister(K key, V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        UniqueEntry<K, V> holder = livingHolder(key);
        if (holder == null) {
            UniqueEntry<K, V> mine = new UniqueEntry<>(this, key, value, Lifetime.current());
            holder = claim(mine);
            if (holder == null) {
                return new Claim.Registered<>(new EntryRegistration<>(mine));
            }
        }
        requireOpen();
        return new Claim.AlreadyRegistered<>(holder);
    }

    @Override
    public Entry<K, V> registerOrGet(K key, V value) {
        return tryRegister(key, value).entry();
    }

    @Override
    public int unregister(K key) {
        Objects.requireNonNull(key, "key");
        requireOpen();
        UniqueEntry<K, V> holder = livingHolder(key);
        if (holder == null || holder.lifetime.thread() != Thread.currentThread()) {
            return 0;
        }
        return holder.end(RegistryEntry.BY_CLOSE) ? 1 : 0;
    }

    /** Returns null if the entry got its key, or else the living entry that has it. */
    private @Nullable UniqueEntry<K, V> claim(UniqueEntry<K, V> mine) {
        hang(mine);
        boolean kept = false;
        try {
            UniqueEntry<K, V> holder = publish(mine);
            if (holder == null) {
                confirm(mine);
                kept = true;
            }
            return holder;
        } finally {
            if (!kept) {
                mine.end(RegistryEntry.BY_CLOSE);
            }
        }
    }

    private @Nullable UniqueEntry<K, V> publish(UniqueEntry<K, V> mine) {
        if (!listeners().isHeard()) {
            return put(mine);
        }
        listeners().begin();
        try {
            requireOpen();
            return put(mine);
        } finally {
            listeners().done();
        }
    }

    private @Nullable UniqueEntry<K, V> put(UniqueEntry<K, V> mine) {
        while (true) {
            UniqueEntry<K, V> holder = table.putIfAbsent(mine.key(), mine);
            if (holder != null && holder.isAlive()) {
                return holder;
            }
            // Exactly this dead entry: another claimer may have replaced it meanwhile. Its own clean-up finds it gone.
            if (holder == null || table.replace(mine.key(), holder, mine)) {
                if (listeners().isHeard()) {
                    listeners().registered(mine, holder);
                }
                return null;
            }
        }
    }

    private @Nullable UniqueEntry<K, V> livingHolder(K key) {
        UniqueEntry<K, V> holder = table.get(key);
        return holder != null && holder.isAlive() ? holder : null;
    }

    @Override
    public Optional<Entry<K, V>> lookup(K key) {
        Objects.requireNonNull(key, "key");
        UniqueEntry<K, V> holder = livingHolder(key);
        requireOpen();
        return Optional.ofNullable(holder);
    }

    @Override
    public Optional<Entry<K, V>> await(K key, Duration timeout) throws InterruptedException {
        return awaitLiving(key, timeout).stream().findFirst();
    }

    @Override
    public int count(K key) {
        return lookup(key).isPresent() ? 1 : 0;
    }

    @Override
    public long size() {
        requireOpen();
        return table.mappingCount();
    }

    @Override
    List<Entry<K, V>> living(K key) {
        return lookup(key).map(List::of).orElse(List.of());
    }

    @Override
    Stream<UniqueEntry<K, V>> everything() {
        return table.values().stream();
    }

    @Override
    void removeRemains() {
        // an entry leaves the table in one step
    }

    @Override
    public String toString() {
        return "unique registry " + name() + (isClosed() ? " (closed)" : "");
    }
}
