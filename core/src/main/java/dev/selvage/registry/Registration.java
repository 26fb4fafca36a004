package dev.selvage.registry;

import java.util.function.UnaryOperator;

/**
 * The owner's hold on its entry: updates the value, and ends the entry early.
 *
 * {@snippet :
 * try (Registration<String, Integer> registration = registry.register("connection-1", 0)) {
 *     registration.updateValue(inFlight -> inFlight + 1);
 * } // gone here; without the block it would be gone when this thread ends
 * }
 *
 * <p>A registration that is never closed ends with its owner's thread, or with the registry. Dropping the object means
 * nothing.
 *
 * @param <K> the type of the key
 * @param <V> the type of the value
 */
public sealed interface Registration<K, V> extends AutoCloseable permits EntryRegistration {

    /**
     * Returns the entry, as readers see it.
     *
     * @return the entry
     */
    Entry<K, V> entry();

    /**
     * Returns the key. Any thread may ask.
     *
     * @return the key
     */
    default K key() {
        return entry().key();
    }

    /**
     * Returns the current value. Any thread may ask.
     *
     * @return the value, or the last one when the entry is gone
     */
    default V value() {
        return entry().value();
    }

    /**
     * Replaces the value by what the function makes of it. Only the owner's thread may, so nobody can come between and
     * the function runs exactly once, under no lock. A reader sees the value before or the value after.
     *
     * <p>If the function throws, or returns null, the value stays as it was. If it updates the same registration
     * itself, the outer update wins.
     *
     * <p>Memory effects: what this thread did before the function returned happens-before the return of
     * {@link Entry#value()} with the new value.
     *
     * @param change makes the new value of the old one
     * @return the new value
     * @throws RegistryException.NotOwner if called by another thread; the message names both
     * @throws RegistryException.Closed if this registration or its registry was closed
     * @throws RegistryException.OwnerExited if the calling process was declared exited (abandoned)
     * @throws NullPointerException if the function is null or returns null
     */
    V updateValue(UnaryOperator<V> change);

    /**
     * Tells whether the entry stands; the same as {@link Entry#isAlive()}. Any thread may ask.
     *
     * @return true until this is closed, the owner ends, or the registry is closed
     */
    default boolean isActive() {
        return entry().isAlive();
    }

    /**
     * Removes the entry. Any thread may, any number of times; it never blocks and never throws. When it returns, by
     * whichever of several threads, no look-up that starts finds the entry, and in a unique registry the key can be
     * claimed.
     *
     * <p>Memory effects: what this thread did before happens-before the return of a claim of the same key in a unique
     * registry that succeeds because of this.
     */
    @Override
    void close();
}
