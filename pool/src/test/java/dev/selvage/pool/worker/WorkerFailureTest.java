package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.pool.worker.WorkerRig.Gate;
import dev.selvage.pool.worker.WorkerRig.Work;
import dev.selvage.process.ProcessRef;
import dev.selvage.task.Outcome;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** 11.3: attempts that fail, workers that die, and poison. */
class WorkerFailureTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final AtomicInteger attempts = new AtomicInteger();

    /** A job that fails so many times before it has a result. */
    private Work failing(String key, int times) {
        return new Work(key, "failing", () -> {
            if (attempts.incrementAndGet() <= times) {
                throw new IOException("planned " + attempts.get());
            }
            return "at last";
        });
    }

    @Test
    @DisplayName("11.3 an attempt that throws is repeated after its backoff, and the worker goes on")
    void retried() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1)) {
            Job<String> job = rig.pool.submit(failing("ada", 2));
            rig.passRetryPause(1);
            Threads.awaitTrue("two attempts", () -> attempts.get() == 2);
            rig.passRetryPause(1);
            assertThat(job.await()).isEqualTo("at last");
            assertThat(job.attempts()).isEqualTo(3);
            assertThat(rig.pool.statistics().retries()).isEqualTo(2);
            assertThat(rig.pool.statistics().reclaimed()).isZero();
        }
    }

    @Test
    @DisplayName("11.3 while a job waits for its next attempt its key is free, and it takes its turn anew")
    void keyIsFreeMeanwhile() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1)) {
            Job<String> job = rig.pool.submit(failing("ada", 1));
            rig.awaitStatistics("retrying", statistics -> statistics.retrying() == 1);
            assertThat(job.state()).isEqualTo(Job.State.RETRYING);
            assertThat(rig.pool.submit(new Work("ada", "meanwhile")).await()).isEqualTo("meanwhile");
            Gate gate = rig.occupy("ada");
            rig.passRetryPause(1);
            rig.awaitStatistics("parked", statistics -> statistics.parked() == 1);
            gate.open();
            job.await();
            assertThat(rig.ran).containsExactly("meanwhile", "gate", "failing");
        }
    }

    @Test
    @DisplayName(
            "11.3 poison ends with the dead-letter handler, after its attempts and no more, and who waits learns it")
    void poison() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1)) {
            Job<String> job = rig.pool.submit(failing("ada", 100));
            rig.passRetryPause(1);
            Threads.awaitTrue("two attempts", () -> attempts.get() == 2);
            rig.passRetryPause(1);
            assertThatThrownBy(job::await)
                    .isInstanceOf(WorkerException.Failed.class)
                    .hasMessageContaining("planned 3")
                    .hasCauseInstanceOf(IOException.class);
            Threads.awaitTrue("handled", () -> rig.letters.size() == 1);
            WorkerPool.DeadLetter<Work> letter = rig.letters.getFirst();
            assertThat(letter.job().name()).isEqualTo("failing");
            assertThat(letter.attempts()).isEqualTo(3);
            assertThat(letter.cause()).hasMessage("planned 3");
            assertThat(attempts).hasValue(3);
            assertThat(rig.pool.statistics().deadLetters()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("11.3, failure 3 an Error counts as an exception does")
    void errors() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withAttempts(1, Backoff.none()))) {
            Job<String> job = rig.pool.submit(new Work("ada", "error", () -> {
                throw new StackOverflowError("planned");
            }));
            assertThat(job.join()).isInstanceOf(Outcome.Failure.class);
            assertThat(rig.pool.submit(new Work("ada", "next")).await()).isEqualTo("next");
        }
    }

    @Test
    @DisplayName("11.3 a failure that is not worth it is not repeated, is no dead letter, and is reported")
    void notWorthIt() throws Exception {
        List<String> told = new ArrayList<>();
        WorkerListener listener = new WorkerListener() {
            @Override
            public void onFailure(String pool, Object job, int attempts, Throwable cause) {
                told.add(pool + ", " + job + ", " + attempts + ", " + cause.getMessage());
            }
        };
        try (WorkerRig rig = WorkerRig.of(
                1,
                options -> options.withRetryIf(cause -> !(cause instanceof IOException))
                        .withListener(listener))) {
            Job<String> job = rig.pool.submit(failing("ada", 100));
            assertThatThrownBy(job::await).isInstanceOf(WorkerException.Failed.class);
            rig.pool.submit(new Work("ada", "next")).await(); // told before the worker went on
            assertThat(told).containsExactly("pool, failing, 1, planned 1");
            assertThat(rig.pool.statistics().failed()).isEqualTo(1);
            assertThat(rig.letters).isEmpty();
        }
    }

    @Test
    @DisplayName("11.3 a worker that dies frees its key at once; it is replaced, and its job is tried again")
    void workerDies() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1)) {
            Gate gate = new Gate();
            Job<String> job = rig.pool.submit(new Work("ada", gate));
            Job<String> behind = rig.pool.submit(new Work("ada", "behind"));
            ProcessRef<?> worker = rig.workerOf(gate.awaitEntered());
            worker.kill();
            assertThat(behind.await()).isEqualTo("behind"); // in standing time
            assertThat(rig.pool.statistics().reclaimed()).isEqualTo(1);
            gate.open();
            rig.passRetryPause(1);
            assertThat(job.await()).isEqualTo("passed");
            assertThat(job.attempts()).isEqualTo(2);
            rig.awaitStatistics("replaced", statistics -> statistics.workers() == 1);
        }
    }

    @Test
    @DisplayName("11.3, 4.2 who learns of a worker's death finds the key of its job free")
    void keyIsFreeFirst() throws Exception {
        try (WorkerRig rig = WorkerRig.of(2)) {
            Gate gate = rig.occupy("ada");
            ProcessRef<?> worker = rig.workerOf(gate);
            worker.kill();
            worker.join();
            assertThat(rig.pool.statistics().keys()).isZero();
            gate.open();
        }
    }

    @Test
    @DisplayName("11.3 a job that kills its worker each time is poison, too: never lost silently")
    void killsItsWorker() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1)) {
            Job<String> job = rig.pool.submit(new Work("ada", "killer", () -> {
                ProcessRef.current().orElseThrow().kill();
                new CountDownLatch(1).await();
                return "never";
            }));
            rig.passRetryPause(1);
            rig.awaitStatistics("second", statistics -> statistics.reclaimed() == 2);
            rig.passRetryPause(1);
            assertThatThrownBy(job::await)
                    .isInstanceOf(WorkerException.Failed.class)
                    .hasCauseInstanceOf(WorkerException.WorkerDied.class)
                    .hasMessageContaining("ended in the middle of the job");
            Threads.awaitTrue("handled", () -> rig.letters.size() == 1);
            assertThat(rig.letters.getFirst().attempts()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("11.3 a pool whose workers die too often gives up, and nobody is left waiting")
    void givesUp() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withIntensity(0, PATIENCE))) {
            Gate gate = new Gate();
            Job<String> running = rig.pool.submit(new Work("ada", gate));
            Job<String> parked = rig.pool.submit(new Work("ada", "parked"));
            Job<String> queued = rig.pool.submit(new Work("bob", "queued"));
            rig.workerOf(gate.awaitEntered()).kill();
            for (Job<String> job : List.of(running, parked, queued)) {
                assertThat(job.join()).hasToString("Cancelled[reason=shutdown]");
            }
            assertThat(rig.pool.isClosed()).isTrue();
            assertThatThrownBy(() -> rig.pool.submit(new Work("eve", "late")))
                    .isInstanceOf(WorkerException.Closed.class);
        }
    }

    @Test
    @DisplayName("11.3 jobs that wait for their next attempt keep their place: a pool whose jobs all fail is full")
    void retriesArePressure() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withCapacity(2))) {
            Job<String> one = rig.pool.submit(failing("1", 2));
            Job<String> two = rig.pool.submit(failing("2", 2));
            rig.awaitStatistics("both failed", statistics -> statistics.retrying() == 2);
            assertThat(rig.pool.trySubmit(new Work("3", "refused"))).isEmpty();
            var waiting = rig.submitting(new Work("3", "waiting"));
            rig.passRetryPause(2);
            assertThat(waiting.result().await()).isEqualTo("waiting");
            assertThat(one.await()).isEqualTo("at last");
            assertThat(two.await()).isEqualTo("at last");
        }
    }

    @Test
    @DisplayName("11.3 dead letters that wait for their handler keep their place, too")
    void lettersArePressure() throws Exception {
        Semaphore handled = new Semaphore(0);
        try (WorkerRig rig = WorkerRig.of(
                1,
                options -> options.withCapacity(1)
                        .withAttempts(1, Backoff.none())
                        .withDeadLetters(letter -> handled.acquireUninterruptibly()))) {
            rig.pool.submit(failing("1", 100)).join();
            assertThat(rig.pool.statistics().letters()).isEqualTo(1);
            var waiting = rig.submitting(new Work("2", "waiting"));
            handled.release();
            assertThat(waiting.result().await()).isEqualTo("waiting");
        }
    }

    @Test
    @DisplayName("4.5 a handler, a listener, a condition and a backoff that throw change nothing for others")
    void callbacksThrow() throws Exception {
        WorkerListener listener = new WorkerListener() {
            @Override
            public void onDeadLetter(String pool, WorkerPool.DeadLetter<?> letter) {
                throw new IllegalStateException("planned: listener");
            }
        };
        List<String> handled = new ArrayList<>();
        try (WorkerRig rig = WorkerRig.of(
                1,
                options -> options.withAttempts(2, (attempt, random) -> {
                            throw new IllegalStateException("planned: backoff");
                        })
                        .withListener(listener)
                        .withDeadLetters(letter -> {
                            handled.add(letter.job().name());
                            throw new IllegalStateException("planned: handler");
                        }))) {
            Job<String> one = rig.pool.submit(failing("1", 100));
            rig.passRetryPause(1); // the pause where the backoff throws is as long
            assertThat(one.join()).isInstanceOf(Outcome.Failure.class);
            rig.awaitStatistics("handled", statistics -> statistics.letters() == 0);
            assertThat(handled).containsExactly("failing");
            assertThat(rig.pool.submit(new Work("1", "next")).await()).isEqualTo("next");
        }
    }

    @Test
    @DisplayName("11.3 a handler whose process dies gets the same letter again")
    void handlerDies() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (WorkerRig rig = new WorkerRig(
                ThreadKind.VIRTUAL,
                1,
                options -> options.withAttempts(1, Backoff.none()).withDeadLetters(letter -> {
                    if (calls.incrementAndGet() == 1) {
                        ProcessRef.current().orElseThrow().kill();
                        throw new IllegalStateException("planned: killed");
                    }
                }))) {
            rig.pool.submit(failing("1", 100)).join();
            rig.awaitStatistics("handled", statistics -> statistics.letters() == 0);
            assertThat(calls).hasValue(2);
        }
    }
}
