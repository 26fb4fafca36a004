package dev.selvage.registry;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the scenarios of listeners need of a unique registry with one key and one listener, so that a wrong one can take
 * its place. Each claim has a number of its own; what was heard is {@code +1} and {@code -1}.
 */
interface Bulletin {

    /** Claims the key; returns what closes the registration, or null when it has a holder. */
    @Nullable Runnable claim(int number);

    /** Opens the listener. */
    void listen();

    /** The number of the living holder, or none. */
    List<Integer> standing();

    void close();

    /** Waits for the end of the listener, after the close. */
    List<String> heardToTheEnd() throws InterruptedException;

    /** The real one. */
    final class Real implements Bulletin {
        private final UniqueRegistry<String, Integer> registry = Registry.unique("bulletin");
        private final List<String> heard = new ArrayList<>();
        private @Nullable RegistryListener listener;

        @Override
        public @Nullable Runnable claim(int number) {
            return switch (registry.tryRegister("key", number)) {
                case Claim.Registered<String, Integer>(var registration) -> registration::close;
                case Claim.AlreadyRegistered<String, Integer> refused -> null;
            };
        }

        @Override
        public void listen() {
            listener = registry.listen(event -> {
                switch (event) {
                    case RegistryEvent.Registered<String, Integer>(var entry, var value) -> heard.add("+" + value);
                    case RegistryEvent.Removed<String, Integer>(var entry, var cause) -> heard.add("-" + entry.value());
                    default -> heard.add(event.toString());
                }
            });
        }

        @Override
        public List<Integer> standing() {
            return registry.stream().map(Entry::value).toList();
        }

        @Override
        public void close() {
            registry.close();
        }

        @Override
        public List<String> heardToTheEnd() throws InterruptedException {
            if (listener != null) {
                listener.thread().join();
            }
            return heard;
        }
    }

    /** A small one, whose listener is told at once and under the lock; each subclass gets one step wrong. */
    class Toy implements Bulletin {
        final ConcurrentHashMap<String, ToyEntry> table = new ConcurrentHashMap<>();
        final ReentrantLock lock = new ReentrantLock();
        final List<String> heard = new ArrayList<>();
        volatile boolean listening;
        private volatile boolean closed;

        /** An entry and its hook. */
        final class ToyEntry extends ExitHook {
            final int number;
            final Lifetime lifetime = Lifetime.current();
            volatile boolean gone;
            boolean toldGone; // under the lock
            boolean toldStanding; // under the lock

            ToyEntry(int number) {
                super(Phase.AT_EXIT);
                this.number = number;
            }

            boolean isAlive() {
                return !gone && lifetime.isAlive();
            }

            void end() {
                leave(this);
                lifetime.remove(this);
            }

            @Override
            protected void onExit() {
                leave(this);
            }
        }

        @Override
        public @Nullable Runnable claim(int number) {
            ToyEntry entry = new ToyEntry(number);
            entry.lifetime.add(entry);
            boolean won = publish(entry);
            if (!won) {
                entry.end();
                return null;
            }
            if (closed || !entry.isAlive()) {
                entry.end();
                throw RegistryException.Closed.of("toy");
            }
            return entry::end;
        }

        boolean publish(ToyEntry entry) {
            if (!listening) {
                return put(entry);
            }
            lock.lock();
            try {
                if (closed) {
                    throw RegistryException.Closed.of("toy");
                }
                return put(entry);
            } finally {
                lock.unlock();
            }
        }

        boolean put(ToyEntry entry) {
            while (true) {
                ToyEntry holder = table.putIfAbsent("key", entry);
                if (holder != null && holder.isAlive()) {
                    return false;
                }
                if (holder == null || table.replace("key", holder, entry)) {
                    if (listening) {
                        registered(entry, holder);
                    }
                    return true;
                }
            }
        }

        void registered(ToyEntry entry, @Nullable ToyEntry replaced) {
            lock.lock();
            try {
                if (replaced != null) {
                    tellGone(replaced, true);
                }
                if (!entry.toldGone && !entry.toldStanding && mayBeTold(entry)) {
                    entry.toldStanding = true;
                    heard.add("+" + entry.number);
                }
            } finally {
                lock.unlock();
            }
        }

        boolean mayBeTold(ToyEntry entry) {
            return entry.isAlive();
        }

        void leave(ToyEntry entry) {
            entry.gone = true;
            if (listening) {
                lock.lock();
                try {
                    tellGone(entry, entry.toldStanding || table.get("key") == entry);
                    table.remove("key", entry);
                } finally {
                    lock.unlock();
                }
            } else {
                table.remove("key", entry);
            }
        }

        void tellGone(ToyEntry entry, boolean stood) {
            if (stood && !entry.toldGone) {
                heard.add("-" + entry.number);
                entry.toldGone = true;
            }
        }

        @Override
        public void listen() {
            lock.lock();
            try {
                listening = true;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public List<Integer> standing() {
            ToyEntry holder = table.get("key");
            return holder != null && holder.isAlive() ? List.of(holder.number) : List.of();
        }

        @Override
        public void close() {
            lock.lock();
            try {
                closed = true;
            } finally {
                lock.unlock();
            }
            table.values().forEach(ToyEntry::end);
            stopListening();
        }

        void stopListening() {
            lock.lock();
            try {
                listening = false;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public List<String> heardToTheEnd() {
            return heard;
        }
    }

    /** Frees the key first and tells afterwards: the successor's registration overtakes the removal. */
    final class TellsAfterTheFact extends Toy {
        @Override
        void leave(ToyEntry entry) {
            entry.gone = true;
            boolean stood = table.remove("key", entry);
            if (listening && stood) {
                lock.lock();
                try {
                    entry.toldGone = true;
                    heard.add("-" + entry.number);
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    /** Replaces a dead holder and leaves the telling of its removal to its own late clean-up. */
    final class ForgetsThePredecessor extends Toy {
        @Override
        void registered(ToyEntry entry, @Nullable ToyEntry replaced) {
            super.registered(entry, null);
        }
    }

    /** Tells of a registration that was undone already, and maybe followed by another. */
    final class TellsOfTheGone extends Toy {
        @Override
        boolean mayBeTold(ToyEntry entry) {
            return true;
        }
    }

    /** Asks whether the predecessor stands after it was replaced. */
    final class AsksTooLate extends Toy {
        @Override
        void tellGone(ToyEntry entry, boolean stood) {
            super.tellGone(entry, entry.toldStanding || table.get("key") == entry);
        }
    }

    /** Puts an entry into the table in one step and tells of it in another, with a removal in between. */
    final class TellsInTwoSteps extends Toy {
        @Override
        boolean publish(ToyEntry entry) {
            return put(entry);
        }
    }

    /** Looks whether somebody listens before the change only: what happens while the listener is opened is lost. */
    final class LooksOnlyBefore extends Toy {
        @Override
        boolean publish(ToyEntry entry) {
            return listening ? super.publish(entry) : putUnheard(entry);
        }

        private boolean putUnheard(ToyEntry entry) {
            while (true) {
                ToyEntry holder = table.putIfAbsent("key", entry);
                if (holder != null && holder.isAlive()) {
                    return false;
                }
                if (holder == null || table.replace("key", holder, entry)) {
                    return true;
                }
            }
        }
    }

    /** Looks whether somebody listens before the entry is marked as gone, so that a reader may still see it. */
    final class MarksTooLate extends Toy {
        @Override
        void leave(ToyEntry entry) {
            boolean heardBefore = listening;
            entry.gone = true;
            if (heardBefore) {
                super.leave(entry);
            } else {
                table.remove("key", entry);
            }
        }
    }

    /** Ends its listener without waiting for those who are in the middle of a registration. */
    final class ClosesWithoutWaiting extends Toy {
        private volatile boolean closedHere;

        @Override
        boolean publish(ToyEntry entry) {
            if (closedHere) {
                throw RegistryException.Closed.of("toy");
            }
            return put(entry);
        }

        @Override
        public void close() {
            closedHere = true;
            super.close();
        }
    }
}
