package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.pool.routing.Routing.Health;
import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The three situations in which strategies differ: all members alike, one that has just come and is cold, one that is
 * slow. Counted, not timed: a queueing model on a clock of its own, with seeds, so each run gives the same figures.
 *
 * <p>Ten members, each a queue with one server that takes 1 ms on average (exponential); requests come at random
 * (Poisson) at six tenths of what all can do. What is slow or cold takes ten times as long.
 */
class LoadBalancingTest {
    private static final int MEMBERS = 10;
    private static final int REQUESTS = 200_000;
    private static final double LOAD = 0.6;
    private static final int ODD = 7;

    /** How much longer than the others the odd member takes for its n-th request. */
    @FunctionalInterface
    private interface Slowness {
        double at(int request);
    }

    private static final Slowness NONE = request -> 1;
    private static final Slowness COLD = request -> request < 200 ? 10 : 1;
    private static final Slowness SLOW = request -> 10;

    /** What came out: the 99th percentile of all waits in ms, and the odd member's share of the requests. */
    private record Outcome(double p99, double share) {}

    /** A request under way. */
    private record Job(double end, int member) {}

    private static final class Model implements Routing.Members {
        private final Random random = new Random(42);
        private final int[] inFlight = new int[MEMBERS];
        private final double[] busyUntil = new double[MEMBERS];
        private final int[] taken = new int[MEMBERS];
        private final PriorityQueue<Job> jobs = new PriorityQueue<>((a, b) -> Double.compare(a.end, b.end));

        Outcome play(Routing routing, Slowness slowness) {
            double[] waits = new double[REQUESTS];
            double now = 0;
            for (int i = 0; i < REQUESTS; i++) {
                now += exponential() / (MEMBERS * LOAD);
                while (!jobs.isEmpty() && jobs.peek().end <= now) {
                    inFlight[jobs.remove().member]--;
                }
                int chosen = routing.pick(this, i);
                double time = exponential() * (chosen == ODD ? slowness.at(taken[chosen]) : 1);
                taken[chosen]++;
                inFlight[chosen]++;
                busyUntil[chosen] = Math.max(now, busyUntil[chosen]) + time;
                jobs.add(new Job(busyUntil[chosen], chosen));
                waits[i] = busyUntil[chosen] - now;
            }
            Arrays.sort(waits);
            return new Outcome(waits[REQUESTS / 100 * 99], (double) taken[ODD] / REQUESTS);
        }

        private double exponential() {
            return -Math.log(1 - random.nextDouble());
        }

        @Override
        public int size() {
            return MEMBERS;
        }

        @Override
        public int inFlight(int index) {
            return inFlight[index];
        }

        @Override
        public Health health(int index) {
            return Health.GOOD;
        }

        @Override
        public String name(int index) {
            return "member-" + index;
        }
    }

    private static Outcome random(Slowness slowness) {
        return new Model().play(Routing.random(new Random(1)), slowness);
    }

    private static Outcome powerOfTwo(Slowness slowness) {
        return new Model().play(Routing.powerOfTwo(new Random(1)), slowness);
    }

    private static Outcome leastUsed(Slowness slowness) {
        return new Model().play(Routing.leastUsed(new Random(1)), slowness);
    }

    @Test
    @DisplayName("10.1 all good: power of two choices spreads evenly, and halves the 99th percentile of random")
    void allGood() {
        Outcome random = random(NONE);
        Outcome powerOfTwo = powerOfTwo(NONE);
        assertThat(powerOfTwo.share).isBetween(0.095, 0.105);
        assertThat(powerOfTwo.p99).isLessThan(0.55 * random.p99);
        assertThat(powerOfTwo.p99).isLessThan(1.5 * leastUsed(NONE).p99);
    }

    @Test
    @DisplayName("10.1 cold start: power of two choices spares the member that has just come, and soon uses it fully")
    void coldStart() {
        Outcome powerOfTwo = powerOfTwo(COLD);
        assertThat(powerOfTwo.share).isBetween(0.09, 0.1);
        assertThat(powerOfTwo.p99).isLessThan(0.5 * random(COLD).p99);
        assertThat(powerOfTwo.p99).isLessThan(1.1 * powerOfTwo(NONE).p99);
    }

    @Test
    @DisplayName("10.1 one slow member: random drowns in it; power of two choices gives it a fraction of its share")
    void oneSlow() {
        Outcome random = random(SLOW);
        Outcome powerOfTwo = powerOfTwo(SLOW);
        assertThat(random.share).isBetween(0.095, 0.105);
        assertThat(powerOfTwo.share).isLessThan(0.03);
        assertThat(powerOfTwo.p99).isLessThan(random.p99 / 1_000);
        assertThat(powerOfTwo.p99).isLessThan(3 * leastUsed(SLOW).p99);
    }
}
