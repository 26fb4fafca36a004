package dev.selvage.demo.bench;

import dev.selvage.registry.Registration;
import dev.selvage.registry.Registry;
import dev.selvage.registry.UniqueRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Taking a key and giving it back, by the owner, uncontended. */
@Table(
        title = "Register and close",
        says = "The owner takes one of 1,024 keys of a unique registry and gives it back, uncontended.",
        millis = 300)
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RegisterAndClose {
    private static final Integer[] KEYS = new Integer[1024];

    static {
        for (int i = 0; i < KEYS.length; i++) {
            KEYS[i] = i;
        }
    }

    private final UniqueRegistry<Integer, Integer> registry = Registry.unique("bench");
    private final ConcurrentHashMap<Integer, Integer> map = new ConcurrentHashMap<>();
    private int next;

    /** Made by JMH. */
    public RegisterAndClose() {}

    private Integer nextKey() {
        return KEYS[next++ & (KEYS.length - 1)];
    }

    /**
     * The registry's.
     *
     * @return the closed registration
     */
    @Benchmark
    @Row(value = "register and close", role = Role.SELVAGE, atMost = 4)
    public Registration<Integer, Integer> registry() {
        Integer key = nextKey();
        try (Registration<Integer, Integer> registration = registry.register(key, key)) {
            return registration;
        }
    }

    /**
     * The floor: a map's putIfAbsent and remove.
     *
     * @return whether it was there
     */
    @Benchmark
    @Row(value = "ConcurrentHashMap putIfAbsent and remove", role = Role.FLOOR)
    public boolean floorMap() {
        Integer key = nextKey();
        map.putIfAbsent(key, key);
        return map.remove(key, key);
    }
}
