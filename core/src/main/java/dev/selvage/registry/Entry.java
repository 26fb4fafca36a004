package dev.selvage.registry;

import dev.selvage.exit.Owner;

/**
 * What stands in a registry: a key, a value, and the owner that both vanish with.
 *
 * <p>An entry is what readers get. It is live, not a copy: {@link #value()} follows the owner's updates and
 * {@link #isAlive()} the owner's life, so one may be kept and asked again. Any thread may ask; nothing blocks. Entries
 * are compared by identity: a key that is registered again has a new entry.
 *
 * <p>If the owner is a process, {@code entry.owner()} is its reference:
 *
 * {@snippet :
 * if (entry.owner() instanceof ProcessRef<?> process) {
 *     process.stop();
 * }
 * }
 *
 * <p>Keeping an entry keeps its key, its value and its owner from the garbage collector, and nothing else.
 *
 * @param <K> the type of the key
 * @param <V> the type of the value
 */
public sealed interface Entry<K, V> permits RegistryEntry {

    /**
     * Returns the key.
     *
     * @return the key that the owner registered
     */
    K key();

    /**
     * Returns the value as it is now, or as it last was once the entry is gone.
     *
     * <p>Memory effects: what the owner did before it registered or set this value happens-before the return.
     *
     * @return the current value
     */
    V value();

    /**
     * Returns who registered.
     *
     * @return the owner: a process, or a thread that is none
     */
    Owner owner();

    /**
     * Tells whether this entry stands: it was not closed, its registry is open, and its owner lives. Once false it
     * stays false. True may be out of date by the time the caller looks at it.
     *
     * @return true while this entry stands
     */
    boolean isAlive();
}
