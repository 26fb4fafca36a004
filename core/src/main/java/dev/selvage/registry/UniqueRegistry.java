package dev.selvage.registry;

import java.time.Duration;
import java.util.Optional;

/**
 * A registry in which a key has at most one owner.
 *
 * {@snippet :
 * try (UniqueRegistry<String, String> users = Registry.unique("users")) {
 *     if (users.tryRegister("user-42", "importer") instanceof Claim.Registered<String, String>(var registration)) {
 *         try (registration) {
 *             sync("user-42"); // nobody else has the key meanwhile
 *         }
 *     }
 * }
 * }
 *
 * <p>Of any number of threads that claim a key at the same time one gets it, and the others learn who has it. The first
 * claimer after the holder's end gets the key at once, whether or not the holder's entry was taken out by then; the
 * late clean-up takes out the dead entry and never its successor's.
 *
 * <p>Claiming is not waiting: whoever is refused decides what to do. To wait for a turn, use a keyed lock.
 *
 * <p>See {@link Registry} for owners, closing and memory effects.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public sealed interface UniqueRegistry<K, V> extends Registry<K, V> permits HashUniqueRegistry {

    /**
     * Claims a key for the current thread, or tells who has it. The answer is a value, for claims that are expected to
     * be refused now and then; {@link #register} is the same for those that are not. A thread that has the key already
     * is refused like any other, and its value stays.
     *
     * @param key the key
     * @param value the first value
     * @return what became of the claim
     * @throws RegistryException.Closed if this registry is closed
     * @throws RegistryException.OwnerExited if the calling process was declared exited (abandoned)
     */
    Claim<K, V> tryRegister(K key, V value);

    /**
     * Claims a key for the current thread, or returns the entry of whoever has it, in one step: the same as
     * {@link #tryRegister} for a caller to whom it is one which of the two it was.
     *
     * {@snippet :
     * Session session = sessions.registerOrGet(user, new Session()).value();
     * }
     *
     * <p>There is no form that makes the value only when it is needed: it would have to be made before the key is the
     * caller's, and thrown away by whoever loses. Where a value is dear, look it up first and claim if it is missing;
     * where it has to be disposed of, {@link #tryRegister} tells whether to.
     *
     * @param key the key
     * @param value the first value, if the key becomes the caller's
     * @return the caller's new entry, or the living holder's, which may be the caller too
     * @throws RegistryException.Closed if this registry is closed
     * @throws RegistryException.OwnerExited if the calling process was declared exited (abandoned)
     */
    Entry<K, V> registerOrGet(K key, V value);

    /**
     * Returns the entry of the key's living owner.
     *
     * @param key the key
     * @return the entry, or empty when nobody has the key
     * @throws RegistryException.Closed if this registry is closed
     */
    Optional<Entry<K, V>> lookup(K key);

    /**
     * Waits until somebody has the key.
     *
     * <p>The wait ends when the key has a living owner, at once if it has one now; when the time is up; when this
     * thread is interrupted; when this registry is closed. It is woken by the registration and polls nothing. An owner
     * that comes and goes before this thread has been woken is missed. Afterwards nothing of the wait is left.
     *
     * @param key the key
     * @param timeout how long to wait; 0 or less looks once
     * @return the entry, or empty when the time is up
     * @throws InterruptedException if this thread is interrupted when it calls or while it waits
     * @throws RegistryException.Closed if this registry is closed, before or meanwhile
     */
    Optional<Entry<K, V>> await(K key, Duration timeout) throws InterruptedException;
}
