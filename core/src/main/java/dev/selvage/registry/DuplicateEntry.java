package dev.selvage.registry;

import dev.selvage.exit.Lifetime;
import org.jspecify.annotations.Nullable;

/** An entry of a duplicate registry. */
final class DuplicateEntry<K, V> extends RegistryEntry<K, V> {
    private final HashDuplicateRegistry<K, V> registry;

    /**
     * Where this entry stands: null -> link -> null. Written by the owner's thread after the entry was published and
     * before it looks again whether it was removed; cleared by those who took it out.
     */
    private volatile @Nullable Link<DuplicateEntry<K, V>> place;

    DuplicateEntry(HashDuplicateRegistry<K, V> registry, K key, V value, Lifetime lifetime) {
        super(key, value, lifetime);
        this.registry = registry;
    }

    @Override
    HashDuplicateRegistry<K, V> registry() {
        return registry;
    }

    void placed(Link<DuplicateEntry<K, V>> link) {
        place = link;
    }

    @Override
    void takeOut() {
        Link<DuplicateEntry<K, V>> link = place;
        if (link != null) {
            registry.takeOut(key(), link);
            place = null;
        }
    }

    @Override
    boolean stoodInTable() {
        return place != null;
    }
}
