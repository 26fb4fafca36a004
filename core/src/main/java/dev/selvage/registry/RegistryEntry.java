package dev.selvage.registry;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * An entry, which is at the same time the hook on its owner's lifetime. It is compared by identity throughout: that is
 * what keeps a late clean-up from touching the entry of a successor.
 *
 * <p>An entry ends by {@link #removed} being set, whoever sets it; readers and claimers go by that flag and by the
 * owner's life, so for them it is gone at that instant. Taking it out of the table follows, and is done by each who
 * ends it: several may, and each returns only when the table is clean.
 */
abstract sealed class RegistryEntry<K, V> extends ExitHook implements Entry<K, V> permits UniqueEntry, DuplicateEntry {
    private final K key;
    final Lifetime lifetime;

    /** Written by the owner's thread only. */
    private volatile V value;

    /** False -> true, by any thread: the owner's exit, a close, the registry's close. */
    private volatile boolean removed;

    RegistryEntry(K key, V value, Lifetime lifetime) {
        super(Phase.AT_EXIT);
        this.key = key;
        this.value = value;
        this.lifetime = lifetime;
    }

    abstract RegistryBase<K, V> registry();

    /** Takes this entry out of the registry's table if it is in; idempotent. */
    abstract void takeOut();

    /** Ends this entry for any reason but its owner's exit. */
    final void end() {
        removed = true;
        takeOut();
        // Last, so that an owner that ends meanwhile either finds the hook and ends this entry itself, or finds no
        // entry.
        lifetime.remove(this);
    }

    @Override
    protected final void onExit() {
        removed = true;
        takeOut();
    }

    final V update(UnaryOperator<V> change) {
        Objects.requireNonNull(change, "change");
        Thread caller = Thread.currentThread();
        if (caller != lifetime.thread()) {
            throw RegistryException.NotOwner.of(this, caller);
        }
        requireActive();
        V changed = Objects.requireNonNull(change.apply(value), "the changed value");
        value = changed;
        return changed;
    }

    private void requireActive() {
        if (!lifetime.isAlive()) {
            throw RegistryException.OwnerExited.of(registry().name(), key, owner());
        }
        if (removed) {
            throw RegistryException.Closed.of(this);
        }
    }

    final boolean isRemoved() {
        return removed;
    }

    @Override
    public final K key() {
        return key;
    }

    @Override
    public final V value() {
        return value;
    }

    @Override
    public final Owner owner() {
        return lifetime.owner();
    }

    @Override
    public final boolean isAlive() {
        return !removed && lifetime.isAlive();
    }

    @Override
    public final String toString() {
        return "entry of " + owner().name() + " in registry " + registry().name() + ": " + key + " = " + value
                + (isAlive() ? "" : " (gone)");
    }
}
