package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.process.ProcessRef;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers that die, attempts that fail, cancels and a close under load: the books must balance exactly. */
class WorkerStormTest {
    private static final int KEYS = 50;
    private static final int WORKERS = 8;

    private record Work(int key, int number) {}

    private final AtomicIntegerArray users = new AtomicIntegerArray(KEYS);
    private final AtomicLong overlaps = new AtomicLong();
    private final AtomicLong deaths = new AtomicLong();
    private final AtomicLong letters = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    /** 1 % of the attempts kill their worker, 5 % throw. */
    private int work(Work work) throws Exception {
        if (users.incrementAndGet(work.key) != 1) {
            overlaps.incrementAndGet();
        }
        try {
            int fate = ThreadLocalRandom.current().nextInt(100);
            if (fate == 0) {
                deaths.incrementAndGet();
                ProcessRef.current().orElseThrow().kill();
                new CountDownLatch(1).await();
            } else if (fate < 6) {
                throw new IOException("planned");
            }
            return work.number;
        } finally {
            users.decrementAndGet(work.key);
        }
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("11 1 % deaths, failures, cancels, a close: submitted = done + failed + cancelled + letters + refused")
    void balances(ThreadKind kind) throws Exception {
        int submitters = kind == ThreadKind.VIRTUAL ? 200 : 40;
        int turns = kind == ThreadKind.VIRTUAL ? 100 : 250;
        WorkerPool<Work, Integer> pool = WorkerPool.start(
                "storm",
                WORKERS,
                Work::key,
                this::work,
                options -> options.withCapacity(64)
                        .withParked(64)
                        .withQuantum(4)
                        .withIntensity(Integer.MAX_VALUE, Duration.ofSeconds(5))
                        .withAttempts(2, Backoff.fixed(Duration.ofMillis(1)))
                        .withDeadLetters(letter -> letters.incrementAndGet()));
        List<Thread> running = new ArrayList<>();
        try (Threads threads = new Threads()) {
            for (int i = 0; i < submitters; i++) {
                SplittableRandom random = new SplittableRandom(i);
                running.add(threads.start(kind, "submitter-" + i, () -> submitAll(pool, random, turns)));
            }
            Threads.awaitTrue("most is done", () -> accepted.get() > submitters * (long) turns * 2 / 3);
            pool.close(Duration.ofSeconds(1));
            for (Thread thread : running) {
                thread.join();
            }
        }
        WorkerPool.Statistics end = pool.statistics();
        WorkerRig.assertEmpty(end);
        assertThat(end.keys()).isZero();
        assertThat(overlaps).as("two jobs of one key at once").hasValue(0);
        assertThat(end.submitted()).isEqualTo(accepted.get() + refused.get());
        assertThat(end.refused()).isEqualTo(refused.get());
        assertThat(end.deadLetters()).isEqualTo(letters.get()).isPositive();
        assertThat(end.reclaimed()).isGreaterThanOrEqualTo(deaths.get()).isPositive();
        assertThat(end.cancelled()).isPositive();
        assertThat(end.workers()).isZero();
    }

    private void submitAll(WorkerPool<Work, Integer> pool, SplittableRandom random, int turns)
            throws InterruptedException {
        for (int turn = 0; turn < turns; turn++) {
            int key = random.nextBoolean() ? 0 : random.nextInt(KEYS); // one of them is hot
            Work work = new Work(key, turn);
            try {
                Optional<Job<Integer>> job = random.nextInt(10) == 0 ? pool.trySubmit(work) : submit(pool, work);
                if (job.isEmpty()) {
                    refused.incrementAndGet();
                    continue;
                }
                accepted.incrementAndGet();
                if (random.nextInt(20) == 0) {
                    job.get().cancel();
                }
                if (random.nextInt(4) == 0) {
                    job.get().join();
                }
            } catch (WorkerException.Closed closed) {
                refused.incrementAndGet();
                return;
            }
        }
    }

    private static Optional<Job<Integer>> submit(WorkerPool<Work, Integer> pool, Work work)
            throws InterruptedException {
        try {
            return Optional.of(pool.submit(work, Duration.ofMillis(50)));
        } catch (WorkerException.Refused late) {
            return Optional.empty();
        }
    }
}
