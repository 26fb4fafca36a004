package dev.selvage.demo.bench;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.selvage.registry.Registration;
import dev.selvage.registry.Registry;
import dev.selvage.registry.UniqueRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Taking a key and giving it back, by the owner, in one table for all threads. */
@Table(
        title = "Register and close",
        says = """
                The owner takes one of 1,024 keys of a unique registry, of its own, and gives it back. The target \
                is for a registry that nobody listens to; beside it one with a listener that does nothing.""",
        threads = {1, 2},
        millis = 300)
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RegisterAndClose {
    private static final int KEYS = 1024;

    private final UniqueRegistry<Integer, Integer> registry = Registry.unique("bench");
    private final ConcurrentHashMap<Integer, Integer> map = new ConcurrentHashMap<>();
    private final ConcurrentMap<Integer, Integer> weak =
            Caffeine.newBuilder().weakValues().<Integer, Integer>build().asMap();
    private final AtomicInteger threads = new AtomicInteger();

    /** Made by JMH. */
    public RegisterAndClose() {}

    /** A registry with a listener. */
    @State(Scope.Benchmark)
    public static class Heard {
        private final UniqueRegistry<Integer, Integer> registry = Registry.unique("bench");

        /** Made by JMH. */
        public Heard() {}

        /** Opens the listener. */
        @Setup
        public void listen() {
            registry.listen(event -> {}, options -> options.withCapacity(1_000_000));
        }
    }

    /** The keys of one thread. */
    @State(Scope.Thread)
    public static class Keys {
        private final Integer[] own = new Integer[KEYS];
        private int next;

        /** Made by JMH. */
        public Keys() {}

        /**
         * Makes them.
         *
         * @param all the benchmark
         */
        @Setup
        public void make(RegisterAndClose all) {
            int first = all.threads.getAndIncrement() * KEYS;
            for (int i = 0; i < KEYS; i++) {
                own[i] = first + i;
            }
        }

        Integer next() {
            return own[next++ & (KEYS - 1)];
        }
    }

    /**
     * The registry's.
     *
     * @param keys the thread's
     * @return the closed registration
     */
    @Benchmark
    @Row(value = "register and close", role = Role.SELVAGE, atMost = 4)
    public Registration<Integer, Integer> registry(Keys keys) {
        Integer key = keys.next();
        try (Registration<Integer, Integer> registration = registry.register(key, key)) {
            return registration;
        }
    }

    /**
     * The registry's, while somebody listens.
     *
     * @param heard the registry
     * @param keys the thread's
     * @return the closed registration
     */
    @Benchmark
    @Row(value = "register and close, with a listener", role = Role.SELVAGE)
    public Registration<Integer, Integer> registryHeard(Heard heard, Keys keys) {
        Integer key = keys.next();
        try (Registration<Integer, Integer> registration = heard.registry.register(key, key)) {
            return registration;
        }
    }

    /**
     * The floor: a map's putIfAbsent and remove.
     *
     * @param keys the thread's
     * @return whether it was there
     */
    @Benchmark
    @Row(value = "ConcurrentHashMap putIfAbsent and remove", role = Role.FLOOR)
    public boolean floorMap(Keys keys) {
        Integer key = keys.next();
        map.putIfAbsent(key, key);
        return map.remove(key, key);
    }

    /**
     * A cache whose entries go with their values: not with their owner, and some time later.
     *
     * @param keys the thread's
     * @return whether it was there
     */
    @Benchmark
    @Row(value = "Caffeine weak values, putIfAbsent and remove", role = Role.PEER)
    public boolean caffeine(Keys keys) {
        Integer key = keys.next();
        weak.putIfAbsent(key, key);
        return weak.remove(key, key);
    }
}
