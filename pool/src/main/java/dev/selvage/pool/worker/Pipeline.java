package dev.selvage.pool.worker;

import dev.selvage.exit.ExitReason;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Restart;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorSpec;
import dev.selvage.task.Outcome;
import dev.selvage.time.Deadline;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Two worker pools behind each other: what the first makes of a job is a job of the second. Demand goes upstream: the
 * producer is asked for as many jobs as both pools have room for, and never gives more.
 *
 * {@snippet :
 * Pipeline.Producer<Url> urls = demand -> frontier.take(demand); // waits until there is one
 * try (var fetch = WorkerPool.start("fetch", 20, Url::host, Page::fetch);
 *         var index = WorkerPool.start("index", 2, Page::language, index::add);
 *         var crawl = Pipeline.start("crawl", urls, fetch, index, 50)) {
 *     crawl.awaitEnd(Duration.ofHours(1));
 * }
 * }
 *
 * <p>A process of the pipeline keeps a place in either pool for each job before it asks for it. So no result of the
 * first pool ever waits for room in the second, and a second pool that is slow slows the producer, with nothing piling
 * up in between. The places are kept while the producer looks for jobs: other submitters of the pools have the rest of
 * the room, so the {@code maxDemand} should be less than either capacity where there are others.
 *
 * <p>A job that the first pool has no result for, because it failed, was cancelled, or its result was null, does not go
 * on: its place in the second is given back. What became of it is told as of any job, by the dead-letter handler, the
 * listener and the statistics of its pool.
 *
 * <p>The pools are not the pipeline's: close it before them. Any thread may call any method. The idea is Elixir's
 * GenStage: a producer never pushes more than was asked.
 *
 * @param <J> the type of the jobs of the first pool
 */
public final class Pipeline<J> implements AutoCloseable {

    /**
     * Where the jobs of a pipeline come from. Called by one thread at a time.
     *
     * @param <J> the type of the jobs
     */
    @FunctionalInterface
    public interface Producer<J> {

        /**
         * Returns some jobs, waiting for the first of them. It is interrupted when the pipeline is closed.
         *
         * @param demand how many at most, 1 or more
         * @return 1 to {@code demand} jobs; none: there will never be any more
         * @throws Exception to fail; it is called again by the pipeline's supervisor, up to its intensity
         */
        List<? extends J> produce(int demand) throws Exception;
    }

    /**
     * What a pipeline does and has done.
     *
     * @param asked how many jobs the producer was asked for
     * @param produced how many it gave
     * @param passedOn how many results of the first pool became jobs of the second
     * @param inFlight how many are in one of the pools now
     */
    public record Statistics(long asked, long produced, long passedOn, long inFlight) {}

    private static final Logger LOG = System.getLogger("dev.selvage.pool.worker");

    private final String name;
    private final Producer<? extends J> producer;
    private final Stages<J, ?> stages;
    private final int maxDemand;
    private final Set<Thread> waiters = ConcurrentHashMap.newKeySet();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong produced = new AtomicLong();
    private final AtomicLong passedOn = new AtomicLong();
    private final AtomicLong inFlight = new AtomicLong();

    /** Whether no more comes from the producer. */
    private volatile boolean dry;

    private volatile @Nullable Throwable failure;

    /** Written before the pipeline is handed out. */
    private @Nullable Supervisor supervisor;

    /** The two pools, whose types agree. */
    private record Stages<J, M>(WorkerPool<J, M> first, WorkerPool<M, ?> second) {}

    private Pipeline(String name, Producer<? extends J> producer, Stages<J, ?> stages, int maxDemand) {
        this.name = Checks.notBlank("name", name);
        this.producer = Objects.requireNonNull(producer, "producer");
        this.stages = stages;
        this.maxDemand = Checks.atLeast("maxDemand", maxDemand, 1);
    }

    /**
     * Starts a pipeline.
     *
     * @param <J> the type of the jobs of the first pool
     * @param <M> the type of its results, the jobs of the second
     * @param name its name, not blank
     * @param producer where the jobs come from
     * @param first does them
     * @param second does what comes of them
     * @param maxDemand how many jobs the producer is asked for at once at most, 1 or more
     * @return the running pipeline, to be closed before the pools
     * @throws InterruptedException if the current thread is interrupted before it has started
     */
    public static <J, M> Pipeline<J> start(
            String name, Producer<? extends J> producer, WorkerPool<J, M> first, WorkerPool<M, ?> second, int maxDemand)
            throws InterruptedException {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(second, "second");
        Pipeline<J> pipeline = new Pipeline<>(name, producer, new Stages<>(first, second), maxDemand);
        Supervisor own = Supervisor.start(SupervisorSpec.oneForOne(
                        name,
                        ChildSpec.task(name + "-pump", () -> pipeline.pump(pipeline.stages))
                                .withRestart(Restart.TRANSIENT))
                .withTicker(first.dispatch().options().ticker()));
        pipeline.supervisor = own;
        own.process().monitor(exit -> pipeline.ended(exit.reason()));
        return pipeline;
    }

    // ---- the pump, which is one process at a time

    private <M> void pump(Stages<J, M> pools) throws Exception {
        boolean more = true;
        while (more) {
            int demand = keepPlaces(pools);
            int used = 0;
            try {
                asked.addAndGet(demand);
                List<? extends J> jobs = producer.produce(demand);
                if (jobs.size() > demand) {
                    throw new WorkerException("the producer of pipeline '" + name + "' gave " + jobs.size()
                            + " jobs; allowed: at most " + demand + ", as many as it was asked for");
                }
                more = !jobs.isEmpty();
                produced.addAndGet(jobs.size());
                for (J job : jobs) {
                    used++;
                    enter(pools, job);
                }
            } finally {
                pools.first.dispatch().door.giveBack(demand - used);
                pools.second.dispatch().door.giveBack(demand - used);
            }
        }
        dry = true;
        wake();
    }

    /** One job that cannot be submitted takes none of the others with it. */
    private <M> void enter(Stages<J, M> pools, J job) {
        try {
            submit(pools, job);
        } catch (WorkerException.Closed closed) {
            LOG.log(Level.WARNING, "a job of pipeline '" + name + "' came too late for its first pool: " + job, closed);
        } catch (RuntimeException failure) { // of the key function
            LOG.log(Level.ERROR, "a job of pipeline '" + name + "' has no key in its first pool: " + job, failure);
        }
    }

    /** Keeps as many places in both pools. The second comes first: without demand from there, nothing is asked. */
    private <M> int keepPlaces(Stages<J, M> pools) throws InterruptedException {
        Door<M, ?> downstream = pools.second.dispatch().door;
        int room = downstream.keep(maxDemand);
        int demand = 0;
        try {
            demand = pools.first.dispatch().door.keep(room);
            return demand;
        } finally {
            downstream.giveBack(room - demand);
        }
    }

    /** Hands a job to the first pool, where a place is kept for it, as there is one in the second for its result. */
    private <M> void submit(Stages<J, M> pools, J job) {
        inFlight.incrementAndGet();
        boolean entered = false;
        try {
            entered = pools.first.dispatch().door.submitKept(job, outcome -> passOn(pools.second, outcome));
        } finally {
            if (!entered) {
                pools.second.dispatch().door.giveBack(1);
                leave();
            }
        }
    }

    private <M, S extends @Nullable Object> void passOn(WorkerPool<M, S> second, Outcome<M> outcome) {
        boolean entered = false;
        try {
            if (outcome instanceof Outcome.Success<M>(M result) && result != null) {
                entered = second.dispatch().door.submitKept(result, end -> leave());
                passedOn.incrementAndGet();
            } else {
                second.dispatch().door.giveBack(1);
            }
        } catch (WorkerException.Closed closed) {
            entered = false; // told and counted by the second pool
        } catch (RuntimeException failure) { // of the key function
            LOG.log(
                    Level.ERROR,
                    "a result of pipeline '" + name + "' has no key in its second pool: " + outcome,
                    failure);
        } finally {
            if (!entered) {
                leave();
            }
        }
    }

    private void leave() {
        inFlight.decrementAndGet();
        wake();
    }

    private void ended(ExitReason reason) {
        if (reason instanceof ExitReason.Failed(Throwable cause)) {
            failure = cause;
        }
        dry = true;
        wake();
    }

    private void wake() {
        waiters.forEach(LockSupport::unpark);
    }

    // ---- for users

    /**
     * Waits until the producer has no more, and all that it gave has left the second pool.
     *
     * @param timeout how long at most, on the clock of the first pool; 0 or less does not wait
     * @return true if the pipeline is at its end; false when the time is up
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     * @throws WorkerException if the pipeline gave up, because the producer failed too often; the cause tells more
     */
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        boolean ended = await(stages.first.dispatch().deadline(timeout));
        Throwable cause = failure;
        if (cause != null) {
            throw new WorkerException("pipeline '" + name + "' gave up: " + cause, cause);
        }
        return ended;
    }

    private boolean await(Deadline deadline) throws InterruptedException {
        Thread waiter = Thread.currentThread();
        waiters.add(waiter);
        try {
            while (true) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while waiting for pipeline '" + name + "'");
                }
                if (dry && inFlight.get() == 0) {
                    return true;
                }
                if (deadline.hasPassed()) {
                    return false;
                }
                deadline.park(this);
            }
        } finally {
            waiters.remove(waiter);
        }
    }

    /**
     * Returns why the pipeline gave up.
     *
     * @return the cause; empty if it has not
     */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Returns what the pipeline does and has done.
     *
     * @return the statistics, each true, but not all of the same instant
     */
    public Statistics statistics() {
        return new Statistics(asked.get(), produced.get(), passedOn.get(), inFlight.get());
    }

    /**
     * Closes the pipeline: the producer is interrupted and asked no more. Waits, as long as the drain timeout of the
     * second pool, until what is in flight has left the second pool; what has not goes on in the pools until they are
     * closed. An interrupt ends the wait and stays set. A second call does nothing but wait again.
     */
    @Override
    public void close() {
        Supervisor own = supervisor;
        if (own != null) {
            own.close();
        }
        try {
            await(Deadline.after(
                    stages.second.dispatch().options().drainTimeout(),
                    stages.first.dispatch().options().ticker()));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "pipeline '" + name + "' (" + statistics() + ")";
    }
}
