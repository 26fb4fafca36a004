package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The load cases of the worker pool, in short; {@code -Dselvage.long=true} takes the long form. */
class WorkerLoadTest {
    private static final boolean LONG = Boolean.getBoolean("selvage.long");

    @Test
    @DisplayName("11.4 a million distinct keys leave nothing behind (in short: a tenth)")
    void millionKeys() throws Exception {
        int keys = LONG ? 1_000_000 : 100_000;
        AtomicLong sum = new AtomicLong();
        List<WeakReference<Object>> some = new ArrayList<>();
        try (WorkerPool<Object, Long> pool = WorkerPool.start(
                "keys", 4, job -> job, job -> sum.addAndGet(1), options -> options.withCapacity(100))) {
            for (int i = 0; i < keys; i++) {
                Object key = new Object();
                if (i % (keys / 100) == 0) {
                    some.add(new WeakReference<>(key));
                }
                pool.submit(key);
                if (i % 10 == 0) {
                    pool.submit(key); // parked, or not
                }
            }
            Threads.awaitTrue("all done", () -> pool.statistics().done() == keys + keys / 10);
            assertThat(pool.statistics().keys()).isZero();
            assertThat(sum).hasValue(keys + keys / 10);
            Threads.awaitTrue("no key is reachable", () -> {
                System.gc();
                return some.stream().allMatch(reference -> reference.get() == null);
            });
        }
    }

    @Test
    @DisplayName("11.2 a hot key with all it may park and submitters that wait holds up no cold job")
    void hotKeyHoldsUpNobody() throws Exception {
        int coldJobs = LONG ? 100_000 : 5_000;
        CountDownLatch open = new CountDownLatch(1);
        try (Threads threads = new Threads();
                WorkerPool<String, String> pool = WorkerPool.start(
                        "pool",
                        2,
                        key -> key,
                        key -> {
                            if (key.equals("hot")) {
                                open.await(); // its worker is lost to the others: one is left
                            }
                            return key;
                        },
                        options -> options.withCapacity(10).withParked(1_000))) {
            for (int i = 0; i < 1_001; i++) {
                pool.submit("hot");
            }
            for (int i = 0; i < 20; i++) {
                threads.start(ThreadKind.VIRTUAL, "hot-" + i, () -> pool.submit("hot"));
            }
            Threads.awaitTrue("they wait", () -> pool.statistics().blocked() == 20);
            for (int i = 0; i < coldJobs; i++) {
                pool.submit("cold " + i);
            }
            Threads.awaitTrue("cold jobs are done", () -> pool.statistics().done() == coldJobs);
            assertThat(pool.statistics().blocked()).isEqualTo(20);
            open.countDown();
            threads.join();
            Threads.awaitTrue("hot jobs are done", () -> pool.statistics().done() == coldJobs + 1_021);
        }
    }

    @Test
    @DisplayName("11.2 a hot key whose jobs never end gets its share of turns, and a cold job waits one round at most")
    void coldWaitsOneRound() throws Exception {
        Semaphore turns = new Semaphore(0);
        AtomicLong hot = new AtomicLong();
        try (WorkerPool<String, Long> pool = WorkerPool.start("pool", 1, key -> key, key -> {
            turns.acquire();
            return key.equals("hot") ? hot.incrementAndGet() : hot.get();
        })) {
            for (int i = 0; i < 1_000; i++) {
                pool.submit("hot");
            }
            for (int i = 0; i < 10; i++) {
                Job<Long> one = pool.submit("one");
                Job<Long> two = pool.submit("two");
                long before = hot.get();
                turns.release(4);
                assertThat(one.await()).isLessThanOrEqualTo(before + 2);
                assertThat(two.await()).isLessThanOrEqualTo(before + 2);
                long now = before + 2;
                Threads.awaitTrue("the turns are used", () -> hot.get() == now);
            }
            turns.release(1_000);
        }
    }
}
