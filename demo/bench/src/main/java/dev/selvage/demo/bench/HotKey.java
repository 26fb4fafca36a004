package dev.selvage.demo.bench;

import dev.selvage.lock.KeyedLocks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** One key that virtual threads hand to each other, first come, first served. */
@Table(title = "Hot key", says = """
                Eight virtual threads queue for one key, each 2,500 times, first come, first served, holding it \
                for nothing: the time of one hand-over. The ring is no lock at all: threads that unpark one another \
                in turn, which is what serving strictly in order costs whatever else one does.""")
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HotKey {
    private static final int THREADS = 8;
    private static final int TURNS = 2_500;
    private static final int ALL_TURNS = THREADS * TURNS;

    /** Made by JMH. */
    public HotKey() {}

    private interface Held extends AutoCloseable {
        @Override
        void close();
    }

    private interface Hot {
        Held lock() throws InterruptedException;
    }

    /** The lock is held until all of them queue, so that none runs through its turns alone. */
    private static int passAround(Hot hot) throws InterruptedException {
        return Drivers.inVirtualThread(() -> {
            int[] turns = new int[1];
            List<Thread> threads = new ArrayList<>();
            try (Held first = hot.lock()) {
                for (int i = 0; i < THREADS; i++) {
                    threads.add(Thread.startVirtualThread(() -> takeTurns(hot, turns)));
                }
                while (threads.stream().anyMatch(thread -> thread.getState() != Thread.State.WAITING)) {
                    LockSupport.parkNanos(10_000);
                }
            }
            for (Thread thread : threads) {
                thread.join();
            }
            if (turns[0] != ALL_TURNS) {
                throw new IllegalStateException(turns[0] + " turns under the lock, not " + ALL_TURNS);
            }
            return turns[0];
        });
    }

    private static void takeTurns(Hot hot, int[] turns) {
        try {
            for (int i = 0; i < TURNS; i++) {
                try (Held held = hot.lock()) {
                    turns[0]++;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Ours.
     *
     * @return the turns
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(value = "KeyedLocks", role = Role.SELVAGE, atMost = 0.5)
    @OperationsPerInvocation(ALL_TURNS)
    public int selvage() throws InterruptedException {
        KeyedLocks<String> locks = KeyedLocks.create("bench");
        return passAround(() -> locks.lock("hot")::close);
    }

    /**
     * The floor: a fair lock.
     *
     * @return the turns
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(value = "fair ReentrantLock", role = Role.FLOOR)
    @OperationsPerInvocation(ALL_TURNS)
    public int floorFairLock() throws InterruptedException {
        ReentrantLock lock = new ReentrantLock(true);
        Held held = lock::unlock;
        return passAround(() -> {
            lock.lockInterruptibly();
            return held;
        });
    }

    /**
     * No lock: a ring of threads that wake one another.
     *
     * @return the turns
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(value = "ring of threads that unpark one another", role = Role.PLAIN)
    @OperationsPerInvocation(ALL_TURNS)
    public int ring() throws InterruptedException {
        return Drivers.inVirtualThread(() -> {
            AtomicInteger turn = new AtomicInteger();
            Thread[] threads = new Thread[THREADS];
            for (int i = 0; i < THREADS; i++) {
                int place = i;
                threads[i] = Thread.ofVirtual().unstarted(() -> {
                    for (int mine = place; mine < ALL_TURNS; mine += THREADS) {
                        while (turn.get() != mine) {
                            LockSupport.park();
                        }
                        turn.set(mine + 1);
                        LockSupport.unpark(threads[(place + 1) % THREADS]);
                    }
                });
            }
            for (Thread thread : threads) {
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            return turn.get();
        });
    }
}
