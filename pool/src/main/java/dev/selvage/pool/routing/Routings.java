package dev.selvage.pool.routing;

import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** The strategies behind {@link Routing}. */
final class Routings {
    static final Routing RANDOM =
            new Named("random", members -> ThreadLocalRandom.current().nextInt(members.size()));
    static final Routing LEAST_USED =
            new Named("least used", members -> leastUsed(members, ThreadLocalRandom.current()));

    private record Named(String name, Routing routing) implements Routing {
        @Override
        public int pick(Members members) {
            return routing.pick(members);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private Routings() {}

    static Routing random(RandomGenerator random) {
        Objects.requireNonNull(random, "random");
        return new Named("random", members -> random.nextInt(members.size()));
    }

    static Routing leastUsed(RandomGenerator random) {
        Objects.requireNonNull(random, "random");
        return new Named("least used", members -> leastUsed(members, random));
    }

    static Routing roundRobin() {
        AtomicInteger turn = new AtomicInteger(ThreadLocalRandom.current().nextInt());
        return new Named("round robin", members -> Math.floorMod(turn.getAndIncrement(), members.size()));
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
