package dev.selvage.registry;

import java.time.Duration;
import java.util.List;

/**
 * A registry in which any number of entries stand under a key; one thread may have several.
 *
 * {@snippet :
 * try (DuplicateRegistry<String, Consumer<String>> topics = Registry.duplicate("topics")) {
 *     topics.register("news", received::add);
 *     topics.dispatch("news", subscriber -> subscriber.value().accept("hello"));
 * }
 * }
 *
 * <p>Registering, leaving and counting cost the same whatever the number of entries under the key. A key under which
 * nothing stands takes no memory.
 *
 * <p>See {@link Registry} for owners, closing and memory effects.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public sealed interface DuplicateRegistry<K, V> extends Registry<K, V> permits HashDuplicateRegistry {

    /**
     * Returns the living entries under a key. Costs a walk over them.
     *
     * @param key the key
     * @return an unmodifiable list of the caller's own, in order of registration
     * @throws RegistryException.Closed if this registry is closed
     */
    List<Entry<K, V>> lookup(K key);

    /**
     * Returns the entries under a key as one list shared by all who ask, made anew only after a registration or a
     * removal: for choosing one of many often, at a cost that does not depend on their number.
     *
     * <p>Other than {@link #lookup} this one does not ask the owners: an entry in it may have ended by now, or may end
     * before it is used. Ask {@link Entry#isAlive} of the one chosen. An ended entry is in no view that is returned
     * after its removal.
     *
     * @param key the key
     * @return an unmodifiable list with random access, in order of registration; it does not change
     * @throws RegistryException.Closed if this registry is closed
     */
    List<Entry<K, V>> view(K key);

    /**
     * Waits until something stands under the key.
     *
     * <p>The wait ends when there is a living entry, at once if there is one now; when the time is up; when this thread
     * is interrupted; when this registry is closed. It is woken by the registration and polls nothing. An entry that
     * comes and goes before this thread has been woken is missed. Afterwards nothing of the wait is left.
     *
     * @param key the key
     * @param timeout how long to wait; 0 or less looks once
     * @return the living entries in order of registration, or an empty list when the time is up
     * @throws InterruptedException if this thread is interrupted when it calls or while it waits
     * @throws RegistryException.Closed if this registry is closed, before or meanwhile
     */
    List<Entry<K, V>> await(K key, Duration timeout) throws InterruptedException;
}
