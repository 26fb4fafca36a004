package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorTree;
import dev.selvage.task.Outcome;
import dev.selvage.time.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A pool that notices two jobs of one key, and whose books are looked at, at the end. */
abstract class WorkerPoolScenario implements Scenario {

    record Work(String key, int number) {}

    final Map<String, AtomicInteger> users = new HashMap<>();
    final Queue<Work> ran = new ConcurrentLinkedQueue<>();
    final Queue<Job<Integer>> accepted = new ConcurrentLinkedQueue<>();
    final AtomicInteger submitted = new AtomicInteger();
    final AtomicInteger letters = new AtomicInteger();
    final WorkerPool<Work, Integer> pool;

    WorkerPoolScenario(int workers, UnaryOperator<WorkerOptions<Work>> options) {
        users.put("ada", new AtomicInteger());
        users.put("bob", new AtomicInteger());
        pool = WorkerPool.create(
                "pool",
                workers,
                Work::key,
                this::use,
                defaults -> options.apply(defaults.withTicker(Sim.ticker())
                        .withIntensity(100, Duration.ofSeconds(5))
                        .withDeadLetters(letter -> letters.incrementAndGet())
                        .withAttempts(5, Backoff.fixed(Duration.ofMillis(10)))));
    }

    private Integer use(Work work) throws Exception {
        AtomicInteger ofKey = users.get(work.key);
        assertThat(ofKey.incrementAndGet()).as("jobs of %s at once", work.key).isEqualTo(1);
        try {
            Sim.point();
            assertThat(Thread.currentThread().isInterrupted() && !mayBeInterrupted())
                    .as("another one's interrupt")
                    .isFalse();
            work(work);
            ran.add(work);
            return work.number;
        } finally {
            ofKey.decrementAndGet();
        }
    }

    /** Whether a worker may be started anew: otherwise its end would be a defect that repairs itself. */
    boolean mayWorkersDie() {
        return false;
    }

    boolean mayBeInterrupted() {
        return true;
    }

    void work(Work work) throws Exception {
        Sim.point();
    }

    final Job<Integer> submit(String key) throws InterruptedException {
        Job<Integer> job = pool.submit(new Work(key, submitted.incrementAndGet()));
        accepted.add(job);
        return job;
    }

    final void killAWorker() {
        pool.dispatch().snapshotOfMembers().stream().findFirst().ifPresent(member -> member.process.kill());
    }

    abstract void disturb() throws Exception;

    @Override
    public final void play() throws Exception {
        Supervisor tree = Supervisor.start(pool.spec());
        try {
            disturb();
            for (Job<Integer> job : accepted) {
                job.join();
            }
            if (!mayWorkersDie()) {
                assertThat(tree.tree().children())
                        .extracting(SupervisorTree.Child::restarts)
                        .containsOnly(0);
            }
            pool.close();
        } finally {
            tree.close();
        }
        WorkerPool.Statistics end = pool.statistics();
        WorkerRig.assertEmpty(end);
        assertThat(end.keys()).as("keys").isZero();
        assertThat(end.submitted()).isEqualTo(submitted.get());
        assertThat(end.deadLetters()).isEqualTo(letters.get());
        assertOutcomes(end);
    }

    private void assertOutcomes(WorkerPool.Statistics end) {
        List<Outcome<Integer>> outcomes = new ArrayList<>();
        accepted.stream().distinct().forEach(job -> outcomes.add(job.poll().orElseThrow()));
        long cancelled =
                outcomes.stream().filter(Outcome.Cancelled.class::isInstance).count();
        assertThat(end.done())
                .isEqualTo(outcomes.stream().filter(Outcome::isSuccess).count());
        assertThat(end.cancelled()).isEqualTo(cancelled);
    }
}
