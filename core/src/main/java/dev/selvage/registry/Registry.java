package dev.selvage.registry;

import dev.selvage.exit.Owner;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A table of keys and values whose entries vanish when the thread that made them ends.
 *
 * {@snippet :
 * try (UniqueRegistry<String, Integer> ports = Registry.unique("ports")) {
 *     Thread server = Thread.startVirtualThread(() -> {
 *         ports.register("http", 8080);
 *         serve(); // the entry stands until this thread ends, however it ends
 *     });
 *     Optional<Entry<String, Integer>> http = ports.await("http", Duration.ofSeconds(5));
 * }
 * }
 *
 * <p>There are two kinds. In a {@linkplain UniqueRegistry unique} registry a key has at most one owner: names, and
 * claims on things. In a {@linkplain DuplicateRegistry duplicate} registry any number of entries stand under a key:
 * subscribers, and the members of a pool.
 *
 * <p><b>Owners.</b> A thread registers for itself and never for another. The owner is the process that the thread runs,
 * or else the thread. An entry ends when its {@link Registration} is closed, when its owner ends, or when the registry
 * is closed, whichever comes first. A process has ended from the first instant of its exit; when a process is
 * abandoned, that is declared exited while its thread runs on, its entries go at once, and the thread can register
 * nothing more. (Keyed locks differ there: they stay until the thread has really ended.)
 *
 * <p><b>Reading.</b> Any thread may read. Reads by key take no lock and never wait, and no read ever return the entry
 * of an owner that had ended when the read began, even where its entries have not been taken out yet. Keys are compared
 * by {@link Object#equals}; like those of a map, they must not change. Neither keys nor values are null.
 *
 * <p><b>Closing.</b> A registry is scoped: it lives in try-with-resources, or ends with the process that opened it in a
 * block of its own. Every use after the close throws {@link RegistryException.Closed}, which names the registry.
 *
 * <p><b>Memory effects.</b> What a thread did before it registered, or before it set a value, happens-before the return
 * of a read that returns that entry, or that value. What an owner did before its entry ended, by its exit too,
 * happens-before the return of a claim that succeeds because of it.
 *
 * <p><b>Not promised.</b> What a read returned may have ended by the time the caller uses it. {@link #size()} and
 * {@link #count} may for a moment include owners that have just ended. {@link #stream()} and the lists of a key under
 * which entries come and go are weakly consistent: they contain all that stood throughout and may or may not contain
 * what came or went meanwhile.
 *
 * <p>The idea, and many of the names, are those of Elixir's
 * <a href="https://hexdocs.pm/elixir/Registry.html">Registry</a>. Different here: a key is claimed and freed without a
 * keeper process, reads never return an owner that has ended, and leaving a key costs the same whatever the number of
 * entries under it.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public sealed interface Registry<K, V> extends AutoCloseable permits UniqueRegistry, DuplicateRegistry {

    /**
     * Opens a registry in which a key has at most one owner.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @param name the name for people, shown in messages; not blank
     * @return the open registry
     */
    static <K, V> UniqueRegistry<K, V> unique(String name) {
        return unique(name, UnaryOperator.identity());
    }

    /**
     * Opens a registry in which a key has at most one owner.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @param name the name for people, shown in messages; not blank
     * @param options makes the wanted options of the default ones
     * @return the open registry
     */
    static <K, V> UniqueRegistry<K, V> unique(String name, UnaryOperator<RegistryOptions> options) {
        Objects.requireNonNull(options, "options");
        return new HashUniqueRegistry<>(name, options.apply(RegistryOptions.DEFAULT));
    }

    /**
     * Opens a registry in which any number of entries stand under a key.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @param name the name for people, shown in messages; not blank
     * @return the open registry
     */
    static <K, V> DuplicateRegistry<K, V> duplicate(String name) {
        return duplicate(name, UnaryOperator.identity());
    }

    /**
     * Opens a registry in which any number of entries stand under a key.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @param name the name for people, shown in messages; not blank
     * @param options makes the wanted options of the default ones
     * @return the open registry
     */
    static <K, V> DuplicateRegistry<K, V> duplicate(String name, UnaryOperator<RegistryOptions> options) {
        Objects.requireNonNull(options, "options");
        return new HashDuplicateRegistry<>(name, options.apply(RegistryOptions.DEFAULT));
    }

    /**
     * Returns the name that this registry was opened with. Allowed after the close.
     *
     * @return the name
     */
    String name();

    /**
     * Registers the current thread. The entry stands until the registration is closed, this thread ends, or this
     * registry is closed. Never waits for another thread to do anything.
     *
     * @param key the key
     * @param value the first value
     * @return the caller's hold on its entry
     * @throws RegistryException.AlreadyRegistered in a unique registry, if the key has a living holder, be it this
     *     thread: then its value stays as it was
     * @throws RegistryException.Closed if this registry is closed
     * @throws RegistryException.OwnerExited if the calling process was declared exited (abandoned)
     */
    Registration<K, V> register(K key, V value);

    /**
     * Returns how many entries stand under a key. Costs the same whatever the number. May for a moment include owners
     * that have just ended.
     *
     * @param key the key
     * @return 0 or more; in a unique registry 0 or 1
     * @throws RegistryException.Closed if this registry is closed
     */
    int count(K key);

    /**
     * Returns how many entries under a key have a value that meets a condition. Costs a walk over them.
     *
     * @param key the key
     * @param predicate the condition, asked once for each entry, under no lock; what it throws comes out here
     * @return 0 or more
     * @throws RegistryException.Closed if this registry is closed
     */
    int count(K key, Predicate<? super V> predicate);

    /**
     * Returns how many entries stand in this registry. Costs the same whatever the number. May for a moment include
     * owners that have just ended, and leave out entries that are just being made.
     *
     * @return 0 or more
     * @throws RegistryException.Closed if this registry is closed
     */
    long size();

    /**
     * Returns the current values under a key.
     *
     * @param key the key
     * @return an unmodifiable list, in order of registration
     * @throws RegistryException.Closed if this registry is closed
     */
    List<V> values(K key);

    /**
     * Returns the current values that one owner has under a key.
     *
     * @param key the key
     * @param owner the owner
     * @return an unmodifiable list, in order of registration
     * @throws RegistryException.Closed if this registry is closed
     */
    List<V> values(K key, Owner owner);

    /**
     * Returns the entries of one owner. It costs a walk over what that owner owns, in other registries and locks too,
     * and not over this registry; while it is copied the owner can neither register nor lock.
     *
     * @param owner the owner
     * @return an unmodifiable list, in no order that is promised
     * @throws RegistryException.Closed if this registry is closed
     */
    List<Entry<K, V>> entriesOf(Owner owner);

    /**
     * Returns the keys of one owner's entries; a key as often as it has entries. Costs as much as {@link #entriesOf}.
     *
     * @param owner the owner
     * @return an unmodifiable list, in no order that is promised
     * @throws RegistryException.Closed if this registry is closed
     */
    List<K> keys(Owner owner);

    /**
     * Returns the entries under a key whose value meets a condition.
     *
     * @param key the key
     * @param predicate the condition, asked once for each entry, under no lock; what it throws comes out here
     * @return an unmodifiable list, in order of registration
     * @throws RegistryException.Closed if this registry is closed
     */
    List<Entry<K, V>> match(K key, Predicate<? super V> predicate);

    /**
     * Returns all living entries, to be filtered, mapped and counted. The stream is lazy and weakly consistent, in no
     * order.
     *
     * {@snippet :
     * long idle = connections.stream().filter(entry -> entry.value() == 0).count();
     * }
     *
     * @return a stream that need not be closed
     * @throws RegistryException.Closed if this registry is closed
     */
    Stream<Entry<K, V>> stream();

    /**
     * Runs an action for each entry under a key, on this thread, in order of registration, under no lock. An action
     * that throws, an {@link Error} included, keeps none of the others from running. Entries that come while this runs
     * are left out, and so are those that go before their turn.
     *
     * @param key the key
     * @param action what to do with each entry
     * @return how many actions were run
     * @throws RegistryException.DispatchFailed if any threw, after all were run
     * @throws RegistryException.Closed if this registry is closed
     */
    int dispatch(K key, Consumer<? super Entry<K, V>> action);

    /**
     * Runs an action for each entry under a key, on several threads at once, and waits until all have run: as
     * {@link #dispatch(Object, Consumer)}, but in no order.
     *
     * <p>The threads are virtual and this call's own: the action finds there no process, no scoped values and no locks
     * of the caller, and can update none of its values.
     *
     * <p>If this thread is interrupted no further action begins, and those that run are interrupted and waited for; so
     * no action runs on after this call. An action that ignores its interrupt holds the call up until it returns.
     *
     * <p>Memory effects: what this thread did before happens-before each action, and each action happens-before the
     * return.
     *
     * @param key the key
     * @param parallelism how many actions run at the same time at most; 1 or more
     * @param action what to do with each entry
     * @return how many actions were run
     * @throws InterruptedException if this thread is interrupted when it calls or while it waits; what failed until
     *     then is suppressed in it, as {@link RegistryException.DispatchFailed}
     * @throws RegistryException.DispatchFailed if any threw, after all were run
     * @throws RegistryException.Closed if this registry is closed
     */
    int dispatch(K key, int parallelism, Consumer<? super Entry<K, V>> action) throws InterruptedException;

    /**
     * Ends the entries that the current thread has under a key. In a unique registry that is one at most; in a
     * duplicate one all of them, at the cost of a walk over what this thread owns.
     *
     * @param key the key
     * @return how many entries this call ended
     * @throws RegistryException.Closed if this registry is closed
     */
    int unregister(K key);

    /**
     * Ends those of the current thread's entries that meet a condition. Costs a walk over what this thread owns.
     *
     * {@snippet :
     * topics.unregisterIf(entry -> entry.key().startsWith("news/") && entry.value().isStale());
     * }
     *
     * @param predicate the condition, asked once for each of the caller's entries, under no lock; what it throws comes
     *     out here, and ends the walk
     * @return how many entries this call ended
     * @throws RegistryException.Closed if this registry is closed
     */
    int unregisterIf(Predicate<? super Entry<K, V>> predicate);

    /**
     * A key of a registry's metadata, which is whatever its users need to know about the registry as a whole: a limit,
     * a version, a codec. Typed, and compared by identity: whoever has the key reads and writes.
     *
     * {@snippet :
     * static final Registry.MetaKey<Duration> PATIENCE = Registry.MetaKey.of("patience");
     *
     * registry.putMeta(PATIENCE, Duration.ofSeconds(1));
     * Duration patience = registry.meta(PATIENCE).orElse(Duration.ZERO);
     * }
     *
     * @param <T> the type of the values
     */
    @SuppressWarnings("UnusedTypeParameter") // it types what is put and read
    final class MetaKey<T> {
        private final String name;

        private MetaKey(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /**
         * Makes a key, different from all others.
         *
         * @param <T> the type of the values
         * @param name the name for people
         * @return the key
         */
        public static <T> MetaKey<T> of(String name) {
            return new MetaKey<>(name);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * Returns a value of this registry's metadata. Any thread may ask; nothing blocks.
     *
     * <p>Memory effects: what a thread did before it put the value happens-before the return.
     *
     * @param <T> the type of the value
     * @param key the key
     * @return the value put last, by {@link #putMeta} or with the options; or empty
     * @throws RegistryException.Closed if this registry is closed
     */
    <T> Optional<T> meta(MetaKey<T> key);

    /**
     * Puts a value into this registry's metadata, in place of the one that was there. Any thread may. It stays until it
     * is removed or this registry is closed: it belongs to no owner.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param value the value
     * @throws RegistryException.Closed if this registry is closed
     */
    <T> void putMeta(MetaKey<T> key, T value);

    /**
     * Removes a value of this registry's metadata. Any thread may.
     *
     * @param <T> the type of the value
     * @param key the key
     * @return the value that was there, or empty
     * @throws RegistryException.Closed if this registry is closed
     */
    <T> Optional<T> removeMeta(MetaKey<T> key);

    /**
     * Opens a listener, which hears every registration and every removal from now on, with the removal's cause, in
     * order for each key, on a thread of its own. A slow or failing listener slows and breaks nothing: see
     * {@link RegistryListener}. Any thread may open one, at any time, and any number of them.
     *
     * <p>It hears what begins after this call has returned. What stood before is not told anew, but its removal will
     * be heard. To know all, listen first and then read {@link #stream()}: between the two nothing is lost, though an
     * entry may both be read and be heard of. Entries are compared by identity.
     *
     * <p>Names are free before anyone hears of a death: whoever hears of a removal finds the entry gone. While somebody
     * listens, registrations and removals of this registry take turns, at a cost of some hundred nanoseconds; while
     * nobody does, they pay a read.
     *
     * <p>Memory effects: what a thread did before it registered, updated or closed happens-before the action that hears
     * of it; what an owner did before its exit happens-before the action that hears of that.
     *
     * @param action what to do with each event; runs under no lock
     * @return the listener, to be closed; it ends by itself when this registry is closed
     * @throws RegistryException.Closed if this registry is closed
     */
    RegistryListener listen(Consumer<? super RegistryEvent<K, V>> action);

    /**
     * Opens a listener as {@link #listen(Consumer)} does.
     *
     * @param action what to do with each event; runs under no lock
     * @param options makes the wanted options of the default ones
     * @return the listener, to be closed; it ends by itself when this registry is closed
     * @throws RegistryException.Closed if this registry is closed
     */
    RegistryListener listen(
            Consumer<? super RegistryEvent<K, V>> action, UnaryOperator<RegistryListener.Options> options);

    /**
     * Tells whether this registry was closed.
     *
     * @return true once {@link #close} was called
     */
    boolean isClosed();

    /**
     * Ends all entries and refuses every further use. Any thread may, any number of times. It waits for nobody and
     * costs a walk over the entries. When it returns, no entry stands, no owner keeps anything of this registry, and
     * those who waited for a key have been woken to throw {@link RegistryException.Closed}. A registration that runs
     * at the same time ends in that exception too, or is ended by this. Listeners go on until they have heard of the
     * last removal, and then end.
     */
    @Override
    void close();
}
