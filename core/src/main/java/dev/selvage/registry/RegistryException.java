package dev.selvage.registry;

import dev.selvage.exit.Owner;
import java.util.List;

/**
 * The root of what the registries throw, apart from the usual for bad arguments.
 *
 * <ul>
 *   <li>{@link AlreadyRegistered}: {@link UniqueRegistry#register} of a key that has a living holder
 *   <li>{@link Closed}: any use of a closed registry, or an update of a closed registration
 *   <li>{@link NotOwner}: an update by a thread that is not the owner
 *   <li>{@link OwnerExited}: a registration or an update by a process that was declared exited while its thread runs on
 *   <li>{@link DispatchFailed}: at least one action of a dispatch threw
 * </ul>
 */
public class RegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RegistryException(String message) {
        super(message);
    }

    RegistryException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The key of a unique registry has a living holder already. */
    public static final class AlreadyRegistered extends RegistryException {
        private static final long serialVersionUID = 1L;

        private final transient Entry<?, ?> holder;

        private AlreadyRegistered(String message, Entry<?, ?> holder) {
            super(message);
            this.holder = holder;
        }

        static AlreadyRegistered of(String registry, Entry<?, ?> holder) {
            boolean own = holder.owner().thread() == Thread.currentThread();
            String by = holder.owner().name() + (own ? ", which is this very thread" : "");
            return new AlreadyRegistered(
                    "key " + holder.key() + " in registry " + registry + " is registered by " + by, holder);
        }

        /**
         * Returns the entry that stood in the way. It does not survive serialization.
         *
         * @return the holder's entry
         */
        public Entry<?, ?> holder() {
            return holder;
        }
    }

    /** The registry, or the registration, was closed. */
    public static final class Closed extends RegistryException {
        private static final long serialVersionUID = 1L;

        private Closed(String message) {
            super(message);
        }

        static Closed of(String registry) {
            return new Closed("registry " + registry + " is closed");
        }

        static Closed of(RegistryEntry<?, ?> entry) {
            RegistryBase<?, ?> registry = entry.registry();
            return registry.isClosed()
                    ? of(registry.name())
                    : new Closed("the registration of key " + entry.key() + " in registry " + registry.name()
                            + " is closed");
        }
    }

    /** The value of an entry was to be changed by a thread that does not own it. */
    public static final class NotOwner extends RegistryException {
        private static final long serialVersionUID = 1L;

        private NotOwner(String message) {
            super(message);
        }

        static NotOwner of(RegistryEntry<?, ?> entry, Thread caller) {
            return new NotOwner("the value of key " + entry.key() + " in registry "
                    + entry.registry().name() + " is changed by its owner only, " + describe(entry.lifetime.thread())
                    + "; this is " + describe(caller));
        }

        private static String describe(Thread thread) {
            return "thread " + thread.threadId() + (thread.getName().isEmpty() ? "" : " (" + thread.getName() + ")");
        }
    }

    /** The calling process was declared exited while its thread runs on: it can own nothing more. */
    public static final class OwnerExited extends RegistryException {
        private static final long serialVersionUID = 1L;

        private OwnerExited(String message) {
            super(message);
        }

        static OwnerExited of(String registry, Object key, Owner owner) {
            return new OwnerExited(owner.name() + " was declared exited: it cannot register or update key " + key
                    + " in registry " + registry);
        }
    }

    /** At least one action of a dispatch threw; all of them ran. The cause is the first failure. */
    public static final class DispatchFailed extends RegistryException {
        private static final long serialVersionUID = 1L;

        /** How many failures are kept: with 150,000 entries under a key, all of them would be too many. */
        static final int KEPT = 100;

        private final int ran;
        private final int failed;
        private final transient List<Throwable> failures;

        DispatchFailed(String registry, Object key, int ran, int failed, List<Throwable> failures) {
            super(
                    failed + " of " + ran + " actions failed in a dispatch to key " + key + " in registry " + registry
                            + "; the first: " + failures.get(0),
                    failures.get(0));
            this.ran = ran;
            this.failed = failed;
            this.failures = List.copyOf(failures);
        }

        /**
         * Returns how many actions were run.
         *
         * @return the number of actions, failed ones included
         */
        public int ran() {
            return ran;
        }

        /**
         * Returns how many actions threw.
         *
         * @return the number of failures, 1 or more
         */
        public int failed() {
            return failed;
        }

        /**
         * Returns what the actions threw, in the order of the entries: the first hundred. They do not survive
         * serialization.
         *
         * @return an unmodifiable list
         */
        public List<Throwable> failures() {
            return failures;
        }
    }
}
