package dev.selvage.registry;

import java.util.Objects;

/**
 * How a claim of a key in a unique registry ended.
 *
 * {@snippet :
 * switch (registry.tryRegister("user-42", "importer")) {
 *     case Claim.Registered<String, String>(var registration) -> syncAndClose(registration);
 *     case Claim.AlreadyRegistered<String, String>(var holder) -> putBack("user-42", holder.owner());
 * }
 * }
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public sealed interface Claim<K, V> {

    /**
     * Returns the entry that the key had when the claim was decided, the caller's own or the holder's.
     *
     * @return the entry
     */
    default Entry<K, V> entry() {
        return switch (this) {
            case Registered<K, V>(Registration<K, V> registration) -> registration.entry();
            case AlreadyRegistered<K, V>(Entry<K, V> holder) -> holder;
        };
    }

    /**
     * The key is the caller's.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @param registration the caller's hold on its entry
     */
    record Registered<K, V>(Registration<K, V> registration) implements Claim<K, V> {

        /** Checks that there is a registration. */
        public Registered {
            Objects.requireNonNull(registration, "registration");
        }
    }

    /**
     * The key has a living holder, possibly the caller itself; nothing was changed.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @param holder the entry that stood in the way; its owner was alive when the claim was refused
     */
    record AlreadyRegistered<K, V>(Entry<K, V> holder) implements Claim<K, V> {

        /** Checks that there is a holder. */
        public AlreadyRegistered {
            Objects.requireNonNull(holder, "holder");
        }

        /**
         * Tells whether the current thread is the holder.
         *
         * @return true if this thread had the key already
         */
        public boolean isMine() {
            return holder.owner().thread() == Thread.currentThread();
        }
    }
}
