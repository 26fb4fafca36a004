package dev.selvage.demo.bench;

import dev.selvage.pool.routing.Routing;
import dev.selvage.pool.routing.RoutingException;
import dev.selvage.pool.routing.RoutingPool;
import dev.selvage.pool.routing.Transport;
import java.io.EOFException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Measures how a routing pool spreads requests, in a JVM of its own, and prints numbers. */
final class BalancingProgram {
    private static final int MEMBERS = 10;
    private static final int ODD = 7;

    /** What a peer takes for one request, on the mean of an exponential distribution. */
    private static final double SERVICE_NANOS = 2e6;

    /** Of what all peers together can do. */
    private static final double LOAD = 0.6;

    private static final int SLOWER = 10;
    private static final int COLD_REQUESTS = 200;
    private static final int WARM_UP_SECONDS = 1;

    private BalancingProgram() {}

    /** What is odd about one of the peers. */
    private enum Situation {
        /** Nothing. */
        ALL_GOOD,
        /** It comes after the others, and is slow for its first requests. */
        COLD_START,
        /** It is slow. */
        ONE_SLOW;

        int slowness(int member, int served) {
            boolean slow = member == ODD && (this == ONE_SLOW || (this == COLD_START && served < COLD_REQUESTS));
            return slow ? SLOWER : 1;
        }
    }

    /** A peer with one server: its reader's thread takes its time for one request after the other. */
    private static final class Peer implements Transport<Integer, Integer> {
        private static final long CLOSED = -1;

        private final LinkedBlockingQueue<Long> requests = new LinkedBlockingQueue<>();
        private final Situation situation;
        private final int member;
        private final AtomicInteger served;
        private final SplittableRandom random;
        private long idleSince;

        Peer(Situation situation, int member, AtomicInteger served) {
            this.situation = situation;
            this.member = member;
            this.served = served;
            this.random = new SplittableRandom(member);
            this.idleSince = System.nanoTime();
        }

        @Override
        public void send(long id, Integer request) {
            requests.add(id);
        }

        @Override
        public Response<Integer> receive() throws InterruptedException, EOFException {
            Long id = requests.poll();
            if (id == null) {
                id = requests.take();
                idleSince = System.nanoTime();
            }
            if (id == CLOSED) {
                throw new EOFException();
            }
            // from when the last ended, not from when this thread came to run: the peer is on no busy machine
            idleSince +=
                    (long) exponential(random, SERVICE_NANOS * situation.slowness(member, served.getAndIncrement()));
            for (long left = idleSince - System.nanoTime(); left > 0; left = idleSince - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            return new Response<>(id, member);
        }

        @Override
        public void close() {
            requests.add(CLOSED);
        }
    }

    public static void main(String[] args) throws Exception {
        Logger.getLogger("dev.selvage").setLevel(Level.OFF);
        Situation situation = Situation.valueOf(args[0]);
        Routing routing = switch (args[1]) {
            case "random" -> Routing.random();
            case "round robin" -> Routing.roundRobin();
            case "least used" -> Routing.leastUsed();
            case "power of two" -> Routing.powerOfTwo();
            default -> throw new IllegalArgumentException(args[1]);
        };
        System.out.println(Drivers.inVirtualThread(() -> measure(situation, routing, Integer.parseInt(args[2]))));
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static String measure(Situation situation, Routing routing, int seconds) throws InterruptedException {
        CountDownLatch odd = new CountDownLatch(1);
        AtomicInteger[] served = new AtomicInteger[MEMBERS];
        for (int member = 0; member < MEMBERS; member++) {
            served[member] = new AtomicInteger();
        }
        boolean late = situation == Situation.COLD_START;
        try (RoutingPool<Integer, Integer> pool = RoutingPool.start(
                "bench",
                MEMBERS,
                member -> {
                    if (late && member == ODD) {
                        odd.await();
                    }
                    return new Peer(situation, member, served[member]);
                },
                options -> options.withRouting(routing).withConnectTimeout(Duration.ofMinutes(1)))) {
            pool.awaitReady(MEMBERS - (late ? 1 : 0), Duration.ofSeconds(10));
            requests(pool, WARM_UP_SECONDS);
            odd.countDown();
            pool.awaitReady(MEMBERS, Duration.ofSeconds(10));
            return requests(pool, seconds);
        }
    }

    /** Makes requests at random moments, whether earlier ones were answered or not; tells what became of them. */
    private static String requests(RoutingPool<Integer, Integer> pool, int seconds) throws InterruptedException {
        Histogram times = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        AtomicInteger failures = new AtomicInteger();
        AtomicInteger byOdd = new AtomicInteger();
        SplittableRandom random = new SplittableRandom(42);
        List<Thread> callers = new ArrayList<>();
        long begin = System.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(seconds);
        for (long due = begin; due - end < 0; due += (long) exponential(random, SERVICE_NANOS / (MEMBERS * LOAD))) {
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            long asked = due;
            callers.add(Thread.startVirtualThread(() -> {
                try {
                    if (pool.request(1) == ODD) {
                        byOdd.incrementAndGet();
                    }
                } catch (RoutingException failure) {
                    failures.incrementAndGet();
                } catch (InterruptedException never) {
                    Thread.currentThread().interrupt();
                }
                times.recordValue(System.nanoTime() - asked);
            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        return callers.size() + " " + failures + " " + byOdd + " " + times.getValueAtPercentile(50) + " "
                + times.getValueAtPercentile(99);
    }

    private static double exponential(SplittableRandom random, double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }
}
