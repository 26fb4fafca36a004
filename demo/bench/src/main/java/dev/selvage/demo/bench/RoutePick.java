package dev.selvage.demo.bench;

import dev.selvage.pool.routing.Routing;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Choosing a member of a routing pool. */
@Table(title = "Route", says = """
                A member is chosen by a Routing, among members that all have requests in flight; that a request then \
                checks whether the chosen one lives is not in it. Rendezvous and least used look at every member. The \
                floor asks for no health, and its rendezvous hash shares members out unevenly.""", millis = 200)
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RoutePick {

    /** How a member is chosen. */
    public enum Strategy {
        /** By chance. */
        RANDOM,
        /** One after the other. */
        ROUND_ROBIN,
        /** The better one of two, by health and then by load. */
        POWER_OF_TWO,
        /** For a key always the same. */
        RENDEZVOUS,
        /** Who has the fewest requests in flight. */
        LEAST_USED
    }

    /** How a member is chosen. */
    @Param
    public Strategy routing = Strategy.RANDOM;

    /** How many there are. */
    @Param({"8", "64", "1000"})
    public int members;

    private int[] inFlight = {};
    private String[] names = {};
    private int key;
    private Routing ours = Routing.random();
    private IntSupplier plain = () -> 0;

    private final Routing.Members view = new Routing.Members() {
        @Override
        public int size() {
            return members;
        }

        @Override
        public int inFlight(int index) {
            return inFlight[index];
        }

        @Override
        public Routing.Health health(int index) {
            return Routing.Health.GOOD;
        }

        @Override
        public String name(int index) {
            return names[index];
        }
    };

    /** Made by JMH. */
    public RoutePick() {}

    /** Gives the members their requests. */
    @Setup
    public void fill() {
        inFlight = ThreadLocalRandom.current().ints(members, 1, 100).toArray();
        names = IntStream.range(0, members).mapToObj(index -> "member-" + index).toArray(String[]::new);
        AtomicInteger turn = new AtomicInteger();
        ours = switch (routing) {
            case RANDOM -> Routing.random();
            case ROUND_ROBIN -> Routing.roundRobin();
            case POWER_OF_TWO -> Routing.powerOfTwo();
            case RENDEZVOUS -> Routing.rendezvous(Integer.class, key -> key);
            case LEAST_USED -> Routing.leastUsed();
        };
        plain = switch (routing) {
            case RANDOM -> () -> ThreadLocalRandom.current().nextInt(members);
            case ROUND_ROBIN -> () -> Math.floorMod(turn.getAndIncrement(), members);
            case POWER_OF_TWO -> this::betterOfTwo;
            case RENDEZVOUS -> this::rendezvous;
            case LEAST_USED -> this::leastUsed;
        };
    }

    private int betterOfTwo() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int one = random.nextInt(members);
        int other = random.nextInt(members);
        return inFlight[one] <= inFlight[other] ? one : other;
    }

    private int rendezvous() {
        int mine = key;
        int best = 0;
        int highest = Integer.MIN_VALUE;
        for (int i = 0; i < names.length; i++) {
            int hash = (names[i].hashCode() ^ mine) * 0x9e3779b9;
            if (hash > highest) {
                highest = hash;
                best = i;
            }
        }
        return best;
    }

    private int leastUsed() {
        int best = 0;
        for (int i = 1; i < inFlight.length; i++) {
            if (inFlight[i] < inFlight[best]) {
                best = i;
            }
        }
        return best;
    }

    /**
     * Ours.
     *
     * @return the index of the chosen one
     */
    @Benchmark
    @Row(value = "Routing", role = Role.SELVAGE, atMost = 2)
    public int selvage() {
        return ours.pick(view, key++);
    }

    /**
     * The floor: the same by hand.
     *
     * @return the index of the chosen one
     */
    @Benchmark
    @Row(value = "plain Java", role = Role.FLOOR)
    public int floorPlain() {
        return plain.getAsInt();
    }
}
