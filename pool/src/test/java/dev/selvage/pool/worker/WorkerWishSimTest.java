package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is coalesced, and what is kept for pipelines, on thousands of schedules. */
class WorkerWishSimTest {

    @Test
    @DisplayName("11.2 coalesced by several at once: each wish is in the job that its submitter got, and one job waits")
    void coalesced() {
        Explored explored =
                Sim.of(Wishes.class).clock(ClockMode.PATIENT).schedules(3_000).explore();
        assertThat(explored.distinct()).isGreaterThan(1_500);
    }

    @Test
    @DisplayName("11 who is interrupted while it waits for a place to keep has kept none, or has one and says so")
    void keptAndInterrupted() {
        Explored explored =
                Sim.of(Kept.class).clock(ClockMode.PATIENT).schedules(2_000).explore();
        assertThat(explored.distinct()).isGreaterThan(50);
    }

    static final class Wishes extends WorkerPoolScenario {
        Wishes() {
            super(
                    1,
                    options -> options.withCapacity(1).withParked(1).withCoalescing((one, other) -> {
                        Sim.point();
                        return new Work(one.key(), one.number() | other.number());
                    }));
        }

        private void wish(int bit) throws InterruptedException {
            submitted.incrementAndGet();
            Job<Integer> job = pool.submit(new Work("ada", bit));
            accepted.add(job);
            WorkerPool.Statistics now = pool.statistics();
            assertThat(now.queued() + now.parked())
                    .as("jobs of one key that wait")
                    .isLessThanOrEqualTo(1);
            assertThat(job.await() & bit).as("the wish").isEqualTo(bit);
        }

        @Override
        void disturb() throws Exception {
            Sim.together(() -> wish(1), () -> wish(2), () -> wish(4), () -> {
                wish(8);
                wish(16);
            });
        }
    }

    /** A pool that does not run, with one place. */
    static final class Kept implements Scenario {
        private final WorkerPool<String, String> pool = WorkerPool.create(
                "pool",
                1,
                user -> user,
                user -> user,
                options -> options.withCapacity(1).withTicker(Sim.ticker()));

        @Override
        public void play() throws Exception {
            Job<String> queued = pool.trySubmit("ada").orElseThrow();
            Thread keeper = Sim.start("keeper", () -> {
                try {
                    int kept = pool.dispatch().door.keep(1);
                    assertThat(kept).isEqualTo(1);
                    pool.dispatch().door.giveBack(1);
                } catch (InterruptedException keptNothing) {
                    assertThat(keptNothing).hasMessageContaining("waiting for a place");
                }
            });
            Sim.together(queued::cancel, keeper::interrupt);
            keeper.join();
            Optional<Job<String>> next = pool.trySubmit("bob");
            assertThat(next).isPresent();
            pool.close();
        }
    }
}
