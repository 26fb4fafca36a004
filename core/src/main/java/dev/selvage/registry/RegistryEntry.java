package dev.selvage.registry;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * An entry, which is at the same time the hook on its owner's lifetime. It is compared by identity throughout: that is
 * what keeps a late clean-up from touching the entry of a successor.
 *
 * <p>An entry ends by {@link #ending} being set, whoever sets it; readers and claimers go by that and by the owner's
 * life, so for them it is gone at that instant. Taking it out of the table follows, and is done by each who ends it:
 * several may, and each returns only when the table is clean.
 */
abstract sealed class RegistryEntry<K, V> extends ExitHook implements Entry<K, V> permits UniqueEntry, DuplicateEntry {
    // why an entry ended
    private static final byte IS_STANDING = 0;
    static final byte BY_CLOSE = 1;
    static final byte BY_EXIT = 2;
    static final byte BY_CLOSE_OF_REGISTRY = 3;

    // what the listeners were told
    static final byte NOTHING = 0;
    static final byte STANDING = 1;
    static final byte GONE = 2;

    private static final VarHandle ENDING;

    static {
        try {
            ENDING = MethodHandles.lookup().findVarHandle(RegistryEntry.class, "ending", byte.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final K key;
    final Lifetime lifetime;

    /** Written by the owner's thread only. */
    private volatile V value;

    /** IS_STANDING -> one of the others, by any thread; the first one counts. */
    private volatile byte ending;

    /** NOTHING -> STANDING -> GONE, or NOTHING -> GONE; guarded by the lock of {@link Listeners}. */
    byte told;

    RegistryEntry(K key, V value, Lifetime lifetime) {
        super(Phase.AT_EXIT);
        this.key = key;
        this.value = value;
        this.lifetime = lifetime;
    }

    abstract RegistryBase<K, V> registry();

    /** Takes this entry out of the registry's table if it is in; idempotent. */
    abstract void takeOut();

    /**
     * Whether this entry stands in the table, dead or alive; not so before it was put there, or if its claim is lost.
     */
    abstract boolean stoodInTable();

    /** Ends this entry for any reason but its owner's exit; returns whether it was this that ended it. */
    final boolean end(byte why) {
        boolean ended = leave(why);
        // Last, so that an owner that ends meanwhile either finds the hook and ends this entry itself, or finds no
        // entry.
        lifetime.remove(this);
        return ended;
    }

    @Override
    protected final void onExit() {
        leave(BY_EXIT);
    }

    private boolean leave(byte why) {
        boolean ended = ENDING.compareAndSet(this, IS_STANDING, why);
        Listeners<K, V> listeners = registry().listeners();
        if (listeners.isHeard()) {
            listeners.remove(this);
        } else {
            takeOut();
        }
        return ended;
    }

    /** Why this entry is gone; for those who know that it is. An exit may be known before the entry was ended by it. */
    final RegistryEvent.Cause cause() {
        return switch (ending) {
            case BY_CLOSE -> new RegistryEvent.Cause.Closed();
            case BY_CLOSE_OF_REGISTRY -> new RegistryEvent.Cause.RegistryClosed();
            default -> new RegistryEvent.Cause.Exited(Optional.empty());
        };
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
        Listeners<K, V> listeners = registry().listeners();
        if (listeners.isHeard()) {
            listeners.updated(this, changed);
        }
        return changed;
    }

    private void requireActive() {
        if (!lifetime.isAlive()) {
            throw RegistryException.OwnerExited.of(registry().name(), key, owner());
        }
        if (isRemoved()) {
            throw RegistryException.Closed.of(this);
        }
    }

    final boolean isRemoved() {
        return ending != IS_STANDING;
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
        return ending == IS_STANDING && lifetime.isAlive();
    }

    @Override
    public final String toString() {
        return "entry of " + owner().name() + " in registry " + registry().name() + ": " + key + " = " + value
                + (isAlive() ? "" : " (gone)");
    }
}
