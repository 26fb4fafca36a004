package dev.selvage.registry;

import dev.selvage.exit.Lifetime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** The duplicate registry: a hash table of {@link Bucket}s. */
final class HashDuplicateRegistry<K, V> extends RegistryBase<K, V> implements DuplicateRegistry<K, V> {
    final Buckets<K, DuplicateEntry<K, V>> table = new Buckets<>();
    private final LongAdder size = new LongAdder();

    HashDuplicateRegistry(String name, RegistryOptions options) {
        super(name, options);
    }

    @Override
    public Registration<K, V> register(K key, V value) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        requireOpen();
        DuplicateEntry<K, V> mine = new DuplicateEntry<>(this, key, value, Lifetime.current());
        hang(mine);
        boolean kept = false;
        try {
            publish(mine);
            confirm(mine);
            kept = true;
            return new EntryRegistration<>(mine);
        } finally {
            if (!kept) {
                mine.end(RegistryEntry.BY_CLOSE);
            }
        }
    }

    private void publish(DuplicateEntry<K, V> mine) {
        if (!listeners().isHeard()) {
            put(mine);
            return;
        }
        listeners().begin();
        try {
            requireOpen();
            put(mine);
        } finally {
            listeners().done();
        }
    }

    private void put(DuplicateEntry<K, V> mine) {
        mine.placed(table.add(mine.key(), mine));
        size.increment();
        if (listeners().isHeard()) {
            listeners().registered(mine, null);
        }
    }

    @Override
    public int unregister(K key) {
        Objects.requireNonNull(key, "key");
        return unregisterIf(entry -> entry.key().equals(key));
    }

    void takeOut(K key, Link<DuplicateEntry<K, V>> link) {
        if (table.remove(key, link)) {
            size.decrement();
        }
    }

    @Override
    public List<Entry<K, V>> lookup(K key) {
        return living(key);
    }

    @Override
    List<Entry<K, V>> living(K key) {
        Objects.requireNonNull(key, "key");
        Bucket<DuplicateEntry<K, V>> bucket = table.get(key);
        List<Entry<K, V>> found = bucket == null ? List.of() : livingOf(bucket);
        requireOpen();
        return found;
    }

    private static <K, V> List<Entry<K, V>> livingOf(Bucket<DuplicateEntry<K, V>> bucket) {
        List<Entry<K, V>> found = new ArrayList<>(bucket.size());
        bucket.forEach(entry -> {
            if (entry.isAlive()) {
                found.add(entry);
            }
        });
        return Collections.unmodifiableList(found);
    }

    @Override
    public List<Entry<K, V>> view(K key) {
        Objects.requireNonNull(key, "key");
        Bucket<DuplicateEntry<K, V>> bucket = table.get(key);
        List<Entry<K, V>> found = bucket == null ? List.of() : Collections.unmodifiableList(bucket.view());
        requireOpen();
        return found;
    }

    @Override
    public List<Entry<K, V>> await(K key, Duration timeout) throws InterruptedException {
        return awaitLiving(key, timeout);
    }

    @Override
    public int count(K key) {
        Objects.requireNonNull(key, "key");
        Bucket<DuplicateEntry<K, V>> bucket = table.get(key);
        requireOpen();
        return bucket == null ? 0 : bucket.size();
    }

    @Override
    public long size() {
        requireOpen();
        return size.sum();
    }

    @Override
    Stream<DuplicateEntry<K, V>> everything() {
        // Each bucket as a list of its own: a walk along its links would follow what is registered meanwhile for ever.
        return table.all().stream().flatMap(bucket -> bucket.elements().stream());
    }

    @Override
    void removeRemains() {
        table.removeRetired();
    }

    @Override
    public String toString() {
        return "duplicate registry " + name() + (isClosed() ? " (closed)" : "");
    }
}
