package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.pool.worker.WorkerRig.Gate;
import dev.selvage.pool.worker.WorkerRig.Work;
import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import dev.selvage.time.FakeTicker;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** 11.4: closes and stops that find workers and the handler of letters busy. */
class WorkerCloseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final FakeTicker ticker = new FakeTicker();

    /** A pool for a tree of the test's own. */
    private WorkerPool<Work, String> pool() {
        return WorkerPool.create(
                "pool",
                1,
                Work::key,
                work -> work.body().call(),
                options -> options.withTicker(ticker).withInterruptPatience(PATIENCE));
    }

    @Test
    @DisplayName("11.1, 8.6 an orderly stop of the tree lets a worker end its job, and keeps those that wait")
    void orderlyStop() throws Exception {
        WorkerPool<Work, String> pool = pool();
        Gate gate = new Gate();
        Job<String> running = pool.submit(new Work("ada", gate));
        Job<String> waiting = pool.submit(new Work("bob", "next"));
        Supervisor tree = Supervisor.start(pool.spec());
        gate.awaitEntered();
        ProcessRef<?> worker = pool.dispatch().snapshotOfMembers().getFirst().process;
        Thread closer = Thread.ofVirtual().start(tree::close);
        Threads.awaitTrue("the worker is told to stop", () -> worker.snapshot().state() == ProcessRef.State.STOPPING);
        gate.open();
        closer.join();
        assertThat(running.await()).isEqualTo("passed");
        assertThat(waiting.state()).isEqualTo(Job.State.QUEUED);
        try (Supervisor again = Supervisor.start(pool.spec())) {
            assertThat(waiting.await()).isEqualTo("next");
            assertThat(again.exitReason()).isEmpty();
            pool.close();
        }
        WorkerRig.assertEmpty(pool.statistics());
    }

    @Test
    @DisplayName("11.4 a close that aborts waits for the jobs that it has interrupted, as long as its patience")
    void waitsForTheInterrupted() throws Exception {
        WorkerPool<Work, String> pool = pool();
        try (Supervisor tree = Supervisor.start(pool.spec())) {
            Gate stubborn = new Gate(true);
            Job<String> job = pool.submit(new Work("ada", stubborn));
            stubborn.awaitEntered();
            Thread closer = Thread.ofVirtual().start(() -> pool.close(Duration.ZERO));
            Threads.awaitTrue("interrupted", () -> stubborn.interrupted);
            ticker.awaitParked(2); // the clock, and the closer
            stubborn.open();
            closer.join();
            assertThat(job.isDone()).isTrue();
            assertThat(tree.exitReason()).isEmpty();
        }
        WorkerRig.assertEmpty(pool.statistics());
    }

    @Test
    @DisplayName("11.4 an abort cancels what was put aside, too, and all who wait for one job hear of it")
    void aside() throws Exception {
        try (WorkerRig rig = WorkerRig.of(1, options -> options.withLookingAgain(PATIENCE))) {
            rig.occupy("ada");
            Job<String> aside = rig.pool.submit(new Work("ada", "aside"));
            var one = rig.doing(aside::join);
            var two = rig.doing(aside::join);
            Threads.awaitState(one.thread, Thread.State.WAITING);
            Threads.awaitState(two.thread, Thread.State.WAITING);
            Thread closer = Thread.ofVirtual().start(() -> rig.pool.close(Duration.ZERO));
            assertThat(one.result()).hasToString("Cancelled[reason=shutdown]");
            assertThat(two.result()).hasToString("Cancelled[reason=shutdown]");
            closer.join();
            assertThat(((Ticket<?, ?>) aside).job)
                    .as("the job, of which nothing is kept")
                    .isNull();
        }
    }

    @Test
    @DisplayName("11.3, 11.4 a handler that does not end never hangs the close, and its letter is taken off the books")
    void lettersThatAreLeft() throws Exception {
        CountDownLatch handling = new CountDownLatch(1);
        Semaphore end = new Semaphore(0);
        try (WorkerRig rig = WorkerRig.of(
                1,
                options -> options.withInterruptPatience(PATIENCE)
                        .withAttempts(1, Backoff.none())
                        .withDeadLetters(letter -> {
                            handling.countDown();
                            end.acquireUninterruptibly();
                        }))) {
            rig.pool
                    .submit(new Work("ada", "poison", () -> {
                        throw new IllegalStateException("planned");
                    }))
                    .join();
            handling.await();
            Thread closer = Thread.ofVirtual().start(() -> rig.pool.close(Duration.ZERO));
            Threads.awaitTrue("closed", () -> {
                rig.ticker.advance(PATIENCE);
                return !closer.isAlive();
            });
            assertThat(rig.pool.statistics().letters()).isZero();
        } finally {
            end.release();
        }
    }
}
