package dev.selvage.pool.routing;

import java.util.List;
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

    /** From the best to the worst. */
    private static final List<Routing.Health> HEALTHS = List.of(Routing.Health.values());

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

    /** Draws both from one number: its halves are independent, and drawing costs more than all the rest. */
    private static int betterOfTwo(Routing.Members members, RandomGenerator random) {
        int size = members.size();
        if (size == 1) {
            return 0;
        }
        long drawn = random.nextLong();
        int one = scaled(drawn >>> Integer.SIZE, size);
        int other = scaled(drawn & 0xffff_ffffL, size - 1);
        other = other < one ? other : other + 1; // never the same twice
        Routing.Health health = members.health(one);
        Routing.Health others = members.health(other);
        if (health != others) {
            return health.compareTo(others) < 0 ? one : other;
        }
        return members.inFlight(one) <= members.inFlight(other) ? one : other;
    }

    /** Scales 32 random bits to 0 to bound - 1 (Lemire, 2019; what is uneven by less than bound in 2^32 is left so). */
    private static int scaled(long bits, int bound) {
        return (int) ((bits * bound) >>> Integer.SIZE);
    }

    /** Of those that are in the best of health, the one whose hash with the key is the highest. */
    private static int highest(Routing.Members members, long key) {
        for (Routing.Health health : HEALTHS) {
            int best = highestOf(members, key, health);
            if (best >= 0) {
                return best;
            }
        }
        return scaled(key >>> Integer.SIZE, members.size()); // each was in another health whenever it was asked
    }

    /** Asks for the health of those only that would be chosen: a handful of many. Less than 0: nobody is so well. */
    private static int highestOf(Routing.Members members, long key, Routing.Health wanted) {
        int best = -1;
        long highest = Long.MIN_VALUE;
        int size = members.size();
        for (int i = 0; i < size; i++) {
            long hash = hash(members.name(i), key);
            if ((hash > highest || best < 0) && members.health(i) == wanted) {
                best = i;
                highest = hash;
            }
        }
        return best;
    }

    /** Two multiplications: with one, names that differ in their ends only, as those of a pool do, share unevenly. */
    private static long hash(String name, long key) {
        long spread = (name.hashCode() * 0x9e3779b97f4a7c15L) ^ key;
        return (spread ^ (spread >>> 32)) * 0xbf58476d1ce4e5b9L;
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
        int best = fewestFrom(members, start, size, start);
        return members.inFlight(best) == 0 ? best : fewestFrom(members, 0, start, best);
    }

    /** The one with the fewest requests of a range, if it has fewer than the best so far. */
    private static int fewestFrom(Routing.Members members, int from, int to, int bestSoFar) {
        int best = bestSoFar;
        int fewest = members.inFlight(best);
        for (int i = from; i < to && fewest > 0; i++) {
            int inFlight = members.inFlight(i);
            if (inFlight < fewest) {
                fewest = inFlight;
                best = i;
            }
        }
        return best;
    }
}
