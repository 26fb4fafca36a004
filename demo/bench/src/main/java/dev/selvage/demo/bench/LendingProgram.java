package dev.selvage.demo.bench;

import com.sun.management.ThreadMXBean;
import dev.selvage.demo.bench.lender.Lender;
import dev.selvage.demo.bench.lender.Lenders;
import dev.selvage.process.ProcessScope;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Measures a pool that lends in a JVM of its own, and prints numbers. */
final class LendingProgram {
    private static final int STORM_BORROWERS = 2_000;
    private static final int STORM_SIZE = 50;
    private static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final int SPIKE_BORROWERS = 50;
    private static final int SPIKE_SIZE = 5;
    private static final long SPIKE_USE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long CONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    private static final int BYTES_SIZE = 32;
    private static final int BYTES_TIMES = 9;

    private LendingProgram() {}

    public static void main(String[] args) throws Exception {
        Logger.getLogger("dev.selvage").setLevel(Level.OFF);
        Lenders lender = Lenders.valueOf(args[1]);
        int count = Integer.parseInt(args[2]);
        switch (args[0]) {
            case "storm" -> storm(lender, TimeUnit.SECONDS.toNanos(count));
            case "spike" -> spike(lender);
            case "death" -> deaths(lender, count, args[3]);
            case "bytes" -> bytes(lender, count);
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.out.flush();
        Runtime.getRuntime().halt(0); // whatever threads are left
    }

    // ---- a storm

    private static void storm(Lenders lender, long nanos) throws Exception {
        Histogram waits = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        Histogram holds = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
        int[] turns = new int[STORM_BORROWERS];
        long begin = System.nanoTime() + WARM_UP_NANOS;
        long end = begin + nanos;
        try (Lender pool = lender.open(STORM_SIZE)) {
            FutureTask<Histogram> unrelated = new FutureTask<>(() -> lateness(begin, end));
            Thread.startVirtualThread(unrelated);
            List<Thread> borrowers = new ArrayList<>();
            for (int i = 0; i < STORM_BORROWERS; i++) {
                int borrower = i;
                borrowers.add(Thread.startVirtualThread(failing(() -> {
                    turns[borrower] = borrow(pool, begin, end, waits, holds);
                    return null;
                })));
            }
            for (Thread borrower : borrowers) {
                borrower.join();
            }
            Arrays.sort(turns);
            System.out.printf(
                    "%d %d %d %d %d %d %d %d%n",
                    waits.getTotalCount() * TimeUnit.SECONDS.toNanos(1) / nanos,
                    (long) holds.getMean(),
                    waits.getValueAtPercentile(50),
                    waits.getValueAtPercentile(99),
                    waits.getMaxValue(),
                    turns[0],
                    turns[turns.length - 1],
                    unrelated.get().getValueAtPercentile(99));
        }
    }

    /** Borrows until the end; returns how many turns it got since the beginning. */
    private static int borrow(Lender pool, long begin, long end, Histogram waits, Histogram holds) throws Exception {
        int turns = 0;
        for (long asked = System.nanoTime(); asked - end < 0; ) {
            Object taken = pool.take();
            long got = System.nanoTime();
            LockSupport.parkNanos(HOLD_NANOS);
            long held = System.nanoTime();
            pool.giveBack(taken);
            if (asked - begin >= 0 && got - end < 0) {
                waits.recordValue(got - asked);
                holds.recordValue(held - got);
                turns++;
            }
            asked = System.nanoTime();
        }
        return turns;
    }

    /** How late a virtual thread wakes that has nothing to do with all this. */
    private static Histogram lateness(long begin, long end) {
        Histogram late = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        for (long before = System.nanoTime(); before - end < 0; before = System.nanoTime()) {
            LockSupport.parkNanos(HOLD_NANOS);
            if (before - begin >= 0) {
                late.recordValue(Math.max(0, System.nanoTime() - before - HOLD_NANOS));
            }
        }
        return late;
    }

    // ---- a spike

    private static void spike(Lenders lender) throws Exception {
        AtomicInteger made = new AtomicInteger();
        Lenders.Growth growth = new Lenders.Growth(SPIKE_SIZE, SPIKE_BORROWERS, () -> {
            made.incrementAndGet();
            LockSupport.parkNanos(CONNECT_NANOS);
        });
        try (Lender pool = lender.open(growth)) {
            CountDownLatch go = new CountDownLatch(1);
            CountDownLatch done = new CountDownLatch(SPIKE_BORROWERS);
            for (int i = 0; i < SPIKE_BORROWERS; i++) {
                Thread.startVirtualThread(failing(() -> {
                    go.await();
                    Object taken = pool.take();
                    LockSupport.parkNanos(SPIKE_USE_NANOS);
                    pool.giveBack(taken);
                    done.countDown();
                    return null;
                }));
            }
            long began = System.nanoTime();
            go.countDown();
            done.await();
            long nanos = System.nanoTime() - began;
            LockSupport.parkNanos(2 * CONNECT_NANOS); // one that was begun meanwhile counts
            System.out.printf("%d %d%n", made.get(), nanos);
        }
    }

    // ---- a borrower that dies

    private static void deaths(Lenders lender, int count, String kind) throws Exception {
        long[] nanos = new long[count];
        try (Lender pool = lender.open(1);
                ProcessScope scope = ProcessScope.open("borrowers")) {
            for (int i = -count; i < count; i++) {
                long took = death(pool, scope, kind);
                if (took < 0) {
                    System.out.println("-1");
                    return;
                }
                if (i >= 0) { // it is compiled by now
                    nanos[i] = took;
                }
            }
        }
        Arrays.sort(nanos);
        System.out.printf("%d %d %d%n", nanos[count / 2], nanos[count - count / 100 - 1], nanos[count - 1]);
    }

    /** From the last instant of a borrower that gives nothing back until the next has it; less than 0: it does not. */
    private static long death(Lender pool, ProcessScope scope, String kind) throws Exception {
        CountDownLatch borrowed = new CountDownLatch(1);
        CountDownLatch die = new CountDownLatch(1);
        long[] ended = new long[1];
        Callable<Object> body = () -> {
            Object leaked = pool.take();
            borrowed.countDown();
            die.await();
            ended[0] = System.nanoTime();
            return leaked;
        };
        switch (kind) {
            case "process" -> scope.run("borrower", body::call);
            case "virtual thread" -> Thread.startVirtualThread(failing(body));
            case "platform thread" -> Thread.ofPlatform().start(failing(body));
            default -> throw new IllegalArgumentException(kind);
        }
        borrowed.await();
        FutureTask<Long> next = new FutureTask<>(() -> {
            Object taken = pool.take();
            long got = System.nanoTime();
            pool.giveBack(taken);
            return got;
        });
        Thread waiter = Thread.ofVirtual().start(next);
        while (waiter.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        die.countDown();
        return waiter.join(Duration.ofSeconds(2)) ? next.get() - ended[0] : -1;
    }

    // ---- bytes

    private static void bytes(Lenders lender, int threads) throws Exception {
        try (Lender pool = lender.open(BYTES_SIZE)) {
            long[] more = new long[BYTES_TIMES];
            for (int time = -BYTES_TIMES; time < BYTES_TIMES; time++) {
                long without = allocatedBy(threads, () -> null);
                long with = allocatedBy(threads, () -> {
                    pool.giveBack(pool.take());
                    return null;
                });
                if (time >= 0) {
                    more[time] = (with - without) / threads;
                }
            }
            Arrays.sort(more);
            System.out.printf("%d%n", more[BYTES_TIMES / 2]);
        }
    }

    private static long allocatedBy(int threads, Callable<?> body) throws InterruptedException {
        ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Runnable task = failing(body);
        long before = bean.getTotalThreadAllocatedBytes();
        for (int i = 0; i < threads; i++) {
            Thread.startVirtualThread(task).join();
        }
        return bean.getTotalThreadAllocatedBytes() - before;
    }

    /** A failure ends the program: a benchmark that goes on without it would show something else. */
    private static Runnable failing(Callable<?> body) {
        return () -> {
            try {
                body.call();
            } catch (Exception e) {
                System.err.println(e);
                Runtime.getRuntime().halt(1);
            }
        };
    }
}
