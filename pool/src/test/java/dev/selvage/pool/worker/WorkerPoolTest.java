package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.pool.worker.WorkerRig.Gate;
import dev.selvage.pool.worker.WorkerRig.Work;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorException;
import dev.selvage.supervisor.SupervisorTree;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** 11.1: a bounded queue, supervised workers, and submitters that wait, time out or are refused. */
class WorkerPoolTest {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static WorkerRig rig(ThreadKind kind, int workers, int capacity) throws InterruptedException {
        return new WorkerRig(kind, workers, options -> options.withCapacity(capacity));
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("11.1 a job is done by a worker, and its result is a value")
    void jobsAreDone(ThreadKind kind) throws Exception {
        try (WorkerRig rig = rig(kind, 2, 10)) {
            String result = rig.doing(
                            () -> rig.pool.submit(new Work("ada", "one")).await())
                    .result();
            assertThat(result).isEqualTo("one");
            assertThat(rig.pool.statistics().done()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("11.1 as many jobs run at the same time as there are workers, and no more")
    void asManyAsWorkers() throws Exception {
        try (WorkerRig rig = WorkerRig.of(2)) {
            Gate one = rig.occupy(null);
            Gate two = rig.occupy(null);
            Gate third = new Gate();
            rig.pool.submit(new Work(null, third));
            assertThat(rig.pool.statistics().running()).isEqualTo(2);
            assertThat(rig.pool.statistics().queued()).isEqualTo(1);
            assertThat(third.isEntered()).isFalse();
            one.open();
            third.awaitEntered();
            two.open();
            third.open();
        }
    }

    @Test
    @DisplayName("11.1 of several idle workers the one that became idle last gets the next job: few are busy and warm")
    void warmWorkerFirst() throws Exception {
        try (WorkerRig rig = WorkerRig.of(3)) {
            Set<Thread> used = new HashSet<>();
            for (int i = 0; i < 10; i++) {
                rig.pool
                        .submit(new Work(null, "one by one", () -> {
                            used.add(Thread.currentThread());
                            return "done";
                        }))
                        .await();
            }
            assertThat(used).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("11.1 a submitter waits while the queue is full, and its job is accepted when there is room")
    void submittersWait(ThreadKind kind) throws Exception {
        try (WorkerRig rig = rig(kind, 1, 1)) {
            Gate gate = rig.occupy(null);
            rig.pool.submit(new Work(null, "queued"));
            var waiting = rig.submitting(new Work(null, "waiting"));
            Threads.awaitState(waiting.thread, Thread.State.WAITING);
            gate.open();
            assertThat(waiting.result().await()).isEqualTo("waiting");
            assertThat(rig.pool.statistics().waits()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("11.1 a submitter that waits too long is refused, and nothing of it is left")
    void submittersTimeOut(ThreadKind kind) throws Exception {
        try (WorkerRig rig = rig(kind, 1, 1)) {
            Gate gate = rig.occupy(null);
            rig.pool.submit(new Work(null, "queued"));
            var late = rig.doing(() -> rig.pool.submit(new Work(null, "late"), PATIENCE));
            rig.awaitBlocked(1);
            rig.ticker.awaitParked(1);
            rig.ticker.advance(PATIENCE);
            assertThat(late.failure())
                    .isInstanceOf(WorkerException.Refused.class)
                    .hasMessageContaining("no room in time")
                    .hasMessageContaining("1 of 1 queued");
            assertThat(rig.pool.statistics().blocked()).isZero();
            assertThat(rig.pool.statistics().waited()).isEqualTo(PATIENCE);
            gate.open();
            rig.pool.submit(new Work(null, "last")).await();
            assertThat(rig.ran).doesNotContain("late");
        }
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("11.1, 12 an interrupt ends the wait of a submitter, whose job is not accepted")
    void submittersAreInterrupted(ThreadKind kind) throws Exception {
        try (WorkerRig rig = rig(kind, 1, 1)) {
            Gate gate = rig.occupy(null);
            rig.pool.submit(new Work(null, "queued"));
            var waiting = rig.submitting(new Work(null, "interrupted"));
            waiting.thread.interrupt();
            assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
            assertThat(rig.pool.statistics().refused()).isEqualTo(1);
            assertThat(rig.pool.statistics().blocked()).isZero();
            gate.open();
        }
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("12 an interrupt that came before ends a submit, even where there is room")
    void interruptedBefore(ThreadKind kind) throws Exception {
        try (WorkerRig rig = rig(kind, 1, 1)) {
            var interrupted = rig.doing(() -> {
                Thread.currentThread().interrupt();
                return rig.pool.submit(new Work(null, "interrupted"));
            });
            assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
            assertThat(rig.pool.statistics().submitted()).isZero();
        }
    }

    @Test
    @DisplayName("11.1, 12 without time to wait, a submitter is refused at once")
    void refusedAtOnce() throws Exception {
        try (WorkerRig rig = rig(ThreadKind.VIRTUAL, 1, 1)) {
            Gate gate = rig.occupy(null);
            assertThat(rig.pool.trySubmit(new Work(null, "queued"))).isPresent();
            assertThat(rig.pool.trySubmit(new Work(null, "refused"))).isEmpty();
            assertThatThrownBy(() -> rig.pool.submit(new Work(null, "refused"), Duration.ZERO))
                    .isInstanceOf(WorkerException.Refused.class);
            assertThatThrownBy(() -> rig.pool.submit(new Work(null, "refused"), Duration.ofSeconds(-1)))
                    .isInstanceOf(WorkerException.Refused.class);
            assertThat(rig.pool.statistics().refused()).isEqualTo(3);
            assertThat(rig.pool.statistics().waits()).isZero();
            gate.open();
        }
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("11.1 submitters that wait are served in the order in which they came")
    void submittersInOrder(ThreadKind kind) throws Exception {
        try (WorkerRig rig = rig(kind, 1, 1)) {
            Gate gate = rig.occupy(null);
            rig.pool.submit(new Work(null, "0"));
            var one = rig.submitting(new Work(null, "1"));
            var two = rig.submitting(new Work(null, "2"));
            var three = rig.submitting(new Work(null, "3"));
            gate.open();
            one.result().await();
            two.result().await();
            three.result().await();
            assertThat(rig.ran).containsExactly("gate", "0", "1", "2", "3");
        }
    }

    @Test
    @DisplayName("11.1 a worker that submits to its own pool does not wait for itself: it is refused")
    void workersDoNotWait() throws Exception {
        try (WorkerRig rig = rig(ThreadKind.VIRTUAL, 1, 1)) {
            Job<String> job = rig.pool.submit(new Work(null, "outer", () -> {
                rig.pool.submit(new Work(null, "first"));
                try {
                    rig.pool.submit(new Work(null, "second"));
                    return "waited";
                } catch (WorkerException.Refused refused) {
                    return String.valueOf(refused.getMessage());
                }
            }));
            assertThat(job.await()).contains("a worker does not wait for its own pool");
        }
    }

    @Test
    @DisplayName("11.1, 8 the tree is ready-made: workers, clock and letters under one supervisor, in a tree of yours")
    void tree() throws Exception {
        WorkerPool<String, String> pool =
                WorkerPool.create("sync", 2, user -> user, user -> "synced " + user, UnaryOperator.identity());
        Optional<Job<String>> early = pool.trySubmit("early");
        try (Supervisor app = Supervisor.start(pool.spec())) {
            assertThat(app.tree().children().stream().map(SupervisorTree.Child::id))
                    .containsExactly("sync-clock", "sync-letters", "sync-1", "sync-2");
            assertThat(early.orElseThrow().await()).isEqualTo("synced early");
            assertThat(pool.submit("ada").await()).isEqualTo("synced ada");
        }
        assertThat(pool.isClosed()).isFalse();
        Job<String> kept = pool.submit("kept");
        assertThat(kept.state()).isEqualTo(Job.State.QUEUED);
        try (Supervisor again = Supervisor.start(pool.spec())) {
            assertThat(kept.await()).isEqualTo("synced kept");
            assertThat(again.exitReason()).isEmpty();
            pool.close();
        }
        assertThat(pool.isClosed()).isTrue();
        WorkerRig.assertEmpty(pool.statistics());
    }

    @Test
    @DisplayName("11.1 a pool whose tree runs is not started a second time")
    void runsOnce() throws Exception {
        WorkerPool<String, String> pool =
                WorkerPool.create("sync", 1, user -> user, user -> user, options -> options.withIntensity(0, PATIENCE));
        try (Supervisor app = Supervisor.start(pool.spec())) {
            Threads.awaitTrue("it runs", () -> pool.statistics().workers() == 1);
            assertThatThrownBy(() -> Supervisor.start(pool.spec()))
                    .isInstanceOf(SupervisorException.StartFailed.class)
                    .hasMessageContaining("runs already");
            assertThat(pool.submit("ada").await()).isEqualTo("ada");
            assertThat(app.exitReason()).isEmpty();
            pool.close();
        }
    }

    @Test
    @DisplayName("12 bad arguments are refused at once, by name, with what is allowed")
    void badArguments() {
        assertThatThrownBy(() -> WorkerPool.start(" ", 1, job -> job, job -> job))
                .hasMessage("name: ' '; allowed: not blank");
        assertThatThrownBy(() -> WorkerPool.start("pool", 0, job -> job, job -> job))
                .hasMessage("workers: 0; allowed: 1 or more");
        WorkerOptions<String> options = WorkerOptions.defaults();
        assertThatThrownBy(() -> options.withCapacity(0)).hasMessage("jobs: 0; allowed: 1 or more");
        assertThatThrownBy(() -> options.withParked(-1)).hasMessage("jobs: -1; allowed: 0 or more");
        assertThatThrownBy(() -> options.withQuantum(0)).hasMessage("jobs: 0; allowed: 1 or more");
        assertThatThrownBy(() -> options.withLookingAgain(Duration.ZERO))
                .hasMessage("delay: PT0S; allowed: more than 0");
        assertThatThrownBy(() -> options.withAttempts(0, (attempt, random) -> Duration.ZERO))
                .hasMessage("attempts: 0; allowed: 1 or more");
        assertThatThrownBy(() -> options.withTimeLimit(Duration.ZERO)).hasMessage("limit: PT0S; allowed: more than 0");
        assertThatThrownBy(() -> options.withInterruptPatience(Duration.ofMillis(-1)))
                .hasMessage("patience: PT-0.001S; allowed: 0 or more");
        assertThatThrownBy(() -> options.withDrainTimeout(Duration.ofMillis(-1)))
                .hasMessage("timeout: PT-0.001S; allowed: 0 or more");
        assertThatThrownBy(() -> options.withIntensity(-1, PATIENCE)).hasMessage("restarts: -1; allowed: 0 or more");
        assertThatThrownBy(() -> options.withIntensity(1, Duration.ZERO))
                .hasMessage("period: PT0S; allowed: more than 0");
    }

    @Test
    @DisplayName("11.1 statistics are of one instant and add up while jobs are everywhere")
    void statistics() throws Exception {
        try (WorkerRig rig = rig(ThreadKind.VIRTUAL, 1, 2)) {
            Gate gate = rig.occupy("hot");
            rig.pool.submit(new Work("hot", "parked"));
            rig.pool.submit(new Work("cold", "queued"));
            WorkerPool.Statistics now = rig.pool.statistics();
            WorkerRig.assertBalanced(now);
            assertThat(List.of(now.workers(), now.running(), now.queued(), now.parked(), now.keys()))
                    .containsExactly(1, 1, 1, 1, 2);
            assertThat(rig.pool)
                    .hasToString(
                            "pool 'pool' (1 of 1 workers busy, 1 of 2 queued, 1 of 10000 parked, 0 to be retried)");
            gate.open();
        }
    }
}
