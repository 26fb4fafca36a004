package dev.selvage.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What the scenarios of crowds need of a duplicate registry, so that a wrong one can take its place. */
interface Crowd {

    /** Registers under the one key; returns what closes the registration. */
    Runnable enter(int value);

    List<Integer> lookup();

    List<Integer> view();

    /** Whether nothing at all is left in the table. */
    boolean isEmpty();

    /** The real one. */
    final class Real implements Crowd {
        private final HashDuplicateRegistry<String, Integer> registry =
                (HashDuplicateRegistry<String, Integer>) Registry.<String, Integer>duplicate("crowd");

        @Override
        public Runnable enter(int value) {
            return registry.register("key", value)::close;
        }

        @Override
        public List<Integer> lookup() {
            return registry.lookup("key").stream().map(Entry::value).toList();
        }

        @Override
        public List<Integer> view() {
            return registry.view("key").stream().map(Entry::value).toList();
        }

        @Override
        public boolean isEmpty() {
            return registry.table.isEmpty() && registry.size() == 0;
        }
    }

    /** A small one that never ends anything by itself, of which each subclass gets one step wrong. */
    class Toy implements Crowd {
        final Map<String, List<Integer>> table = new ConcurrentHashMap<>();
        private final ReentrantLock lock = new ReentrantLock();

        @Override
        public Runnable enter(int value) {
            lock.lock();
            try {
                table.computeIfAbsent("key", key -> new CopyOnWriteArrayList<>())
                        .add(value);
            } finally {
                lock.unlock();
            }
            return () -> leave(value);
        }

        void leave(int value) {
            lock.lock();
            try {
                List<Integer> values = table.get("key");
                values.remove(Integer.valueOf(value));
                if (values.isEmpty()) {
                    table.remove("key");
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public List<Integer> lookup() {
            return List.copyOf(table.getOrDefault("key", List.of()));
        }

        @Override
        public List<Integer> view() {
            return lookup();
        }

        @Override
        public boolean isEmpty() {
            return table.isEmpty();
        }
    }

    /** Looks whether the last one has left, then takes the list away: with whoever came in between. */
    final class CountsThenRemoves extends Toy {
        @Override
        void leave(int value) {
            List<Integer> values = table.get("key");
            values.remove(Integer.valueOf(value));
            if (values.isEmpty()) {
                table.remove("key");
            }
        }
    }

    /** Forgets the view with a change, but lets a reader that has not seen the change put its own in place. */
    final class KeepsAStaleView extends Toy {
        private volatile @Nullable List<Integer> view;

        @Override
        public Runnable enter(int value) {
            Runnable close = super.enter(value);
            view = null;
            return close;
        }

        @Override
        void leave(int value) {
            super.leave(value);
            view = null;
        }

        @Override
        public List<Integer> view() {
            List<Integer> current = view;
            if (current == null) {
                current = lookup();
                view = current;
            }
            return current;
        }
    }

    /** Walks by position, and misses who has moved up. */
    final class WalksByPosition extends Toy {
        @Override
        public List<Integer> lookup() {
            List<Integer> values = table.getOrDefault("key", List.of());
            List<Integer> seen = new ArrayList<>();
            for (int i = 0; i < values.size(); i++) {
                try {
                    seen.add(values.get(i));
                } catch (IndexOutOfBoundsException shrunk) {
                    break;
                }
            }
            return seen;
        }
    }
}
