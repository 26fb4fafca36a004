package dev.selvage.registry;

import dev.selvage.exit.Lifetime;

/** An entry of a unique registry. */
final class UniqueEntry<K, V> extends RegistryEntry<K, V> {
    private final HashUniqueRegistry<K, V> registry;

    UniqueEntry(HashUniqueRegistry<K, V> registry, K key, V value, Lifetime lifetime) {
        super(key, value, lifetime);
        this.registry = registry;
    }

    @Override
    HashUniqueRegistry<K, V> registry() {
        return registry;
    }

    @Override
    void takeOut() {
        // This entry and no other: by now the key may be somebody else's.
        registry.table.remove(key(), this);
    }

    @Override
    boolean stoodInTable() {
        return registry.table.get(key()) == this;
    }
}
