package dev.selvage.lock;

import dev.selvage.exit.Owner;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A set of locks, one for each key, held by threads and released when their holder's thread ends.
 *
 * {@snippet :
 * KeyedLocks<UserId> locks = KeyedLocks.create("users");
 *
 * int synced = locks.withLock(user, () -> sync(user));  // waits for its turn
 *
 * locks.withLockOrElse(user, () -> sync(user), () -> queue.putBack(user));  // or does something else instead
 *
 * int read = locks.shared().withLock(user, () -> read(user));  // beside others that read
 *
 * try (Lease<List<UserId>> both = locks.lockAll(List.of(user, friend))) {  // several, in the order of the keys
 *     befriend(user, friend);
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
 * <p><b>Modes.</b> What this set locks it locks exclusively: for one thread alone. {@link #shared()} is the same set of
 * locks in shared mode, with the same methods: any number of threads share a key that nobody holds exclusively. A
 * thread never conflicts with itself:
 *
 * <ul>
 *   <li>The holder of the exclusive lock may share the key besides, at once. When it then closes the exclusive lease it
 *       goes on sharing, and those that wait to share join it: that is how to downgrade.
 *   <li>A thread that shares a key may have it exclusively besides, at once, if nobody else shares it. If others do, it
 *       is refused with {@link LockException.Upgrade}, also if it would wait: two that share a key and both want it
 *       for themselves would wait for each other for ever. Close the shared lease first, or lock exclusively from the
 *       start.
 * </ul>
 *
 * <p><b>Turns.</b> A key is granted at once only if that conflicts with nobody who holds it and with nobody who waits
 * for it, so those that share a key do not starve the one that waits to have it alone. Otherwise the call waits
 * behind those that came before, and a release hands the key directly to the first that still waits, and to those right
 * behind it that can share it. A wait that ends by timeout or interrupt leaves the queue there and then; a grant that
 * comes too late for it goes to the next.
 *
 * <p><b>Deadlocks.</b> Threads that wait for each other's keys in a circle, of one set of locks or several, would wait
 * for ever. The one whose wait closes the circle is refused at once, with {@link LockException.Deadlock}, which names
 * the threads and keys; it keeps what it holds, and the others are served as soon as it gives that back. This is so
 * even if one of them would give up by itself after a timeout.
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
 *   <li>Deadlocks are found among keyed locks only. Threads that wait for each other's answers, or for other kinds of
 *       locks, while they hold keys, wait as long as they are patient.
 * </ul>
 *
 * <p><b>Memory effects.</b> What a thread did before it closed its last lease of a key, and what a holder did before
 * its thread ended, happens-before the return of the call that locks the same key next in a mode that conflicts with
 * it: an exclusive holder sees what all holders before it did, one that shares sees what all exclusive holders before
 * it did.
 *
 * <p>All methods may be called by any thread. Null arguments are refused with a {@link NullPointerException}. The idea
 * of a lock that goes with its process is from Elixir, where a unique {@code Registry} is used as one; the two modes
 * and their queue are those of PostgreSQL's advisory locks. Its contrast is Guava's {@code Striped}, whose locks are
 * made for all keys in advance, may be shared by unequal keys, and stay locked when their thread dies.
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
    static <K> KeyedLocks<K> create(String name, UnaryOperator<KeyedLocksOptions<K>> options) {
        Objects.requireNonNull(name, "name");
        if (name.isBlank()) {
            throw new IllegalArgumentException("name: '" + name + "'; allowed: not blank");
        }
        Objects.requireNonNull(options, "options");
        KeyedLocksOptions<K> defaults = KeyedLocksOptions.defaults();
        return new LocalKeyedLocks<>(name, Objects.requireNonNull(options.apply(defaults), "options"));
    }

    /**
     * Returns the name.
     *
     * @return the name given when it was made
     */
    String name();

    /**
     * Returns the same locks in shared mode: whatever is locked through it is shared by the threads that lock it so.
     * What it tells, as by {@link #holder} and {@link #size}, is of both modes.
     *
     * @return the locks in shared mode, always the same object; itself if this is it
     */
    KeyedLocks<K> shared();

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
     * @throws LockException.Deadlock if the wait would close a circle of threads that wait for each other's keys
     * @throws LockException.OwnerExited if the calling process was declared exited (abandoned)
     * @throws LockException.Upgrade if the thread shares the key with others and wants it exclusively
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
     * @throws LockException.Deadlock if the wait would close a circle of threads that wait for each other's keys
     * @throws LockException.OwnerExited if the calling process was declared exited (abandoned)
     * @throws LockException.Upgrade if the thread shares the key with others and wants it exclusively
     */
    Optional<Lease<K>> lock(K key, Duration timeout) throws InterruptedException;

    /**
     * Locks a key if that can be done at once: it conflicts with nobody who holds the key and with nobody who waits for
     * it, or the current thread holds it. Never waits for another holder and takes no notice of interrupts.
     *
     * @param key the key
     * @return the lease, to be closed; empty if the key is another thread's or about to go to a waiter, or if the
     *     thread shares it with others and wants it exclusively
     * @throws LockException.OwnerExited if the calling process was declared exited (abandoned)
     */
    Optional<Lease<K>> tryLock(K key);

    /**
     * Locks several keys, waiting for as long as it takes: all of them or, if the wait ends otherwise, none. They are
     * locked one after the other in the order of the keys, natural or {@linkplain KeyedLocksOptions#withOrder given},
     * so that threads that lock several keys in this way never wait for each other in a circle; duplicates are locked
     * once.
     *
     * @param keys the keys; may be none
     * @return the one lease over all of them, to be closed; its key is the list of the keys in their order
     * @throws IllegalArgumentException if two keys do not compare, or differ and yet compare as the same
     * @throws InterruptedException as {@link #lock(Object)} does
     * @throws LockException.Deadlock if the wait would close a circle of threads that wait for each other's keys
     * @throws LockException.OwnerExited if the calling process was declared exited (abandoned)
     * @throws LockException.Upgrade if the thread shares one of the keys with others and wants it exclusively
     */
    Lease<List<K>> lockAll(Collection<? extends K> keys) throws InterruptedException;

    /**
     * Locks several keys, waiting for at most the given time: all of them or none. For the rest see
     * {@link #lockAll(Collection)}.
     *
     * @param keys the keys; may be none
     * @param timeout the longest wait, for all of them together; 0 or less: do not wait
     * @return the one lease over all of them, to be closed; empty if the time was over first
     * @throws IllegalArgumentException if two keys do not compare, or differ and yet compare as the same
     * @throws InterruptedException as {@link #lock(Object)} does
     * @throws LockException.Deadlock if the wait would close a circle of threads that wait for each other's keys
     * @throws LockException.OwnerExited if the calling process was declared exited (abandoned)
     * @throws LockException.Upgrade if the thread shares one of the keys with others and wants it exclusively
     */
    Optional<Lease<List<K>>> lockAll(Collection<? extends K> keys, Duration timeout) throws InterruptedException;

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
     * @throws LockException.Deadlock if the wait would close a circle of threads that wait for each other's keys
     * @throws LockException.OwnerExited if the calling process was declared exited (abandoned)
     * @throws LockException.Upgrade if the thread shares the key with others and wants it exclusively
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
     * @throws LockException.Deadlock if the wait would close a circle of threads that wait for each other's keys
     * @throws LockException.OwnerExited if the calling process was declared exited (abandoned)
     * @throws LockException.Upgrade if the thread shares the key with others and wants it exclusively
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
     * Runs an action with a key locked, as {@link #withLock(Object, LockedBody)} does with a body that returns
     * something.
     *
     * @param <X> what the action throws
     * @param key the key
     * @param action what to run, on the current thread
     * @throws X what the action threw
     * @throws InterruptedException as {@link #lock(Object)} does; then the action did not run
     * @throws LockException.Deadlock if the wait would close a circle of threads that wait for each other's keys
     * @throws LockException.OwnerExited if the calling process was declared exited (abandoned)
     * @throws LockException.Upgrade if the thread shares the key with others and wants it exclusively
     */
    default <X extends Exception> void withLock(K key, LockedAction<X> action) throws X, InterruptedException {
        Objects.requireNonNull(action, "action");
        Lease<K> lease = lock(key);
        try {
            action.run();
        } finally {
            lease.close();
        }
    }

    /**
     * Runs a body with a key locked if that can be done at once, or something else without it. Never waits for another
     * holder, as {@link #tryLock} does not; the key is given back when the body returns or throws.
     *
     * {@snippet :
     * boolean done = locks.withLockOrElse(user, () -> sync(user), () -> false);
     * }
     *
     * @param <T> what both return
     * @param <X> what they throw
     * @param key the key
     * @param body what to run with the key, on the current thread
     * @param otherwise what to run instead if somebody else has the key, on the current thread
     * @return what the one that ran returned
     * @throws X what the one that ran threw
     * @throws LockException.OwnerExited if the calling process was declared exited (abandoned)
     */
    default <T extends @Nullable Object, X extends Exception> T withLockOrElse(
            K key, LockedBody<? extends T, X> body, LockedBody<? extends T, X> otherwise) throws X {
        Objects.requireNonNull(body, "body");
        Objects.requireNonNull(otherwise, "otherwise");
        Optional<Lease<K>> lease = tryLock(key);
        if (lease.isEmpty()) {
            return otherwise.run();
        }
        try {
            return body.run();
        } finally {
            lease.get().close();
        }
    }

    /**
     * Runs an action with a key locked if that can be done at once, or something else without it, as
     * {@link #withLockOrElse(Object, LockedBody, LockedBody)} does with what returns something.
     *
     * {@snippet :
     * locks.withLockOrElse(user, () -> sync(user), () -> queue.putBack(user));
     * }
     *
     * @param <X> what the actions throw
     * @param key the key
     * @param action what to run with the key, on the current thread
     * @param otherwise what to run instead if somebody else has the key, on the current thread
     * @throws X what the one that ran threw
     * @throws LockException.OwnerExited if the calling process was declared exited (abandoned)
     */
    default <X extends Exception> void withLockOrElse(K key, LockedAction<X> action, LockedAction<X> otherwise)
            throws X {
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(otherwise, "otherwise");
        Optional<Lease<K>> lease = tryLock(key);
        if (lease.isEmpty()) {
            otherwise.run();
            return;
        }
        try {
            action.run();
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
     * Returns who holds a key, exclusively or shared. Never waits for a holder; the answer may be old when it arrives.
     * A thread that has ended is not returned, even before its locks were released; an abandoned process that still
     * holds the key is.
     *
     * @param key the key
     * @return the holder, or one of those that share it; empty if the key is free or just between two holders
     */
    Optional<Owner> holder(K key);

    /**
     * Returns the number of keys that are held. Costs the same whatever that number is. Exact when nobody locks or
     * closes meanwhile, and every dead holder's watcher has run.
     *
     * @return how many keys are held
     */
    long size();

    /**
     * Returns who holds and who waits, in both modes; printed, it is a table. Any thread may ask. It costs a look at
     * every key that is held, and holds up nobody for longer than it takes to copy the threads at one key. The threads
     * at one key are those of one moment; different keys are looked at one after the other, so together they may show
     * what never was.
     *
     * @return the holders and waiters
     */
    LockSnapshot<K> snapshot();
}
