package dev.selvage.registry;

import dev.selvage.exit.ExitException;
import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the scenarios of claims need of a unique registry, so that a wrong one can take its place. */
interface Names {

    /** Claims a key; returns what closes the registration, or null when the key has a holder. */
    @Nullable Runnable claim(String key);

    boolean isHeld(String key);

    void close();

    /** Whether nothing at all is left in the table. */
    boolean isEmpty();

    /** The real one. */
    final class Real implements Names {
        private final HashUniqueRegistry<String, Integer> registry =
                (HashUniqueRegistry<String, Integer>) Registry.<String, Integer>unique("names");

        @Override
        public @Nullable Runnable claim(String key) {
            return switch (registry.tryRegister(key, 1)) {
                case Claim.Registered<String, Integer>(var registration) -> registration::close;
                case Claim.AlreadyRegistered<String, Integer> refused -> null;
            };
        }

        @Override
        public boolean isHeld(String key) {
            return registry.lookup(key).isPresent();
        }

        @Override
        public void close() {
            registry.close();
        }

        @Override
        public boolean isEmpty() {
            return registry.table.isEmpty();
        }
    }

    /** A small one, of which each subclass gets one step wrong. */
    class Toy implements Names {
        final ConcurrentHashMap<String, ToyEntry> table = new ConcurrentHashMap<>();
        private volatile boolean closed;

        /** An entry and its hook. */
        final class ToyEntry extends ExitHook {
            final String key;
            final Lifetime lifetime = Lifetime.current();

            ToyEntry(String key) {
                super(Phase.AT_EXIT);
                this.key = key;
            }

            void end() {
                takeOut(this);
                lifetime.remove(this);
            }

            @Override
            protected void onExit() {
                takeOut(this);
            }
        }

        @Override
        public @Nullable Runnable claim(String key) {
            if (closed) {
                throw RegistryException.Closed.of("toy");
            }
            ToyEntry entry = new ToyEntry(key);
            hang(entry);
            if (!publish(entry)) {
                entry.end();
                return null;
            }
            if (mayNotStay(entry)) {
                entry.end();
                throw RegistryException.Closed.of("toy");
            }
            return entry::end;
        }

        private void hang(ToyEntry entry) {
            try {
                entry.lifetime.add(entry);
            } catch (ExitException over) {
                throw RegistryException.OwnerExited.of("toy", entry.key, entry.lifetime.owner());
            }
        }

        boolean publish(ToyEntry entry) {
            while (true) {
                ToyEntry holder = table.putIfAbsent(entry.key, entry);
                if (holder == null) {
                    return true;
                }
                if (holder.lifetime.isAlive()) {
                    return false;
                }
                if (table.replace(entry.key, holder, entry)) {
                    return true;
                }
            }
        }

        boolean mayNotStay(ToyEntry entry) {
            return closed || !entry.lifetime.isAlive();
        }

        void takeOut(ToyEntry entry) {
            table.remove(entry.key, entry);
        }

        @Override
        public boolean isHeld(String key) {
            ToyEntry holder = table.get(key);
            return holder != null && holder.lifetime.isAlive();
        }

        @Override
        public void close() {
            closed = true;
            table.values().forEach(ToyEntry::end);
        }

        @Override
        public boolean isEmpty() {
            return table.isEmpty();
        }
    }

    /** Known failure 10: takes out whatever stands under the key. */
    final class RemovesByKey extends Toy {
        @Override
        void takeOut(ToyEntry entry) {
            table.remove(entry.key);
        }
    }

    /** Known failure 10: replaces a dead holder without asking whether it still is the one that is dead. */
    final class ReplacesBlindly extends Toy {
        @Override
        boolean publish(ToyEntry entry) {
            ToyEntry holder = table.get(entry.key);
            if (holder != null && holder.lifetime.isAlive()) {
                return false;
            }
            table.put(entry.key, entry);
            return true;
        }
    }

    /** Known failure 9: believes that whatever stands in the table lives. */
    final class TrustsTheTable extends Toy {
        @Override
        public boolean isHeld(String key) {
            return table.containsKey(key);
        }
    }

    /** Does not look again, after publishing, whether the registry was closed or the owner declared exited. */
    final class LooksOnlyBefore extends Toy {
        @Override
        boolean mayNotStay(ToyEntry entry) {
            return false;
        }
    }
}
