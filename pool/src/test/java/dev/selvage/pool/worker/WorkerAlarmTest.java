package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.pool.worker.WorkerRig.Gate;
import dev.selvage.pool.worker.WorkerRig.Work;
import dev.selvage.task.Outcome;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** 11.3, 11.4: time limits and pauses, of several attempts and several jobs. */
class WorkerAlarmTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final AtomicInteger attempts = new AtomicInteger();

    private static WorkerRig limited(int workers, int attempts) throws InterruptedException {
        return WorkerRig.of(
                workers,
                options -> options.withTimeLimit(LIMIT).withAttempts(attempts, Backoff.fixed(WorkerRig.PAUSE)));
    }

    /** Lets a time limit pass that the clock waits for. */
    private static void passLimit(WorkerRig rig) {
        rig.ticker.awaitParked(1);
        rig.ticker.advance(LIMIT);
    }

    @Test
    @DisplayName("11.4 every attempt has the limit, not only the first")
    void limitOfEachAttempt() throws Exception {
        Gate first = new Gate();
        Gate second = new Gate();
        try (WorkerRig rig = limited(1, 2)) {
            Job<String> slow = rig.pool.submit(
                    new Work("ada", "slow", () -> (attempts.incrementAndGet() == 1 ? first : second).call()));
            first.awaitEntered();
            passLimit(rig);
            rig.passRetryPause(1);
            second.awaitEntered();
            passLimit(rig);
            assertThat(slow.join()).isEqualTo(new Outcome.TimedOut<>(LIMIT));
            assertThat(rig.pool.statistics().timeouts()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("11.4 an attempt that fails after one that took too long has failed, and not taken too long")
    void timedOutOnce() throws Exception {
        Gate slow = new Gate();
        try (WorkerRig rig = limited(1, 2)) {
            Job<String> job = rig.pool.submit(new Work("ada", "slow, then failing", () -> {
                if (attempts.incrementAndGet() == 1) {
                    return slow.call();
                }
                throw new IOException("planned");
            }));
            slow.awaitEntered();
            passLimit(rig);
            rig.passRetryPause(1);
            assertThat(job.join())
                    .isInstanceOfSatisfying(
                            Outcome.Failure.class,
                            failure -> assertThat(failure.cause()).hasMessage("planned"));
            assertThat(rig.pool.statistics().timeouts()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("11.4 a result that comes in spite of the limit is one, and no timeout is counted")
    void resultAllTheSame() throws Exception {
        Gate slow = new Gate();
        try (WorkerRig rig = limited(1, 1)) {
            Job<String> job = rig.pool.submit(new Work("ada", "late", () -> {
                try {
                    return slow.call();
                } catch (InterruptedException hurry) {
                    return "what there is so far";
                }
            }));
            slow.awaitEntered();
            passLimit(rig);
            assertThat(job.await()).isEqualTo("what there is so far");
            assertThat(rig.pool.statistics().timeouts()).isZero();
        }
    }

    @Test
    @DisplayName("11.3, 11.4 whether a timeout is worth another attempt is asked, too")
    void timeoutNotWorthIt() throws Exception {
        Gate slow = new Gate();
        try (WorkerRig rig = WorkerRig.of(
                1,
                options -> options.withTimeLimit(LIMIT)
                        .withRetryIf(cause -> !(cause instanceof WorkerException.TimedOut)))) {
            Job<String> job = rig.pool.submit(new Work("ada", slow));
            slow.awaitEntered();
            passLimit(rig);
            assertThat(job.join()).isEqualTo(new Outcome.TimedOut<>(LIMIT));
            assertThat(job.attempts()).isEqualTo(1);
            assertThat(rig.pool.statistics().failed()).isEqualTo(1);
            assertThat(rig.letters).isEmpty();
        }
    }

    @Test
    @DisplayName("11.4 the limits of others hold when a running job was cancelled that has a limit itself")
    void limitsOfOthers() throws Exception {
        Gate stubborn = new Gate(true);
        List<Gate> others = List.of(new Gate(), new Gate());
        try (WorkerRig rig = WorkerRig.of(
                3,
                options -> options.withTimeLimit(LIMIT)
                        .withInterruptPatience(LIMIT.multipliedBy(2))
                        .withAttempts(1, Backoff.none()))) {
            Job<String> cancelled = rig.pool.submit(new Work(null, stubborn));
            stubborn.awaitEntered();
            for (Gate other : others) {
                rig.ticker.advance(Duration.ofSeconds(1)); // so that the limits are in order
                rig.pool.submit(new Work(null, other));
                other.awaitEntered();
            }
            assertThat(cancelled.cancel()).isTrue();
            stubborn.open();
            assertThat(cancelled.join()).isInstanceOf(Outcome.Cancelled.class);
            passLimit(rig);
            Threads.awaitTrue("interrupted", () -> others.stream().allMatch(other -> other.interrupted));
            rig.awaitStatistics("timed out", statistics -> statistics.timeouts() == 2);
        }
    }

    @Test
    @DisplayName("11.3 the pause before each attempt is that of its number")
    void pauses() throws Exception {
        List<Integer> asked = new CopyOnWriteArrayList<>();
        try (WorkerRig rig = WorkerRig.of(
                1,
                options -> options.withAttempts(4, (failed, random) -> {
                    asked.add(failed);
                    return WorkerRig.PAUSE;
                }))) {
            Job<String> job = rig.pool.submit(new Work("ada", "failing", () -> {
                throw new IOException("planned");
            }));
            for (int i = 0; i < 3; i++) {
                rig.passRetryPause(1);
            }
            assertThat(job.join()).isInstanceOf(Outcome.Failure.class);
            assertThat(asked).containsExactly(1, 2, 3);
        }
    }

    @Test
    @DisplayName("12 alarms before and after the overflow of the clock's readings go off in their order")
    void overflow() throws Exception {
        Gate limited = new Gate();
        try (WorkerRig rig = limited(2, 2)) { // the readings overflow a second from here
            rig.pool.submit(new Work("ada", limited));
            limited.awaitEntered();
            Job<String> job = rig.pool.submit(new Work("bob", "failing once", () -> {
                if (attempts.incrementAndGet() == 1) {
                    throw new IOException("planned");
                }
                return "at last";
            }));
            rig.passRetryPause(1);
            assertThat(job.await()).isEqualTo("at last");
            limited.open();
        }
    }
}
