package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.pool.worker.WorkerRig.Gate;
import dev.selvage.pool.worker.WorkerRig.Work;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** 11.1, 11.2: how much room there is, and that whoever makes room gives it on at once. */
class WorkerRoomTest {

    /** A job that fails once and then waits at a gate. */
    private static Work failingOnce(String key, Gate then) {
        AtomicBoolean failed = new AtomicBoolean();
        return new Work(key, "failing once", () -> {
            if (failed.compareAndSet(false, true)) {
                throw new IOException("planned");
            }
            return then.call();
        });
    }

    private static Job<String> submitFailing(WorkerRig rig, String key, Gate then) throws InterruptedException {
        Job<String> job = rig.pool.submit(failingOnce(key, then));
        rig.awaitStatistics("retrying", statistics -> statistics.retrying() == 1);
        return job;
    }

    @Test
    @DisplayName("11.1 a job that is taken up leaves its place to who waits, and not only when it is over")
    void takenUp() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withCapacity(1))) {
            Gate first = rig.occupy(null);
            Gate second = new Gate();
            rig.pool.submit(new Work(null, second));
            var waiting = rig.submitting(new Work(null, "waiting"));
            first.open();
            second.awaitEntered();
            Job<String> accepted = waiting.result();
            assertThat(accepted.state()).isEqualTo(Job.State.QUEUED);
            second.open();
            assertThat(accepted.await()).isEqualTo("waiting");
        }
    }

    @Test
    @DisplayName("11.3 a job whose next attempt begins leaves its place to who waits, and not only when it is over")
    void dueToAWorker() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withCapacity(1))) {
            Gate again = new Gate();
            submitFailing(rig, "ada", again);
            var waiting = rig.submitting(new Work("bob", "waiting"));
            rig.passRetryPause(1);
            again.awaitEntered();
            Job<String> accepted = waiting.result();
            assertThat(accepted.state()).isEqualTo(Job.State.QUEUED);
            again.open();
            assertThat(accepted.await()).isEqualTo("waiting");
        }
    }

    @Test
    @DisplayName("11.3 a job that is due while its key is busy parks, and leaves its place on the queue to who waits")
    void dueBehindItsKey() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withCapacity(2).withParked(10))) {
            Gate again = new Gate();
            Job<String> retried = submitFailing(rig, "ada", again);
            Gate busy = rig.occupy("ada");
            rig.pool.submit(new Work("bob", "queued"));
            var waiting = rig.submitting(new Work("eve", "waiting"));
            rig.passRetryPause(1);
            Job<String> accepted = waiting.result();
            assertThat(retried.state()).isEqualTo(Job.State.PARKED);
            assertThat(accepted.state()).isEqualTo(Job.State.QUEUED);
            again.open();
            busy.open();
            assertThat(accepted.await()).isEqualTo("waiting");
        }
    }

    @Test
    @DisplayName("11 places that were kept and are not needed go to all who wait, at once")
    void keptAndGivenBack() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withCapacity(3))) {
            Gate gate = rig.occupy(null);
            assertThat(rig.pool.dispatch().door.keep(5)).isEqualTo(3);
            var one = rig.submitting(new Work(null, "one"));
            var two = rig.submitting(new Work(null, "two"));
            var three = rig.submitting(new Work(null, "three"));
            rig.pool.dispatch().door.giveBack(3);
            for (var waiting : List.of(one, two, three)) {
                assertThat(waiting.result().state()).isEqualTo(Job.State.QUEUED);
            }
            gate.open();
        }
    }

    @Test
    @DisplayName("11, 11.4 a closed pool keeps no places")
    void notKeptAfterTheClose() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1)) {
            rig.doing(() -> {
                        rig.pool.close();
                        return "closed";
                    })
                    .result();
            assertThatThrownBy(() -> rig.pool.dispatch().door.keep(1)).isInstanceOf(WorkerException.Closed.class);
        }
    }

    @Test
    @DisplayName(
            "11.2 one whose key became busy while it waited for a place waits for one behind it, where none is free")
    void notPastTheParkedBound() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withCapacity(1).withParked(0))) {
            Gate first = rig.occupy(null);
            Gate second = new Gate();
            rig.pool.submit(new Work(null, second));
            var one = rig.submitting(new Work("ada", "one"));
            var two = rig.submitting(new Work("ada", "two"));
            first.open();
            second.awaitEntered();
            assertThat(one.result().state()).isEqualTo(Job.State.QUEUED);
            assertThat(rig.pool.statistics().parked()).isZero();
            assertThat(rig.pool.statistics().blocked()).isEqualTo(1);
            second.open();
            assertThat(two.result().await()).isEqualTo("two");
        }
    }

    @Test
    @DisplayName("11.2 what is due parks over the bound at the cost of the queue: no more wait than both bounds allow")
    void bothBoundsTogether() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withCapacity(2).withParked(1))) {
            Gate again = new Gate();
            Job<String> retried = submitFailing(rig, "ada", again);
            Gate busy = rig.occupy("ada");
            rig.pool.submit(new Work("ada", "parked"));
            rig.passRetryPause(1);
            rig.awaitStatistics("one more than may park", statistics -> statistics.parked() == 2);
            assertThat(rig.pool.trySubmit(new Work("bob", "the third that waits")))
                    .isPresent();
            assertThat(rig.pool.trySubmit(new Work("eve", "one too many"))).isEmpty();
            assertThat(rig.pool.trySubmit(new Work("ada", "one too many"))).isEmpty();
            again.open();
            busy.open();
            assertThat(retried.await()).isEqualTo("passed");
        }
    }
}
