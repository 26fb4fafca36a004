package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.task.Outcome;
import dev.selvage.time.Backoff;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Submit, park, finish, death, cancel and close against each other, on thousands of schedules. */
class WorkerPoolSimTest {

    private static void explore(Class<? extends Scenario> scenario, int schedules) {
        Explored explored =
                Sim.of(scenario).clock(ClockMode.PATIENT).schedules(schedules).explore();
        assertThat(explored.distinct()).isGreaterThan(schedules / 4);
    }

    @Test
    @DisplayName("11.1, 11.2 jobs of one key and of others from several submitters: each once, one at a time")
    void everyJobOnce() {
        explore(EveryJobOnce.class, 2_000);
    }

    @Test
    @DisplayName("11.1 a full queue and a full lot: no wake-up of a submitter is lost")
    void tightBounds() {
        explore(TightBounds.class, 3_000);
    }

    @Test
    @DisplayName("11.1 a submitter that times out or is interrupted is refused or accepted, never both")
    void submittersGiveUp() {
        explore(SubmittersGiveUp.class, 3_000);
    }

    @Test
    @DisplayName("11.2 jobs of one key keep the order in which one thread submitted them")
    void orderOfAKey() {
        explore(OrderOfAKey.class, 2_000);
    }

    @Test
    @DisplayName("11.3 workers die at any moment: every job is done once more, and the key is never two's")
    void workersDie() {
        explore(WorkersDie.class, 3_000);
    }

    @Test
    @DisplayName("11.3 attempts that fail, retries, and jobs behind them")
    void attemptsFail() {
        explore(AttemptsFail.class, 2_000);
    }

    @Test
    @DisplayName("11.4 cancelled at any moment: done or cancelled, never both, and who is behind goes on")
    void cancelledMeanwhile() {
        explore(CancelledMeanwhile.class, 3_000);
    }

    @Test
    @DisplayName("11.4 time limits against results: one of the two, and the interrupt reaches no other job")
    void timeLimits() {
        explore(TimeLimits.class, 2_000);
    }

    @Test
    @DisplayName("11.4 closed at any moment: every job has one outcome, and nobody waits for ever")
    void closedMeanwhile() {
        explore(ClosedMeanwhile.class, 4_000);
    }

    @Test
    @DisplayName("11.2 coalesced at any moment: what was asked for is in a job that begins afterwards")
    void coalesced() {
        explore(Coalesced.class, 3_000);
    }

    @Test
    @DisplayName("11.2 looking again: no job is lost between the alarm and the end of the one before")
    void lookingAgain() {
        explore(LookingAgain.class, 2_000);
    }

    @Test
    @DisplayName("11.1 to 11.4 all of it together")
    void everything() {
        explore(Everything.class, 4_000);
    }

    static final class EveryJobOnce extends WorkerPoolScenario {
        EveryJobOnce() {
            super(2, options -> options.withQuantum(2));
        }

        @Override
        void disturb() throws Exception {
            Sim.together(
                    () -> {
                        submit("ada");
                        submit("bob");
                    },
                    () -> submit("ada"),
                    () -> submit("ada").await());
            pool.close(Duration.ofSeconds(1));
            assertThat(ran).hasSize(4).doesNotHaveDuplicates();
        }
    }

    static final class TightBounds extends WorkerPoolScenario {
        TightBounds() {
            super(1, options -> options.withCapacity(1).withParked(1));
        }

        @Override
        void disturb() throws Exception {
            Sim.together(
                    () -> {
                        submit("ada");
                        submit("ada");
                    },
                    () -> {
                        submit("ada");
                        submit("bob");
                    },
                    () -> submit("bob"));
            pool.close(Duration.ofSeconds(1));
            assertThat(ran).hasSize(5).doesNotHaveDuplicates();
        }
    }

    static final class SubmittersGiveUp extends WorkerPoolScenario {
        SubmittersGiveUp() {
            super(1, options -> options.withCapacity(1).withParked(1));
        }

        @Override
        void work(Work work) throws Exception {
            Sim.sleep(Duration.ofMillis(1));
        }

        @Override
        void disturb() throws Exception {
            submit("ada");
            submit("bob");
            Sim.together(() -> submit("ada"), () -> timed("bob"), () -> timed("ada"), this::interrupted);
            pool.close(Duration.ofSeconds(1));
            WorkerPool.Statistics end = pool.statistics();
            assertThat(end.done()).isEqualTo(accepted.size());
            assertThat(end.refused()).isEqualTo(submitted.get() - accepted.size());
        }

        private void timed(String key) throws InterruptedException {
            try {
                accepted.add(pool.submit(new Work(key, submitted.incrementAndGet()), Duration.ofMillis(1)));
            } catch (WorkerException.Refused late) {
                assertThat(late).hasMessageContaining("in time");
            }
        }

        private void interrupted() throws InterruptedException {
            Thread submitter = Sim.start("interrupted", () -> {
                try {
                    submit("bob");
                    new CountDownLatch(1).await(); // an interrupt that came too late is still there, or this hangs
                } catch (InterruptedException before) {
                    if (String.valueOf(before.getMessage()).contains("before")) {
                        submitted.decrementAndGet(); // it came before the job was submitted
                    }
                }
            });
            Sim.sleep(Duration.ofMillis(Sim.random().nextInt(3))); // perhaps as it is served
            submitter.interrupt();
            submitter.join();
        }
    }

    static final class OrderOfAKey extends WorkerPoolScenario {
        OrderOfAKey() {
            super(2, options -> options.withParked(1));
        }

        @Override
        void disturb() throws Exception {
            Sim.together(
                    () -> {
                        for (int i = 0; i < 3; i++) {
                            submit("ada");
                        }
                    },
                    () -> submit("bob"));
            pool.close(Duration.ofSeconds(1));
            assertThat(ran.stream().filter(work -> work.key().equals("ada")).map(Work::number))
                    .isSorted();
        }
    }

    static final class WorkersDie extends WorkerPoolScenario {
        WorkersDie() {
            super(2, options -> options);
        }

        @Override
        boolean mayWorkersDie() {
            return true;
        }

        @Override
        void disturb() throws Exception {
            Sim.together(
                    () -> {
                        submit("ada");
                        submit("bob");
                    },
                    () -> submit("ada"),
                    this::killAWorker,
                    this::killAWorker);
            for (Job<Integer> job : accepted) {
                job.await();
            }
            assertThat(ran).contains(new Work("ada", 1));
        }
    }

    static final class AttemptsFail extends WorkerPoolScenario {
        private final AtomicInteger failures = new AtomicInteger(3);

        AttemptsFail() {
            super(2, options -> options.withCapacity(2).withParked(1));
        }

        @Override
        void work(Work work) {
            if (failures.decrementAndGet() >= 0) {
                throw new IllegalStateException("planned");
            }
        }

        @Override
        void disturb() throws Exception {
            Sim.together(
                    () -> {
                        submit("ada");
                        submit("ada");
                    },
                    () -> {
                        submit("bob");
                        submit("ada");
                    });
            for (Job<Integer> job : accepted) {
                job.await();
            }
            assertThat(ran).hasSize(4);
            assertThat(pool.statistics().retries()).isEqualTo(3);
        }
    }

    static final class CancelledMeanwhile extends WorkerPoolScenario {
        CancelledMeanwhile() {
            super(1, options -> options.withCapacity(2).withParked(1));
        }

        @Override
        void disturb() throws Exception {
            Job<Integer> one = submit("ada");
            Job<Integer> two = submit("ada");
            Job<Integer> three = submit("bob");
            AtomicInteger cancelled = new AtomicInteger();
            Sim.together(
                    () -> {
                        if (one.cancel()) {
                            cancelled.incrementAndGet();
                        }
                        if (two.cancel()) {
                            cancelled.incrementAndGet();
                        }
                    },
                    () -> {
                        if (three.cancel()) {
                            cancelled.incrementAndGet();
                        }
                    },
                    () -> submit("ada").await(),
                    () -> submit("bob").await());
            for (Job<Integer> job : accepted) {
                job.join();
            }
            assertThat(pool.statistics().cancelled()).isEqualTo(cancelled.get());
            assertThat(pool.statistics().done()).isEqualTo(5 - cancelled.get());
        }
    }

    static final class TimeLimits extends WorkerPoolScenario {
        private static final Duration LIMIT = Duration.ofMillis(5);

        TimeLimits() {
            super(1, options -> options.withTimeLimit(LIMIT).withAttempts(1, Backoff.none()));
        }

        @Override
        void work(Work work) throws Exception {
            if (work.key().equals("ada")) {
                Sim.sleep(LIMIT); // as long as it may take
            }
        }

        @Override
        boolean mayBeInterrupted() {
            return false;
        }

        @Override
        void disturb() throws Exception {
            Sim.together(
                    () -> {
                        submit("ada");
                        submit("bob").await();
                    },
                    () -> submit("bob").await());
            for (Job<Integer> job : accepted) {
                assertThat(job.join()).isNotInstanceOf(Outcome.Failure.class);
            }
        }
    }

    static final class ClosedMeanwhile extends WorkerPoolScenario {
        ClosedMeanwhile() {
            super(1, options -> options.withCapacity(1).withParked(1));
        }

        private void submitUntilClosed(String key) throws InterruptedException {
            try {
                submit(key);
                submit(key).join();
            } catch (WorkerException.Closed closed) {
                assertThat(pool.isClosed()).isTrue();
            }
        }

        @Override
        void disturb() throws Exception {
            Sim.together(
                    () -> submitUntilClosed("ada"),
                    () -> submitUntilClosed("ada"),
                    () -> submitUntilClosed("bob"),
                    () -> pool.close(Duration.ofMillis(Sim.random().nextInt(2))));
        }
    }

    static final class Coalesced extends WorkerPoolScenario {
        private final AtomicInteger wanted = new AtomicInteger();
        private final AtomicInteger seen = new AtomicInteger();

        Coalesced() {
            super(1, options -> options.withCapacity(1).withParked(1).withCoalescing((one, two) -> two));
        }

        @Override
        void work(Work work) {
            seen.set(wanted.get());
        }

        private void want() throws InterruptedException {
            int mine = wanted.incrementAndGet();
            submit("ada").await();
            assertThat(seen.get()).isGreaterThanOrEqualTo(mine);
        }

        @Override
        void disturb() throws Exception {
            Sim.together(this::want, this::want, this::want, () -> submit("bob"));
        }
    }

    static final class LookingAgain extends WorkerPoolScenario {
        LookingAgain() {
            super(2, options -> options.withLookingAgain(Duration.ofMillis(1)));
        }

        @Override
        void work(Work work) throws Exception {
            Sim.sleep(Duration.ofMillis(Sim.random().nextInt(3)));
        }

        @Override
        void disturb() throws Exception {
            Sim.together(
                    () -> submit("ada"),
                    () -> submit("ada"),
                    () -> submit("ada").await());
            pool.close(Duration.ofSeconds(1));
            assertThat(ran).hasSize(3);
        }
    }

    static final class Everything extends WorkerPoolScenario {
        Everything() {
            super(
                    2,
                    options -> options.withCapacity(1)
                            .withParked(1)
                            .withTimeLimit(Duration.ofMillis(3))
                            .withAttempts(2, Backoff.fixed(Duration.ofMillis(1))));
        }

        @Override
        boolean mayWorkersDie() {
            return true;
        }

        @Override
        void work(Work work) throws Exception {
            switch (Sim.random().nextInt(5)) {
                case 0 -> throw new IllegalStateException("planned");
                case 1 -> Sim.sleep(Duration.ofMillis(Sim.random().nextInt(5)));
                default -> Sim.point();
            }
        }

        @Override
        void disturb() throws Exception {
            Sim.together(
                    () -> {
                        Job<Integer> job = submit("ada");
                        submit("ada");
                        job.cancel();
                    },
                    () -> {
                        submit("bob");
                        Optional<Job<Integer>> tried = pool.trySubmit(new Work("ada", submitted.incrementAndGet()));
                        tried.ifPresent(accepted::add);
                    },
                    () -> submit("ada").join(),
                    this::killAWorker);
        }
    }
}
