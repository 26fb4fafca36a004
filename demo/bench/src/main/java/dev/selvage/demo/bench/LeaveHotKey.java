package dev.selvage.demo.bench;

import dev.selvage.registry.DuplicateRegistry;
import dev.selvage.registry.Registration;
import dev.selvage.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Leaving a key under which many stand, and coming back. */
@Table(title = "Leaving a hot key", says = """
                One of those that stand under one key of a duplicate registry, at random, leaves it and comes back. \
                The floor is a key with 10 entries, and flat is the target. What 150,000 of them cost more is memory \
                that is in no cache: the set shows it, which takes the same time whatever is in it. The list is that \
                of subscribers as many a program keeps it.""", millis = 300)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LeaveHotKey {

    /** Made by JMH. */
    public LeaveHotKey() {}

    /** Who stands under the key. */
    @State(Scope.Benchmark)
    public abstract static class Crowd {
        private final DuplicateRegistry<String, Integer> registry = Registry.duplicate("bench");
        private final List<Registration<String, Integer>> members = new ArrayList<>();
        private final int size;
        private int next;

        Crowd(int size) {
            this.size = size;
        }

        /** Registers them; the benchmark's thread owns them all. */
        @Setup(Level.Trial)
        public void register() {
            for (int i = 0; i < size; i++) {
                members.add(registry.register("all", i));
            }
        }

        int leaveAndComeBack() {
            next = Math.floorMod(next + 7919, size); // a prime, for an order that no cache would like
            members.get(next).close();
            members.set(next, registry.register("all", next));
            return next;
        }
    }

    /** Ten. */
    public static class Few extends Crowd {

        /** Made by JMH. */
        public Few() {
            super(10);
        }
    }

    /** Very many. */
    public static class Many extends Crowd {

        /** Made by JMH. */
        public Many() {
            super(150_000);
        }
    }

    /** A set of so many. */
    @State(Scope.Benchmark)
    public abstract static class Sets {
        private final Set<AtomicInteger> set = ConcurrentHashMap.newKeySet();
        private final AtomicInteger[] members;
        private int next;

        Sets(int size) {
            members = new AtomicInteger[size];
        }

        /** Fills the set. */
        @Setup(Level.Trial)
        public void fill() {
            for (int i = 0; i < members.length; i++) {
                members[i] = new AtomicInteger(i);
                set.add(members[i]);
            }
        }

        boolean leaveAndComeBack() {
            next = Math.floorMod(next + 7919, members.length);
            boolean left = set.remove(members[next]);
            members[next] = new AtomicInteger(next);
            return left && set.add(members[next]);
        }
    }

    /** Ten. */
    public static class FewInSet extends Sets {

        /** Made by JMH. */
        public FewInSet() {
            super(10);
        }
    }

    /** Very many. */
    public static class ManyInSet extends Sets {

        /** Made by JMH. */
        public ManyInSet() {
            super(150_000);
        }
    }

    /** A list for each key. */
    @State(Scope.Benchmark)
    public static class Lists {
        private final ConcurrentHashMap<String, List<Integer>> lists = new ConcurrentHashMap<>();
        private final Integer[] members = new Integer[150_000];
        private int next;

        /** Made by JMH. */
        public Lists() {}

        /** Fills the list. */
        @Setup(Level.Trial)
        public void fill() {
            List<Integer> all = new ArrayList<>();
            for (int i = 0; i < members.length; i++) {
                members[i] = i;
                all.add(members[i]);
            }
            lists.put("all", new CopyOnWriteArrayList<>(all));
        }
    }

    /**
     * The floor: a key with 10 entries.
     *
     * @param crowd those under the key
     * @return who left
     */
    @Benchmark
    @Row(value = "of 10 entries", role = Role.FLOOR)
    public int few(Few crowd) {
        return crowd.leaveAndComeBack();
    }

    /**
     * Very many entries.
     *
     * @param crowd those under the key
     * @return who left
     */
    @Benchmark
    @Row(value = "of 150,000 entries", role = Role.SELVAGE, atMost = 5)
    public int many(Many crowd) {
        return crowd.leaveAndComeBack();
    }

    /**
     * A set of ten.
     *
     * @param set the set
     * @return whether somebody left
     */
    @Benchmark
    @Row(value = "of a concurrent set of 10", role = Role.PLAIN)
    public boolean plainSetOfFew(FewInSet set) {
        return set.leaveAndComeBack();
    }

    /**
     * A set of very many.
     *
     * @param set the set
     * @return whether somebody left
     */
    @Benchmark
    @Row(value = "of a concurrent set of 150,000", role = Role.PLAIN)
    public boolean plainSetOfMany(ManyInSet set) {
        return set.leaveAndComeBack();
    }

    /**
     * What a program would write instead.
     *
     * @param lists the list
     * @return whether somebody left
     */
    @Benchmark
    @Row(value = "of a CopyOnWriteArrayList of 150,000", role = Role.PLAIN)
    public boolean plainList(Lists lists) {
        lists.next = Math.floorMod(lists.next + 7919, lists.members.length);
        Integer leaving = lists.members[lists.next];
        List<Integer> all = lists.lists.getOrDefault("all", List.of());
        return all.remove((Object) leaving) && all.add(leaving);
    }
}
