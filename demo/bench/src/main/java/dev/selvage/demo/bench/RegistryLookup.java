package dev.selvage.demo.bench;

import dev.selvage.registry.Entry;
import dev.selvage.registry.Registry;
import dev.selvage.registry.UniqueRegistry;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
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
@Table(title = "Registry lookup", says = "One of the keys of a unique registry is looked up.", millis = 300)
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RegistryLookup {

    /** How many keys are registered. */
    @Param({"1000", "1000000"})
    public int keys;

    private final UniqueRegistry<Integer, Integer> registry = Registry.unique("bench");
    private final ConcurrentHashMap<Integer, Integer> map = new ConcurrentHashMap<>();
    private Integer[] order = {};
    private int next;

    /** Made by JMH. */
    public RegistryLookup() {}

    /** Registers the keys; the benchmark's thread owns them all. */
    @Setup(Level.Trial)
    public void register() {
        order = new Integer[keys];
        for (int i = 0; i < keys; i++) {
            order[i] = i;
            registry.register(order[i], i);
            map.put(order[i], i);
        }
    }

    private Integer nextKey() {
        next += 7919; // a prime, so that the keys are visited in no order that a cache would like
        return order[Math.floorMod(next, keys)];
    }

    /**
     * The registry's look-up.
     *
     * @return the entry
     */
    @Benchmark
    @Row(value = "lookup", role = Role.SELVAGE, atMost = 2)
    public Optional<Entry<Integer, Integer>> registry() {
        return registry.lookup(nextKey());
    }

    /**
     * The floor: the map's.
     *
     * @return the value
     */
    @Benchmark
    @Row(value = "ConcurrentHashMap get", role = Role.FLOOR)
    public @Nullable Integer floorMap() {
        return map.get(nextKey());
    }
}
