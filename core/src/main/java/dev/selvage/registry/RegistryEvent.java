package dev.selvage.registry;

import dev.selvage.exit.ExitReason;
import dev.selvage.exit.Owner;
import java.util.Objects;
import java.util.Optional;

/**
 * What a listener hears of a registry: an immutable value, for a {@code switch}.
 *
 * {@snippet :
 * registry.listen(event -> {
 *     switch (event) {
 *         case RegistryEvent.Registered<String, Integer>(var entry, var value) -> names.put(entry, value);
 *         case RegistryEvent.Updated<String, Integer>(var entry, var value) -> names.put(entry, value);
 *         case RegistryEvent.Removed<String, Integer>(var entry, var cause) -> names.remove(entry);
 *         case RegistryEvent.Missed<String, Integer>(long count) -> startOver();
 *     }
 * });
 * }
 *
 * <p>The events of one key come in the order in which they happened: an entry is registered, updated and removed, and
 * only then is its successor registered. In the order of a key's registrations its entries stand in the lists of a
 * duplicate registry. All listeners of a registry hear its events in the same order.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public sealed interface RegistryEvent<K, V> {

    /**
     * An entry was registered.
     *
     * @param <K> the type of the key
     * @param <V> the type of the value
     * @param entry the entry, which is live: it may have been updated or removed since
     * @param value the value that it was registered with
     */
    record Registered<K, V>(Entry<K, V> entry, V value) implements RegistryEvent<K, V> {

        /** Refuses an event with a part missing. */
        public Registered {
            Objects.requireNonNull(entry, "entry");
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * The value of an entry was changed by its owner. Only listeners {@linkplain RegistryListener.Options#withUpdates()
     * that ask for updates} hear of them.
     *
     * @param <K> the type of the key
     * @param <V> the type of the value
     * @param entry the entry, which is live: it may have been updated again, or removed, since
     * @param value the value that this update gave it
     */
    record Updated<K, V>(Entry<K, V> entry, V value) implements RegistryEvent<K, V> {

        /** Refuses an event with a part missing. */
        public Updated {
            Objects.requireNonNull(entry, "entry");
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * An entry is gone. Whoever hears this finds it neither by its key nor otherwise, though its key may have a
     * successor by now.
     *
     * @param <K> the type of the key
     * @param <V> the type of the value
     * @param entry the entry, with the value that it had last
     * @param cause why it is gone
     */
    record Removed<K, V>(Entry<K, V> entry, Cause cause) implements RegistryEvent<K, V> {

        /** Refuses an event with a part missing. */
        public Removed {
            Objects.requireNonNull(entry, "entry");
            Objects.requireNonNull(cause, "cause");
        }
    }

    /**
     * Here some events are missing, because a listener with a {@linkplain RegistryListener.Options#withCapacity bound}
     * was that far behind. Whoever keeps a copy of the registry has to make it anew.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @param count how many are missing in this place, 1 or more
     */
    record Missed<K, V>(long count) implements RegistryEvent<K, V> {}

    /**
     * Why an entry is gone. If there are several causes at the same time it is the one that came first to the entry.
     */
    sealed interface Cause {

        /** Its registration was closed, or it was unregistered by its owner. */
        record Closed() implements Cause {}

        /**
         * Its owner has ended. When a listener hears this of a process, all names and locks of that process are free,
         * as for everybody who learns of an exit (but for the locks of an abandoned process, which stay until its
         * thread has really ended).
         *
         * @param reason why the process ended; empty for an owner that is no process, since Java tells nobody how a
         *     thread ended
         */
        record Exited(Optional<ExitReason> reason) implements Cause {

            /** Refuses a missing reason. */
            public Exited {
                Objects.requireNonNull(reason, "reason");
            }

            /** The cause with the reason that the owner tells, if it tells any. */
            static Exited of(Owner owner) {
                return new Exited(owner.exitReason());
            }
        }

        /** The registry was closed. */
        record RegistryClosed() implements Cause {}
    }
}
