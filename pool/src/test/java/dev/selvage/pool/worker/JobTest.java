package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.pool.worker.WorkerRig.Gate;
import dev.selvage.pool.worker.WorkerRig.Work;
import dev.selvage.task.Outcome;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import dev.selvage.time.FakeTicker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** 11.4: results as values, time limits, cancelling, closing. */
class JobTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static WorkerRig limited(int workers) throws InterruptedException {
        return WorkerRig.of(
                workers,
                options -> options.withTimeLimit(LIMIT)
                        .withInterruptPatience(PATIENCE)
                        .withAttempts(1, Backoff.none()));
    }

    // ---- results

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("11.4 a wait ends with the result, which stays; null is one")
    void results(ThreadKind kind) throws Exception {
        try (WorkerRig rig = new WorkerRig(kind, 1, options -> options)) {
            Gate gate = new Gate();
            Job<String> job = rig.pool.submit(new Work("ada", gate));
            assertThat(job.poll()).isEmpty();
            var waiting = rig.doing(job::await);
            Threads.awaitState(waiting.thread, Thread.State.WAITING);
            gate.open();
            assertThat(waiting.result()).isEqualTo("passed");
            assertThat(job.await()).isEqualTo("passed");
            assertThat(job.poll()).contains(new Outcome.Success<>("passed"));
            assertThat(job.isDone()).isTrue();
            assertThat(job.cancel()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("11.4 a wait that times out or is interrupted ends nothing but itself")
    void waitsEnd(ThreadKind kind) throws Exception {
        try (WorkerRig rig = new WorkerRig(kind, 1, options -> options)) {
            Gate gate = new Gate();
            Job<String> job = rig.pool.submit(new Work("ada", gate));
            gate.awaitEntered();
            var timed = rig.doing(() -> job.await(LIMIT));
            var polite = rig.doing(() -> job.join(LIMIT));
            rig.ticker.awaitParked(2);
            rig.ticker.advance(LIMIT);
            assertThat(timed.failure())
                    .isInstanceOf(WorkerException.TimedOut.class)
                    .hasMessage("job 1 of pool 'pool' (running, key ada, 1 attempt) was not done within PT5S");
            assertThat(polite.result()).isEmpty();
            var interrupted = rig.doing(job::await);
            Threads.awaitState(interrupted.thread, Thread.State.WAITING);
            interrupted.thread.interrupt();
            assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
            assertThat(job.join(Duration.ZERO)).isEmpty();
            gate.open();
            assertThat(job.await()).isEqualTo("passed");
        }
    }

    @Test
    @DisplayName("11.4 a job that awaits itself is told so")
    void awaitsItself() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1)) {
            AtomicReference<Job<String>> own = new AtomicReference<>();
            Gate gate = new Gate();
            own.set(rig.pool.submit(new Work("ada", "self", () -> {
                gate.call();
                try {
                    return own.get().await();
                } catch (WorkerException told) {
                    return String.valueOf(told.getMessage());
                }
            })));
            gate.open();
            assertThat(own.get().await()).contains("awaits itself");
        }
    }

    // ---- time limit

    @Test
    @DisplayName("11.4 an attempt that takes too long is interrupted, its key is free, and its worker goes on")
    void timeLimit() throws Exception {
        try (WorkerRig rig = limited(1)) {
            Gate gate = new Gate();
            Job<String> job = rig.pool.submit(new Work("ada", gate));
            gate.awaitEntered();
            rig.ticker.awaitParked(1);
            rig.ticker.advance(LIMIT);
            assertThatThrownBy(job::await)
                    .isInstanceOf(WorkerException.TimedOut.class)
                    .hasMessageContaining("took longer than PT5S");
            assertThat(rig.pool.submit(new Work("ada", "next")).await()).isEqualTo("next");
            assertThat(rig.pool.statistics().timeouts()).isEqualTo(1);
            assertThat(rig.pool.statistics().reclaimed()).isZero();
            Threads.awaitTrue("letter", () -> rig.letters.size() == 1);
            assertThat(rig.letters.getFirst().cause()).isInstanceOf(WorkerException.TimedOut.class);
        }
    }

    @Test
    @DisplayName("11.4 a limit of each attempt: one that is too slow is repeated as one that fails")
    void timeLimitIsRetried() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withTimeLimit(LIMIT))) {
            Gate gate = new Gate();
            Job<String> job = rig.pool.submit(new Work("ada", gate));
            gate.awaitEntered();
            rig.ticker.awaitParked(1);
            rig.ticker.advance(LIMIT);
            rig.awaitStatistics("retrying", statistics -> statistics.retrying() == 1);
            gate.open();
            rig.passRetryPause(1);
            assertThat(job.await()).isEqualTo("passed");
        }
    }

    @Test
    @DisplayName("11.4 an interrupt for one job does not reach the next on the same worker")
    void interruptsDoNotLeak() throws Exception {
        try (WorkerRig rig = limited(1)) {
            Gate stubborn = new Gate(true);
            Job<String> job = rig.pool.submit(new Work("ada", stubborn));
            Job<String> next = rig.pool.submit(
                    new Work("ada", "next", () -> Thread.currentThread().isInterrupted() ? "interrupted" : "clean"));
            stubborn.awaitEntered();
            rig.ticker.awaitParked(1);
            rig.ticker.advance(LIMIT);
            Threads.awaitTrue("interrupted", () -> stubborn.interrupted);
            stubborn.open(); // returns a value even so
            assertThat(job.await()).isEqualTo("passed");
            assertThat(next.await()).isEqualTo("clean");
        }
    }

    @Test
    @DisplayName("11.4, 4.3 who ignores its interrupt is abandoned and replaced; its key is kept until it really ends")
    void abandoned() throws Exception {
        try (WorkerRig rig = limited(1)) {
            Gate stubborn = new Gate(true);
            Job<String> job = rig.pool.submit(new Work("ada", stubborn));
            Job<String> behind = rig.pool.submit(new Work("ada", "behind"));
            stubborn.awaitEntered();
            rig.ticker.awaitParked(1);
            rig.ticker.advance(LIMIT);
            Threads.awaitTrue("interrupted", () -> stubborn.interrupted);
            rig.ticker.awaitParked(1);
            rig.ticker.advance(PATIENCE);
            assertThat(job.join()).isEqualTo(new Outcome.TimedOut<>(LIMIT));
            assertThat(rig.pool.submit(new Work("bob", "bob")).await()).isEqualTo("bob"); // by the new worker
            assertThat(behind.state()).isEqualTo(Job.State.PARKED);
            Threads.awaitTrue("letter", () -> rig.letters.size() == 1);
            assertThat(rig.letters.getFirst().cause()).isInstanceOf(WorkerException.WorkerDied.class);
            stubborn.open();
            assertThat(behind.await()).isEqualTo("behind");
            assertThat(rig.pool.statistics().reclaimed()).isEqualTo(1);
        }
    }

    // ---- cancelling

    @Test
    @DisplayName("11.4 cancelling a queued, a parked and a waiting job: gone at once, and who is behind goes on")
    void cancelWaiting() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1)) {
            Gate gate = rig.occupy("ada");
            Job<String> parked = rig.pool.submit(new Work("ada", "parked"));
            Job<String> queued = rig.pool.submit(new Work("bob", "queued"));
            Job<String> behind = rig.pool.submit(new Work("bob", "behind"));
            assertThat(parked.cancel()).isTrue();
            assertThat(parked.cancel()).isFalse();
            assertThat(queued.cancel()).isTrue();
            assertThat(List.of(parked.join(), queued.join()))
                    .allSatisfy(outcome -> assertThat(outcome).hasToString("Cancelled[reason=killed]"));
            assertThatThrownBy(queued::await).isInstanceOf(WorkerException.Cancelled.class);
            assertThat(rig.pool.statistics().parked()).isZero();
            gate.open();
            assertThat(behind.await()).isEqualTo("behind");
            assertThat(rig.ran).containsExactly("gate", "behind");
        }
    }

    @Test
    @DisplayName("11.4 cancelling makes room: for a submitter that waits for a place, and one that waits for a key")
    void cancelMakesRoom() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withCapacity(1).withParked(1))) {
            Gate gate = rig.occupy("ada");
            Job<String> parked = rig.pool.submit(new Work("ada", "parked"));
            Job<String> queued = rig.pool.submit(new Work("bob", "queued"));
            var forKey = rig.submitting(new Work("ada", "for key"));
            var forPlace = rig.submitting(new Work("eve", "for place"));
            parked.cancel();
            Job<String> one = forKey.result();
            queued.cancel();
            Job<String> two = forPlace.result();
            gate.open();
            assertThat(one.await()).isEqualTo("for key");
            assertThat(two.await()).isEqualTo("for place");
        }
    }

    @Test
    @DisplayName("11.4 cancelling a job that waits for its next attempt, or was put aside")
    void cancelDelayed() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withLookingAgain(LIMIT))) {
            Job<String> retrying = rig.pool.submit(new Work("ada", "fails", () -> {
                throw new IllegalStateException("planned");
            }));
            rig.awaitStatistics("retrying", statistics -> statistics.retrying() == 1);
            assertThat(retrying.cancel()).isTrue();
            Gate gate = rig.occupy("ada");
            Job<String> aside = rig.pool.submit(new Work("ada", "aside"));
            assertThat(aside.cancel()).isTrue();
            assertThat(rig.pool.statistics().parked() + rig.pool.statistics().retrying())
                    .isZero();
            gate.open();
        }
    }

    @Test
    @DisplayName("11.4 a job that was cancelled while it waited for an alarm is left alone when that time comes")
    void cancelledBeforeItsAlarm() throws Exception {
        Work failing = new Work("ada", "failing", () -> {
            throw new IllegalStateException("planned");
        });
        try (WorkerRig rig = WorkerRig.of(1)) {
            Job<String> cancelled = rig.pool.submit(failing);
            rig.awaitStatistics("retrying", statistics -> statistics.retrying() == 1);
            assertThat(cancelled.cancel()).isTrue();
            Job<String> other = rig.pool.submit(failing);
            for (int attempts = 1; attempts < 3; attempts++) {
                rig.passRetryPause(1);
            }
            assertThat(other.join()).isInstanceOf(Outcome.Failure.class);
            assertThat(rig.pool.statistics().retries()).isEqualTo(3);
            assertThat(cancelled.attempts()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("11.4 cancelling a running job interrupts it; it is done when it has returned, cancelled in any case")
    void cancelRunning() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1)) {
            Gate stubborn = new Gate(true);
            Job<String> job = rig.pool.submit(new Work("ada", stubborn));
            stubborn.awaitEntered();
            assertThat(job.cancel()).isTrue();
            assertThat(job.cancel()).isFalse();
            Threads.awaitTrue("interrupted", () -> stubborn.interrupted);
            assertThat(job.isDone()).isFalse(); // it has its key yet
            stubborn.open();
            assertThat(job.join()).hasToString("Cancelled[reason=killed]");
            assertThat(rig.pool.statistics().cancelled()).isEqualTo(1);
            assertThat(rig.letters).isEmpty();
        }
    }

    // ---- closing

    private static Thread closing(WorkerRig rig, Duration drain) {
        Thread closer = Thread.ofVirtual().start(() -> rig.pool.close(drain));
        Threads.awaitTrue("closed", rig.pool::isClosed);
        return closer;
    }

    @Test
    @DisplayName("11.4 a close drains: what was accepted is done, parked jobs and further attempts included")
    void drains() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1)) {
            Gate gate = rig.occupy("ada");
            Job<String> parked = rig.pool.submit(new Work("ada", "parked"));
            Job<String> queued = rig.pool.submit(new Work("bob", "queued"));
            AtomicReference<RuntimeException> once = new AtomicReference<>(new IllegalStateException("planned"));
            Job<String> twice = rig.pool.submit(new Work("eve", "twice", () -> {
                RuntimeException planned = once.getAndSet(null);
                if (planned != null) {
                    throw planned;
                }
                return "twice";
            }));
            Thread closer = closing(rig, Duration.ofDays(1));
            assertThatThrownBy(() -> rig.pool.submit(new Work("ada", "late")))
                    .isInstanceOf(WorkerException.Closed.class);
            gate.open();
            rig.awaitStatistics("one is to be tried again", statistics -> statistics.retrying() == 1);
            rig.ticker.awaitParked(2); // the closer, and whoever sees to the next attempt
            rig.passRetryPause(1);
            closer.join();
            assertThat(List.of(parked.await(), queued.await(), twice.await()))
                    .containsExactly("parked", "queued", "twice");
            assertThat(rig.pool.statistics().workers()).isZero();
        }
    }

    @Test
    @DisplayName("11.4 a close waits for jobs that were put aside, though their keys are free")
    void drainsWhatIsAside() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withLookingAgain(LIMIT))) {
            Gate gate = rig.occupy("ada");
            Job<String> aside = rig.pool.submit(new Work("ada", "aside"));
            gate.open();
            rig.awaitStatistics("the key is free", statistics -> statistics.keys() == 0);
            Thread closer = closing(rig, Duration.ofDays(1));
            Threads.awaitState(closer, Thread.State.WAITING, Thread.State.TIMED_WAITING);
            rig.ticker.awaitParked(2); // the closer and the clock
            rig.ticker.advance(LIMIT);
            closer.join();
            assertThat(aside.await()).isEqualTo("aside");
        }
    }

    @Test
    @DisplayName("11.4 a close waits for dead letters, which are not lost while their handler has time")
    void drainsLetters() throws Exception {
        CountDownLatch handling = new CountDownLatch(1);
        Semaphore handled = new Semaphore(0);
        try (WorkerRig rig = WorkerRig.of(
                1,
                options -> options.withAttempts(1, Backoff.none()).withDeadLetters(letter -> {
                    handling.countDown();
                    handled.acquireUninterruptibly();
                }))) {
            Job<String> poison = rig.pool.submit(new Work("ada", "poison", () -> {
                throw new IllegalStateException("planned");
            }));
            assertThat(poison.join()).isInstanceOf(Outcome.Failure.class);
            handling.await();
            Thread closer = closing(rig, Duration.ofDays(1));
            rig.ticker.awaitParked(1); // it waits in vain, but for the letter
            assertThat(rig.pool.statistics().workers()).isEqualTo(1);
            handled.release();
            closer.join();
            assertThat(rig.pool.statistics().letters()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("11.4 a close refuses submitters that wait")
    void closeRefusesWaiting(ThreadKind kind) throws Exception {
        try (WorkerRig rig =
                new WorkerRig(kind, 1, options -> options.withCapacity(1).withParked(0))) {
            Gate gate = rig.occupy("ada");
            rig.pool.submit(new Work("bob", "queued"));
            var forPlace = rig.submitting(new Work("eve", "for place"));
            var forKey = rig.submitting(new Work("ada", "for key"));
            Thread closer = closing(rig, Duration.ofDays(1));
            assertThat(forPlace.failure()).isInstanceOf(WorkerException.Closed.class);
            assertThat(forKey.failure()).isInstanceOf(WorkerException.Closed.class);
            gate.open();
            closer.join();
            assertThat(rig.pool.statistics().refused()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("11.4 when the time to drain is up the rest is cancelled, and interrupted where it runs")
    void aborts() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1)) {
            Gate gate = new Gate();
            Job<String> running = rig.pool.submit(new Work("ada", gate));
            Job<String> parked = rig.pool.submit(new Work("ada", "parked"));
            Job<String> queued = rig.pool.submit(new Work("bob", "queued"));
            gate.awaitEntered();
            Thread closer = closing(rig, LIMIT);
            rig.ticker.awaitParked(1);
            rig.ticker.advance(LIMIT);
            closer.join();
            for (Job<String> job : List.of(running, parked, queued)) {
                assertThat(job.join()).hasToString("Cancelled[reason=shutdown]");
            }
            assertThat(gate.interrupted).isTrue();
            assertThat(rig.pool.statistics().cancelled()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("11.4, failure 25 a job that ignores its interrupt does not hang the close")
    void abortAbandons() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withInterruptPatience(PATIENCE))) {
            Gate stubborn = new Gate(true);
            Job<String> job = rig.pool.submit(new Work("ada", stubborn));
            stubborn.awaitEntered();
            Thread closer = closing(rig, Duration.ZERO);
            Threads.awaitTrue("interrupted", () -> stubborn.interrupted);
            Threads.awaitTrue("closed", () -> {
                if (closer.isAlive() && rig.ticker.parked() > 0) {
                    rig.ticker.advance(PATIENCE);
                }
                return !closer.isAlive();
            });
            assertThat(job.join()).hasToString("Cancelled[reason=shutdown]");
            stubborn.open();
        }
    }

    @Test
    @DisplayName("11.4 a worker that closes its own pool is told that it would wait for itself")
    void closedByAWorker() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1)) {
            Job<String> job = rig.pool.submit(new Work("ada", "closer", () -> {
                try {
                    rig.pool.close();
                    return "closed";
                } catch (WorkerException told) {
                    return String.valueOf(told.getMessage());
                }
            }));
            assertThat(job.await()).contains("would wait for itself");
            assertThat(rig.pool.isClosed()).isFalse();
        }
    }

    @Test
    @DisplayName("11.4 a close without a tree that runs cancels at once")
    void closedWithoutATree() throws Exception {
        WorkerPool<String, String> pool = WorkerPool.create(
                "pool", 1, user -> user, user -> user, options -> options.withTicker(new FakeTicker()));
        Job<String> job = pool.submit("ada");
        pool.close();
        assertThat(job.join()).hasToString("Cancelled[reason=shutdown]");
        WorkerRig.assertEmpty(pool.statistics());
    }
}
