package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.process.ProcessRef;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import dev.selvage.time.FakeTicker;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A worker pool in standing time whose jobs say what they do; at the end the books must balance. */
final class WorkerRig implements AutoCloseable {
    static final Duration PAUSE = Duration.ofSeconds(1);

    /** A job. */
    record Work(@Nullable String key, String name, Callable<String> body) {
        Work(@Nullable String key, String name) {
            this(key, name, () -> name);
        }

        Work(@Nullable String key, Gate gate) {
            this(key, "gate", gate);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A body that waits until it may go on. */
    static final class Gate implements Callable<String> {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);
        private final boolean stubborn;
        volatile boolean interrupted;
        volatile @Nullable Thread thread;

        Gate() {
            this(false);
        }

        Gate(boolean stubborn) {
            this.stubborn = stubborn;
        }

        @Override
        public String call() throws InterruptedException {
            thread = Thread.currentThread();
            entered.countDown();
            while (true) {
                try {
                    open.await();
                    return "passed";
                } catch (InterruptedException e) {
                    interrupted = true;
                    if (!stubborn) {
                        throw e;
                    }
                }
            }
        }

        Gate awaitEntered() throws InterruptedException {
            entered.await();
            return this;
        }

        boolean isEntered() {
            return entered.getCount() == 0;
        }

        void open() {
            open.countDown();
        }
    }

    final FakeTicker ticker = new FakeTicker();
    final WorkerPool<Work, String> pool;
    final List<String> ran = new CopyOnWriteArrayList<>();
    final List<WorkerPool.DeadLetter<Work>> letters = new CopyOnWriteArrayList<>();
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final List<String> twice = new CopyOnWriteArrayList<>();
    private final ThreadKind kind;

    WorkerRig(ThreadKind kind, int workers, UnaryOperator<WorkerOptions<Work>> options) throws InterruptedException {
        this.kind = kind;
        this.pool = WorkerPool.start(
                "pool",
                workers,
                Work::key,
                this::work,
                defaults -> options.apply(defaults.withTicker(ticker)
                        .withAttempts(3, Backoff.fixed(PAUSE))
                        .withDeadLetters(letters::add)));
        awaitStatistics("workers", statistics -> statistics.workers() == workers);
    }

    static WorkerRig of(int workers) throws InterruptedException {
        return new WorkerRig(ThreadKind.VIRTUAL, workers, UnaryOperator.identity());
    }

    static WorkerRig of(int workers, UnaryOperator<WorkerOptions<Work>> options) throws InterruptedException {
        return new WorkerRig(ThreadKind.VIRTUAL, workers, options);
    }

    private String work(Work work) throws Exception {
        String key = work.key;
        boolean alone = key == null || running.add(key);
        if (!alone) {
            twice.add("two jobs of key " + key);
        }
        try {
            String result = work.body.call();
            ran.add(work.name);
            return result;
        } finally {
            if (key != null && alone) {
                running.remove(key);
            }
        }
    }

    // ---- what happens

    interface Condition {
        boolean holds(WorkerPool.Statistics statistics);
    }

    void awaitStatistics(String what, Condition condition) {
        Threads.awaitTrue(what, () -> condition.holds(pool.statistics()));
    }

    void awaitBlocked(int submitters) {
        awaitStatistics(submitters + " blocked", statistics -> statistics.blocked() == submitters);
    }

    /** Lets the pause before the next attempt pass, once so many jobs wait for theirs. */
    void passRetryPause(int retrying) {
        awaitStatistics(retrying + " retrying", statistics -> statistics.retrying() == retrying);
        ticker.awaitParked(1);
        ticker.advance(PAUSE);
    }

    /** Occupies a worker. */
    Gate occupy(@Nullable String key) throws InterruptedException {
        Gate gate = new Gate();
        pool.submit(new Work(key, gate));
        return gate.awaitEntered();
    }

    /** The process that runs on a thread. */
    ProcessRef<?> workerOf(Gate gate) {
        Thread thread = gate.thread;
        return pool.dispatch().snapshotOfMembers().stream()
                .map(member -> member.process)
                .filter(process -> process.thread() == thread)
                .findFirst()
                .orElseThrow();
    }

    /** Something done on a thread of the kind under test. */
    final class Doing<T> {
        private final FutureTask<T> task;
        final Thread thread;

        Doing(Callable<T> body) {
            task = new FutureTask<>(body);
            thread = kind.unstarted("submitter", task);
            thread.start();
        }

        T result() throws Exception {
            thread.join();
            return task.get();
        }

        @Nullable Throwable failure() throws InterruptedException {
            thread.join();
            try {
                task.get();
                return null;
            } catch (ExecutionException failed) {
                return failed.getCause();
            }
        }
    }

    <T> Doing<T> doing(Callable<T> body) {
        return new Doing<>(body);
    }

    /** Submits on a thread of its own, and waits until that waits. */
    Doing<Job<String>> submitting(Work work) {
        int before = pool.statistics().blocked();
        Doing<Job<String>> doing = doing(() -> pool.submit(work));
        awaitBlocked(before + 1);
        return doing;
    }

    static void assertBalanced(WorkerPool.Statistics end) {
        assertThat(end.submitted())
                .as("submitted: %s", end)
                .isEqualTo(end.refused()
                        + end.coalesced()
                        + end.done()
                        + end.failed()
                        + end.cancelled()
                        + end.deadLetters()
                        + end.queued()
                        + end.parked()
                        + end.retrying()
                        + end.running());
    }

    static void assertEmpty(WorkerPool.Statistics end) {
        assertBalanced(end);
        assertThat(end.queued() + end.parked() + end.retrying() + end.running() + end.blocked() + end.letters())
                .as("left: %s", end)
                .isZero();
    }

    @Override
    public void close() throws InterruptedException {
        Thread closer = Thread.ofVirtual().start(() -> pool.close(Duration.ZERO));
        closer.join();
        assertEmpty(pool.statistics());
        Threads.awaitTrue("no key is left", () -> pool.statistics().keys() == 0);
        assertThat(twice).isEmpty();
    }
}
