package dev.selvage.demo.bench;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.selvage.registry.Entry;
import dev.selvage.registry.Registry;
import dev.selvage.registry.UniqueRegistry;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Finding a key in a unique registry, beside finding it in a map. */
@Table(
        title = "Registry lookup",
        says = """
                One of the keys of a unique registry is looked up, in one table for all threads. The floor does not \
                look at what it found; a registry has to, since nobody dead is returned, and among a million that is \
                one more object that is in no cache: so one row of the map looks at it, too. The Optional is made \
                only where it is kept.""",
        threads = {1, 2},
        millis = 300)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RegistryLookup {

    /** Made by JMH. */
    public RegistryLookup() {}

    /** The keys of one table. Each contender fills a table of its own and no other, lest they share the caches. */
    @State(Scope.Benchmark)
    public abstract static class Filled {

        /** How many keys are registered. */
        @Param({"1000", "1000000"})
        public int keys;

        private Integer[] order = {};

        Filled() {}

        /**
         * Fills the table, and has it be as old as that of a program that runs for a while: what is young is moved by
         * the first collections, to other neighbours, and only where something is allocated are there any.
         */
        @Setup(Level.Trial)
        public void fill() {
            order = new Integer[keys];
            for (int i = 0; i < keys; i++) {
                order[i] = i;
                put(order[i]);
            }
            System.gc();
        }

        abstract void put(Integer key);

        Integer next(Place place) {
            place.next += 7919; // a prime, so that the keys are visited in no order that a cache would like
            return order[Math.floorMod(place.next, keys)];
        }
    }

    /** Ours; the thread that fills it owns all of it, and lives on. */
    public static class Registered extends Filled {
        private final UniqueRegistry<Integer, Integer> registry = Registry.unique("bench");

        /** Made by JMH. */
        public Registered() {}

        @Override
        void put(Integer key) {
            registry.register(key, key);
        }
    }

    /** The floor. */
    public static class Mapped extends Filled {
        private final ConcurrentHashMap<Integer, Integer> map = new ConcurrentHashMap<>();

        /** Made by JMH. */
        public Mapped() {}

        @Override
        void put(Integer key) {
            map.put(key, key);
        }
    }

    /** The floor's, of objects that somebody looks at. */
    public static class Seen extends Filled {
        private final ConcurrentHashMap<Integer, AtomicInteger> map = new ConcurrentHashMap<>();

        /** Made by JMH. */
        public Seen() {}

        @Override
        void put(Integer key) {
            map.put(key, new AtomicInteger(key));
        }
    }

    /** The peer. */
    public static class Cached extends Filled {
        private final ConcurrentMap<Integer, Integer> weak =
                Caffeine.newBuilder().weakValues().<Integer, Integer>build().asMap();

        /** Made by JMH. */
        public Cached() {}

        @Override
        void put(Integer key) {
            weak.put(key, key);
        }
    }

    /** Where a thread is among the keys. */
    @State(Scope.Thread)
    public static class Place {
        private int next = ThreadLocalRandom.current().nextInt(1_000_000);

        /** Made by JMH. */
        public Place() {}
    }

    /**
     * The registry's look-up.
     *
     * @param table the table
     * @param place the thread's
     * @return the entry
     */
    @Benchmark
    @Row(value = "lookup, the Optional kept", role = Role.SELVAGE, atMost = 2)
    public Optional<Entry<Integer, Integer>> registry(Registered table, Place place) {
        return table.registry.lookup(table.next(place));
    }

    /**
     * The registry's look-up as most use it.
     *
     * @param table the table
     * @param place the thread's
     * @return the entry
     */
    @Benchmark
    @Row(value = "lookup, the entry taken out", role = Role.SELVAGE, atMost = 2)
    public @Nullable Entry<Integer, Integer> registryEntry(Registered table, Place place) {
        return table.registry.lookup(table.next(place)).orElse(null);
    }

    /**
     * The floor: the map's.
     *
     * @param table the table
     * @param place the thread's
     * @return the value
     */
    @Benchmark
    @Row(value = "ConcurrentHashMap get", role = Role.FLOOR)
    public @Nullable Integer floorMap(Mapped table, Place place) {
        return table.map.get(table.next(place));
    }

    /**
     * The map's, and a look at what was found.
     *
     * @param table the table
     * @param place the thread's
     * @return what stands in the object
     */
    @Benchmark
    @Row(value = "ConcurrentHashMap get, and a look at the object", role = Role.PLAIN)
    public int plainMap(Seen table, Place place) {
        AtomicInteger found = table.map.get(table.next(place));
        return found == null ? -1 : found.get();
    }

    /**
     * A cache whose entries go with their values.
     *
     * @param table the table
     * @param place the thread's
     * @return the value
     */
    @Benchmark
    @Row(value = "Caffeine weak values, get", role = Role.PEER)
    public @Nullable Integer caffeine(Cached table, Place place) {
        return table.weak.get(table.next(place));
    }
}
