package dev.selvage.pool.routing;

import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** The strategies behind {@link Routing}. */
final class Routings {
    static final Routing POWER_OF_TWO =
            new Named("power of two choices", (members, any) -> betterOfTwo(members, ThreadLocalRandom.current()));
    static final Routing RANDOM =
            new Named("random", (members, any) -> ThreadLocalRandom.current().nextInt(members.size()));
    static final Routing LEAST_USED =
            new Named("least used", (members, any) -> leastUsed(members, ThreadLocalRandom.current()));

    private record Named(String name, Routing routing) implements Routing {
        @Override
        public int pick(Members members, Object request) {
            return routing.pick(members, request);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private Routings() {}

    static Routing powerOfTwo(RandomGenerator random) {
        Objects.requireNonNull(random, "random");
        return new Named("power of two choices", (members, any) -> betterOfTwo(members, random));
    }

    static Routing random(RandomGenerator random) {
        Objects.requireNonNull(random, "random");
        return new Named("random", (members, any) -> random.nextInt(members.size()));
    }

    static Routing leastUsed(RandomGenerator random) {
        Objects.requireNonNull(random, "random");
        return new Named("least used", (members, any) -> leastUsed(members, random));
    }

    static Routing roundRobin() {
        AtomicInteger turn = new AtomicInteger(ThreadLocalRandom.current().nextInt());
        return new Named("round robin", (members, any) -> Math.floorMod(turn.getAndIncrement(), members.size()));
    }

    static <Q> Routing rendezvous(Class<Q> type, Function<? super Q, ?> key) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(key, "key");
        return new Named("rendezvous", (members, request) -> {
            Object of = Objects.requireNonNull(key.apply(type.cast(request)), "key");
            return highest(members, mixed(of.hashCode()));
        });
    }

    private static int betterOfTwo(Routing.Members members, RandomGenerator random) {
        int size = members.size();
        if (size == 1) {
            return 0;
        }
        int one = random.nextInt(size);
        int other = random.nextInt(size - 1);
        other = other < one ? other : other + 1; // never the same twice
        Routing.Health health = members.health(one);
        Routing.Health others = members.health(other);
        if (health != others) {
            return health.compareTo(others) < 0 ? one : other;
        }
        return members.inFlight(one) <= members.inFlight(other) ? one : other;
    }

    /** Of those that are in the best of health, the one whose hash with the key is the highest. */
    private static int highest(Routing.Members members, long key) {
        int best = 0;
        long highest = 0;
        Routing.Health healthiest = null;
        for (int i = 0; i < members.size(); i++) {
            Routing.Health health = members.health(i);
            int compared = healthiest == null ? -1 : health.compareTo(healthiest);
            long hash = compared > 0 ? 0 : mixed(members.name(i).hashCode() ^ key);
            if (compared < 0 || (compared == 0 && hash > highest)) {
                best = i;
                highest = hash;
                healthiest = health;
            }
        }
        return best;
    }

    /** Spreads the bits: the finalizer of SplittableRandom (Steele, Lea and Flood, 2014), after Stafford. */
    private static long mixed(long bits) {
        long mixed = bits + 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    /**
     * Begins anywhere, so that equals are chosen evenly; nobody is used less than an idle one, so that ends the search.
     */
    private static int leastUsed(Routing.Members members, RandomGenerator random) {
        int size = members.size();
        int start = random.nextInt(size);
        int best = start;
        int fewest = Integer.MAX_VALUE;
        for (int i = 0; i < size && fewest > 0; i++) {
            int index = start + i < size ? start + i : start + i - size;
            int inFlight = members.inFlight(index);
            if (inFlight < fewest) {
                fewest = inFlight;
                best = index;
            }
        }
        return best;
    }
}
