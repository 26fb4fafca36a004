package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What leaving costs where very many stand. */
class DepartureCostTest {
    private static final int MANY = 150_000;
    private static final int DEPARTURES = 2_000;

    @Test
    @DisplayName("6.7, known failure 11: leaving costs the same with 150,000 entries under a key as with 10")
    void leavingIsFlat() {
        long few = Long.MAX_VALUE;
        long many = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            few = Math.min(few, nanosToLeaveAndReturn(10));
            many = Math.min(many, nanosToLeaveAndReturn(MANY));
        }

        // a walk over the others would be 15,000 times as long; memory that is in no cache is some times as long
        assertThat(many).isLessThan(100 * few);
    }

    private static long nanosToLeaveAndReturn(int population) {
        try (DuplicateRegistry<String, Integer> registry = Registry.duplicate("crowd")) {
            List<Registration<String, Integer>> crowd = new ArrayList<>();
            for (int i = 0; i < population; i++) {
                crowd.add(registry.register("all", i));
            }
            Random random = new Random(1);
            long start = System.nanoTime();
            for (int i = 0; i < DEPARTURES; i++) {
                int leaving = random.nextInt(population);
                crowd.get(leaving).close();
                crowd.set(leaving, registry.register("all", i));
            }
            long nanos = System.nanoTime() - start;
            assertThat(registry.count("all")).isEqualTo(population);
            return nanos;
        }
    }

    @Test
    @DisplayName("6.7, known failure 11: of 150,000 owners under one key 1,000 end, and the others stay in order")
    void manyOwnersStayWhileSomeEnd() throws Exception {
        try (DuplicateRegistry<String, Integer> registry = Registry.duplicate("crowd")) {
            List<Thread> threads = new ArrayList<>(MANY);
            CountDownLatch registered = new CountDownLatch(MANY);
            for (int i = 0; i < MANY; i++) {
                int number = i;
                threads.add(Thread.startVirtualThread(() -> {
                    registry.register("all", number);
                    registered.countDown();
                    while (!Thread.interrupted()) {
                        LockSupport.park();
                    }
                }));
            }
            registered.await();
            assertThat(registry.count("all")).isEqualTo(MANY);

            Collections.shuffle(threads, new Random(1));
            end(threads.subList(0, 1_000));

            assertThat(registry.lookup("all"))
                    .hasSize(MANY - 1_000)
                    .allMatch(entry -> entry.owner().thread().isAlive());
            end(threads.subList(1_000, MANY));
            assertThat(registry.lookup("all")).isEmpty();
        }
    }

    private static void end(List<Thread> threads) throws InterruptedException {
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
