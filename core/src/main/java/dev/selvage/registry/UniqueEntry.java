package dev.selvage.registry;

import dev.selvage.exit.Lifetime;
import java.util.concurrent.ConcurrentHashMap;

/** An entry of a unique registry. */
final class UniqueEntry<K, V> extends RegistryEntry<K, V> {
    private final ConcurrentHashMap<K, UniqueEntry<K, V>> table;

    UniqueEntry(HashUniqueRegistry<K, V> registry, K key, V value, Lifetime lifetime) {
        super(registry, key, value, lifetime);
        this.table = registry.table;
    }

    @Override
    void takeOut() {
        // This entry and no other: by now the key may be somebody else's.
        table.remove(key(), this);
    }
}
