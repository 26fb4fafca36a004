package dev.selvage.lock;

import dev.selvage.exit.Owner;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A set of exclusive locks, one for each key, held by threads and released when their holder's thread ends.
 *
 * {@snippet :
 * KeyedLocks<UserId> locks = KeyedLocks.create("users");
 *
 * int synced = locks.withLock(user, () -> sync(user));  // waits for its turn
 *
 * Optional<Lease<UserId>> lease = locks.tryLock(user);  // or learns at once that somebody else is at it
 * if (lease.isPresent()) {
 *     try (Lease<UserId> held = lease.get()) {
 *         sync(user);
 *     }
 * } else {
 *     syncLater(user);
 * }
 * }
 *
 * <p><b>Keys</b> are told apart by {@code equals}: two keys that are not equal never share a lock, and so never
 * wait for one another, let alone deadlock. A key that nobody holds costs nothing: there is no lock to create, to count
 * or to throw away. While a key is held, its {@code equals} and {@code hashCode} must not change.
 *
 * <p><b>Holders.</b> A key is held by the thread that locked it, a process or any other, platform or virtual. The same
 * thread may lock it again at once, any number of times; it is free when the last {@link Lease} is closed.
 *
 * <p><b>Turns.</b> A key is granted at once only if nobody holds it and nobody waits for it. Otherwise the call waits
 * behind those that came before, and a release hands the key directly to the first that still waits. A wait that ends
 * by timeout or interrupt leaves the queue there and then; a grant that comes too late for it goes to the next.
 *
 * <p><b>When the holder's thread ends</b> without closing its leases, however it ends, they are closed for it: of a
 * process as a step of its exit, before anyone can learn of it; of another thread by a watcher, which may run a moment
 * later, but a call that finds the key held by a dead thread does not wait for the watcher.
 *
 * <p><b>What is not promised.</b>
 *
 * <ul>
 *   <li>A process that was abandoned, because it ignored stop and interrupt, counts as exited but keeps its locks until
 *       its thread really ends, if ever: two holders never run. It can lock nothing more.
 *   <li>The lock is on the key, not on the data: a holder whose lease was closed by another thread runs on.
 *   <li>Nothing is known of other JVMs.
 *   <li>Threads that wait for each other's keys wait for ever, as with any lock. Give a timeout, or lock keys in one
 *       order everywhere.
 * </ul>
 *
 * <p><b>Memory effects.</b> What a thread did before it closed its last lease of a key, and what a holder did before
 * its thread ended, happens-before the return of the call that locks the same key next.
 *
 * <p>All methods may be called by any thread. Null arguments are refused with a {@link NullPointerException}. The idea
 * of a lock that goes with its process is from Elixir, where a unique {@code Registry} is used as one; its contrast is
 * Guava's {@code Striped}, whose locks are made for all keys in advance, may be shared by unequal keys, and stay locked
 * when their thread dies.
 *
 * @param <K> the keys, with {@code equals} and {@code hashCode}
 */
public interface KeyedLocks<K> {

    /**
     * Makes a set of locks with the default options.
     *
     * @param <K> the keys
     * @param name the name for people, shown in messages; not blank
     * @return the set, with no key locked
     */
    static <K> KeyedLocks<K> create(String name) {
        return create(name, UnaryOperator.identity());
    }

    /**
     * Makes a set of locks.
     *
     * @param <K> the keys
     * @param name the name for people, shown in messages; not blank
     * @param options makes the wanted options of the default ones
     * @return the set, with no key locked
     */
    static <K> KeyedLocks<K> create(String name, UnaryOperator<KeyedLocksOptions> options) {
        Objects.requireNonNull(name, "name");
        if (name.isBlank()) {
            throw new IllegalArgumentException("name: '" + name + "'; allowed: not blank");
        }
        Objects.requireNonNull(options, "options");
        return new LocalKeyedLocks<>(name, Objects.requireNonNull(options.apply(KeyedLocksOptions.DEFAULT), "options"));
    }

    /**
     * Returns the name.
     *
     * @return the name given when it was made
     */
    String name();

    /**
     * Locks a key, waiting for as long as it takes.
     *
     * <p>The wait ends when the key is granted or when the thread is interrupted. A thread that holds the key gets
     * another lease at once.
     *
     * @param key the key
     * @return the lease, to be closed
     * @throws InterruptedException if the thread is interrupted on entry or while it waits; it then holds nothing more
     *     than before and waits for nothing. An interrupt that comes after the grant is left set instead
     * @throws LockException.OwnerExited if the calling process was declared exited (abandoned)
     */
    Lease<K> lock(K key) throws InterruptedException;

    /**
     * Locks a key, waiting for at most the given time.
     *
     * <p>The wait ends when the key is granted, when the time is over, or when the thread is interrupted. A thread that
     * holds the key gets another lease at once.
     *
     * @param key the key
     * @param timeout the longest wait; 0 or less: do not wait
     * @return the lease, to be closed; empty if the time was over first
     * @throws InterruptedException as {@link #lock(Object)} does
     * @throws LockException.OwnerExited if the calling process was declared exited (abandoned)
     */
    Optional<Lease<K>> lock(K key, Duration timeout) throws InterruptedException;

    /**
     * Locks a key if that can be done at once: nobody holds it, and so nobody waits for it, or the current thread holds
     * it. Never waits for another holder and takes no notice of interrupts.
     *
     * @param key the key
     * @return the lease, to be closed; empty if the key is another thread's or about to go to a waiter
     * @throws LockException.OwnerExited if the calling process was declared exited (abandoned)
     */
    Optional<Lease<K>> tryLock(K key);

    /**
     * Runs a body with a key locked. Waits as {@link #lock(Object)} does; the key is given back when the body returns
     * or throws.
     *
     * @param <T> what the body returns
     * @param <X> what the body throws
     * @param key the key
     * @param body what to run, on the current thread
     * @return what the body returned
     * @throws X what the body threw
     * @throws InterruptedException as {@link #lock(Object)} does; then the body did not run
     * @throws LockException.OwnerExited if the calling process was declared exited (abandoned)
     */
    default <T extends @Nullable Object, X extends Exception> T withLock(K key, LockedBody<? extends T, X> body)
            throws X, InterruptedException {
        Objects.requireNonNull(body, "body");
        Lease<K> lease = lock(key);
        try {
            return body.run();
        } finally {
            lease.close();
        }
    }

    /**
     * Runs a body with a key locked, if the key is granted in time. Waits as {@link #lock(Object, Duration)} does; the
     * key is given back when the body returns or throws.
     *
     * @param <T> what the body returns
     * @param <X> what the body throws
     * @param key the key
     * @param timeout the longest wait for the key; 0 or less: do not wait. The body takes as long as it likes
     * @param body what to run, on the current thread; must not return null, so that an empty result has one meaning
     * @return what the body returned; empty if the time was over first and the body did not run
     * @throws X what the body threw
     * @throws InterruptedException as {@link #lock(Object)} does; then the body did not run
     * @throws LockException.OwnerExited if the calling process was declared exited (abandoned)
     */
    default <T, X extends Exception> Optional<T> withLock(K key, Duration timeout, LockedBody<? extends T, X> body)
            throws X, InterruptedException {
        Objects.requireNonNull(body, "body");
        Optional<Lease<K>> lease = lock(key, timeout);
        if (lease.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Objects.requireNonNull(body.run(), "result of body"));
        } finally {
            lease.get().close();
        }
    }

    /**
     * Tells whether somebody holds a key. Never waits for a holder; the answer may be old when it arrives.
     *
     * @param key the key
     * @return true if {@link #holder} names somebody
     */
    default boolean isLocked(K key) {
        return holder(key).isPresent();
    }

    /**
     * Returns who holds a key. Never waits for a holder; the answer may be old when it arrives. A thread that has ended
     * is not returned, even before its locks were released; an abandoned process that still holds the key is.
     *
     * @param key the key
     * @return the holder; empty if the key is free or just between two holders
     */
    Optional<Owner> holder(K key);

    /**
     * Returns the number of keys that are held. Costs the same whatever that number is. Exact when nobody locks or
     * closes meanwhile, and every dead holder's watcher has run.
     *
     * @return how many keys are held
     */
    long size();
}
