package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Linearizability, checked by Lincheck on scenarios that it makes up: each answer of a registry is one that a plain map
 * gives in some order of the calls. What is promised to be weakly consistent (the lists of a key of a duplicate
 * registry, streams, sizes) is left out.
 *
 * <p>The registries run in Lincheck's stress mode, on real threads. Its model checker gets lost in them (it steps
 * through the JDK's map and locks too), but finds the planted bug for certain, which shows that the operations would
 * tell.
 *
 * <p>Who owns what is part of the answers, so each operation takes the number of its thread: in the registry the owner
 * is the thread, in the plain map it is that number.
 */
@Timeout(300)
class LinearizabilityTest {

    /** In short: the long form takes {@code -Dselvage.long=true}. */
    private static final int SCENARIOS = Boolean.getBoolean("selvage.long") ? 30 : 8;

    private static final int INVOCATIONS = Boolean.getBoolean("selvage.long") ? 1_000 : 200;

    /** The class files of a JDK that is newer than Lincheck are nothing that it can read. */
    @BeforeEach
    void onlyWhereLincheckRuns() {
        assumeThat(Runtime.version().feature()).isLessThan(28);
    }

    private static <O extends Options<O, ?>> O configured(O options, Class<?> specification) {
        return options.iterations(SCENARIOS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(2)
                .actorsPerThread(4)
                .actorsBefore(0)
                .actorsAfter(0)
                .sequentialSpecification(specification);
    }

    /** A thread with a lifetime that needs no watcher, of which Lincheck would take note. */
    private record Owned(Thread thread) implements Owner {
        static void begin() {
            if (Lifetime.currentOrNull() == null) {
                Lifetime.begin(new Owned(Thread.currentThread()));
            }
        }

        @Override
        public String name() {
            return thread.getName();
        }

        @Override
        public boolean isAlive() {
            return true;
        }
    }

    // ---- unique

    /**
     * The real one. A claim answers 0, or the holder's value; a value is the thread's number, and 10 more an update.
     */
    @Param(name = "key", gen = IntGen.class, conf = "1:2")
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static class RealClaims {
        private final UniqueRegistry<Integer, Integer> registry = Registry.unique("claims");
        private final ConcurrentHashMap<List<Integer>, Registration<Integer, Integer>> mine = new ConcurrentHashMap<>();

        @Operation
        public int claim(@Param(name = "key") int key, @Param(name = "thread") int thread) {
            Owned.begin();
            return switch (registry.tryRegister(key, thread)) {
                case Claim.Registered<Integer, Integer>(var registration) -> {
                    mine.put(List.of(key, thread), registration);
                    yield 0;
                }
                case Claim.AlreadyRegistered<Integer, Integer>(var holder) ->
                    holder.owner().thread() == Thread.currentThread() ? -1 : holder.value() % 10;
            };
        }

        @Operation
        public int give(@Param(name = "key") int key, @Param(name = "thread") int thread) {
            return registry.unregister(key);
        }

        @Operation
        public int holder(@Param(name = "key") int key) {
            return registry.lookup(key).map(entry -> entry.value() % 10).orElse(0);
        }

        @Operation
        public int holders(@Param(name = "key") int key) {
            return registry.count(key);
        }

        @Operation
        public int update(@Param(name = "key") int key, @Param(name = "thread") int thread) {
            Registration<Integer, Integer> registration = mine.get(List.of(key, thread));
            return registration != null && registration.isActive() ? registration.updateValue(value -> value + 10) : 0;
        }

        @Validate
        public void close() {
            registry.close();
        }
    }

    /** What a plain map answers. */
    public static class PlainClaims {
        private final Map<Integer, Integer> holders = new HashMap<>();
        private final Map<Integer, Integer> values = new HashMap<>();

        public int claim(int key, int thread) {
            Integer holder = holders.putIfAbsent(key, thread);
            if (holder == null) {
                values.put(key, thread);
                return 0;
            }
            return holder == thread ? -1 : holder;
        }

        public int give(int key, int thread) {
            return holders.remove(key, thread) ? 1 : 0;
        }

        public int holder(int key) {
            return holders.getOrDefault(key, 0);
        }

        public int holders(int key) {
            return holders.containsKey(key) ? 1 : 0;
        }

        public int update(int key, int thread) {
            return holders.getOrDefault(key, 0) == thread ? values.merge(key, 10, Integer::sum) : 0;
        }
    }

    /** Known failure 10: looks whether the key is free, and then takes it. */
    @Param(name = "key", gen = IntGen.class, conf = "1:2")
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static class ChecksThenActs {
        private final ConcurrentHashMap<Integer, Integer> holders = new ConcurrentHashMap<>();

        @Operation
        public int claim(@Param(name = "key") int key, @Param(name = "thread") int thread) {
            Integer holder = holders.get(key);
            if (holder == null) {
                holders.put(key, thread);
                return 0;
            }
            return holder == thread ? -1 : holder;
        }

        @Operation
        public int give(@Param(name = "key") int key, @Param(name = "thread") int thread) {
            return holders.remove(key, thread) ? 1 : 0;
        }

        @Operation
        public int holder(@Param(name = "key") int key) {
            return holders.getOrDefault(key, 0);
        }
    }

    @Test
    @DisplayName("6.2, 6.3 claims, updates and reads of a unique registry are linearizable")
    void aUniqueRegistryIsLinearizable() {
        assertThatCode(() -> configured(new StressOptions(), PlainClaims.class).check(RealClaims.class))
                .doesNotThrowAnyException();
    }

    @Test
    @DisplayName("6.2 a registry that checks and then acts is found out")
    void aRegistryThatChecksAndThenActsIsFoundOut() {
        assertThatExceptionOfType(LincheckAssertionError.class)
                .isThrownBy(() -> configured(new ModelCheckingOptions(), PlainClaims.class)
                        .check(ChecksThenActs.class));
    }

    // ---- duplicate

    /** Registrations, departures and counts. Each thread keeps what it registered, and leaves by the oldest first. */
    @Param(name = "key", gen = IntGen.class, conf = "1:2")
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static class RealCrowd {
        private final DuplicateRegistry<Integer, Integer> registry = Registry.duplicate("crowd");
        private final ConcurrentHashMap<List<Integer>, Deque<Registration<Integer, Integer>>> mine =
                new ConcurrentHashMap<>();

        private Deque<Registration<Integer, Integer>> mine(int key, int thread) {
            return mine.computeIfAbsent(List.of(key, thread), nobody -> new ArrayDeque<>());
        }

        @Operation
        public void enter(@Param(name = "key") int key, @Param(name = "thread") int thread) {
            Owned.begin();
            mine(key, thread).add(registry.register(key, thread));
        }

        @Operation
        public boolean leave(@Param(name = "key") int key, @Param(name = "thread") int thread) {
            Registration<Integer, Integer> oldest = mine(key, thread).poll();
            if (oldest != null) {
                oldest.close();
            }
            return oldest != null;
        }

        @Operation
        public int leaveAll(@Param(name = "key") int key, @Param(name = "thread") int thread) {
            mine(key, thread).clear();
            return registry.unregister(key);
        }

        @Operation
        public int count(@Param(name = "key") int key) {
            return registry.count(key);
        }

        @Operation
        public boolean isEmpty(@Param(name = "key") int key) {
            return registry.lookup(key).isEmpty();
        }

        @Validate
        public void close() {
            registry.close();
        }
    }

    /** What a plain map answers. */
    public static class PlainCrowd {
        private final Map<Integer, List<Integer>> crowds = new HashMap<>();

        private List<Integer> crowd(int key) {
            return crowds.computeIfAbsent(key, nobody -> new ArrayList<>());
        }

        public void enter(int key, int thread) {
            crowd(key).add(thread);
        }

        public boolean leave(int key, int thread) {
            return crowd(key).remove(Integer.valueOf(thread));
        }

        public int leaveAll(int key, int thread) {
            int before = crowd(key).size();
            crowd(key).removeIf(each -> each == thread);
            return before - crowd(key).size();
        }

        public int count(int key) {
            return crowd(key).size();
        }

        public boolean isEmpty(int key) {
            return crowd(key).isEmpty();
        }
    }

    @Test
    @DisplayName("6.1, 6.3 registrations, departures and counts of a duplicate registry are linearizable")
    void aDuplicateRegistryIsLinearizable() {
        assertThatCode(() -> configured(new StressOptions(), PlainCrowd.class).check(RealCrowd.class))
                .doesNotThrowAnyException();
    }
}
