package dev.selvage.registry;

import java.util.function.UnaryOperator;

/** Apart from the entry, so that a reader of the entry cannot end it by a cast. */
final class EntryRegistration<K, V> implements Registration<K, V> {
    private final RegistryEntry<K, V> entry;

    EntryRegistration(RegistryEntry<K, V> entry) {
        this.entry = entry;
    }

    @Override
    public Entry<K, V> entry() {
        return entry;
    }

    @Override
    public V updateValue(UnaryOperator<V> change) {
        return entry.update(change);
    }

    @Override
    public void close() {
        entry.end(RegistryEntry.BY_CLOSE);
    }

    @Override
    public String toString() {
        return "registration: " + entry;
    }
}
