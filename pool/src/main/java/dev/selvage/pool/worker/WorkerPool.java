package dev.selvage.pool.worker;

import dev.selvage.process.ProcessBody;
import dev.selvage.supervisor.AnnouncingBody;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Shutdown;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorSpec;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of jobs and a fixed number of workers that do them; jobs with the same key never run at the same
 * time.
 *
 * {@snippet :
 * try (var pool = WorkerPool.start("sync", 4, Event::user, event -> crm.sync(event.user()))) {
 *     Job<Report> job = pool.submit(new Event("ada"));
 *     Report report = job.await();
 * } // what was accepted is done first
 * }
 *
 * <p><b>Keys.</b> Each job has a key, or none where the function returns null. A job whose key is busy, because another
 * job of that key waits for a worker or runs, is <em>parked</em> behind it, in order: it takes no worker and no place
 * on the queue, and blocks no other key. The next job of a key gets its turn when the one before is over. The
 * {@linkplain WorkerOptions#withLookingAgain options} have two other ways.
 *
 * <p><b>Back-pressure.</b> The queue is bounded, and so is the number of parked jobs. Where there is no room a
 * submitter waits in turn ({@link #submit(Object)}), waits for a limited time, or is refused at once ({@link
 * #trySubmit}). Who waits for a place on the queue is not held up by those who wait for a place behind a busy key. A
 * worker that submits to its own pool never waits, because it might be the one that it waits for: it is refused.
 *
 * <p><b>Failures.</b> An attempt at a job fails when the worker throws, takes too long, or ends, because it was killed
 * or abandoned. Its key is free at once. The job is tried again after a pause, up to three times by default; then it is
 * a dead letter and goes to a handler. A job that throws does not hurt its worker; a worker that ends is replaced by
 * its supervisor. So a job may be done more than once, and may have been done half: repetitions must do no harm, or the
 * pool must be given one attempt.
 *
 * <p><b>Running.</b> {@link #start start} runs the pool until it is closed. {@link #create create} makes one whose
 * {@linkplain #spec() tree} runs under a supervisor of yours. The pool is a stable handle in either case, and keeps the
 * jobs: while the tree does not run they wait.
 *
 * <p><b>Memory effects.</b> What a submitter did before happens-before the job; what a job did happens-before the next
 * job of the same key, and before whatever learns of its outcome.
 *
 * <p><b>Not promised.</b> No order between jobs of different keys, nor between a job and its own repetition and others
 * of its key. A job whose worker was abandoned runs on; its key is kept from others until its thread returns, but a job
 * without a key has no such protection. What a job left behind on its thread, such as a lock that it did not give back,
 * stays until the worker ends.
 *
 * <p>All methods may be called by any thread, except where they say otherwise. Keys must be immutable, with {@code
 * equals} and {@code hashCode} that are quick and do not throw: they are the only code of yours that runs under a lock
 * of the pool. The ideas are those of Elixir's GenStage and Oban, and of Orleans' and Akka's one-at-a-time turns.
 *
 * @param <J> the type of the jobs
 * @param <R> the type of the results
 */
public final class WorkerPool<J, R extends @Nullable Object> implements AutoCloseable {

    /**
     * A job whose attempts are used up.
     *
     * @param <J> the type of the job
     * @param job the job
     * @param attempts how many attempts there were
     * @param cause why the last one failed
     */
    public record DeadLetter<J>(J job, int attempts, Throwable cause) {}

    /**
     * What a pool does and has done, all of one instant. Counts are since it was made, and at all times
     * {@code submitted = refused + coalesced + done + failed + cancelled + deadLetters + queued + parked + retrying +
     * running}.
     *
     * @param workers how many workers live
     * @param running how many of them have a job
     * @param queued how many jobs wait for a worker
     * @param parked how many wait for a busy key
     * @param retrying how many wait for another attempt
     * @param letters how many dead letters wait for their handler, or are with it
     * @param blocked how many submitters wait for room
     * @param keys how many keys are busy
     * @param submitted how many jobs were submitted, whatever became of them
     * @param done how many had a result
     * @param failed how many failed in a way that is not retried
     * @param cancelled how many were cancelled, one by one or by a close
     * @param deadLetters how many failed with their attempts used up
     * @param refused how many were not accepted: no room, none in time, interrupted, closed
     * @param coalesced how many became one with another
     * @param retries how many attempts failed and were to be followed by another
     * @param timeouts how many attempts failed because they took too long
     * @param reclaimed how many workers ended in the middle of a job
     * @param waits how many submitters had to wait
     * @param waited how long they waited, together
     */
    public record Statistics(
            int workers,
            int running,
            int queued,
            int parked,
            int retrying,
            int letters,
            int blocked,
            int keys,
            long submitted,
            long done,
            long failed,
            long cancelled,
            long deadLetters,
            long refused,
            long coalesced,
            long retries,
            long timeouts,
            long reclaimed,
            long waits,
            Duration waited) {}

    private final int workers;
    private final Dispatch<J, R> dispatch;
    private final Crew<J, R> crew;
    private final Caretaker<J, R> caretaker;

    /** The tree that {@link #start start} started; written before the pool is handed out. */
    private @Nullable Supervisor supervisor;

    private WorkerPool(
            String name,
            int workers,
            Function<? super J, ? extends @Nullable Object> key,
            Worker<? super J, ? extends R> worker,
            WorkerOptions<J> options) {
        this.workers = Checks.atLeast("workers", workers, 1);
        this.dispatch = new Dispatch<>(Checks.notBlank("name", name), Objects.requireNonNull(key, "key"), options);
        this.crew = new Crew<>(dispatch, Objects.requireNonNull(worker, "worker"));
        this.caretaker = new Caretaker<>(dispatch);
    }

    /**
     * Makes a pool that does not run yet: its {@link #spec() tree} is to be put under a supervisor of yours.
     *
     * @param <J> the type of the jobs
     * @param <R> the type of the results
     * @param name its name, not blank
     * @param workers how many jobs it does at the same time, 1 or more
     * @param key the key of a job, null for none; called once on the submitter's thread
     * @param worker does the jobs
     * @param options makes the options from the defaults
     * @return the pool
     */
    public static <J, R extends @Nullable Object> WorkerPool<J, R> create(
            String name,
            int workers,
            Function<? super J, ? extends @Nullable Object> key,
            Worker<? super J, ? extends R> worker,
            UnaryOperator<WorkerOptions<J>> options) {
        Objects.requireNonNull(options, "options");
        return new WorkerPool<>(
                name, workers, key, worker, Objects.requireNonNull(options.apply(WorkerOptions.defaults()), "options"));
    }

    /**
     * Makes a pool and runs it until it is {@linkplain #close() closed}.
     *
     * @param <J> the type of the jobs
     * @param <R> the type of the results
     * @param name its name, not blank
     * @param workers how many jobs it does at the same time, 1 or more
     * @param key the key of a job, null for none; called once on the submitter's thread
     * @param worker does the jobs
     * @return the running pool
     * @throws InterruptedException if the current thread is interrupted before the pool has started
     */
    public static <J, R extends @Nullable Object> WorkerPool<J, R> start(
            String name,
            int workers,
            Function<? super J, ? extends @Nullable Object> key,
            Worker<? super J, ? extends R> worker)
            throws InterruptedException {
        return start(name, workers, key, worker, UnaryOperator.identity());
    }

    /**
     * Makes a pool with other options and runs it until it is {@linkplain #close() closed}.
     *
     * @param <J> the type of the jobs
     * @param <R> the type of the results
     * @param name its name, not blank
     * @param workers how many jobs it does at the same time, 1 or more
     * @param key the key of a job, null for none; called once on the submitter's thread
     * @param worker does the jobs
     * @param options makes the options from the defaults
     * @return the running pool
     * @throws InterruptedException if the current thread is interrupted before the pool has started
     */
    public static <J, R extends @Nullable Object> WorkerPool<J, R> start(
            String name,
            int workers,
            Function<? super J, ? extends @Nullable Object> key,
            Worker<? super J, ? extends R> worker,
            UnaryOperator<WorkerOptions<J>> options)
            throws InterruptedException {
        WorkerPool<J, R> pool = create(name, workers, key, worker, options);
        Supervisor own = Supervisor.start(pool.spec());
        pool.supervisor = own;
        own.process().monitor(exit -> pool.dispatch.closing.abort()); // one that gave up leaves nobody waiting
        return pool;
    }

    /**
     * Returns the tree of this pool: a supervisor of its workers, named after the pool with a number, of a clock for
     * what is due, and of a handler of dead letters. It may run once at a time. When it stops it stops the workers:
     * those that are busy have the interrupt patience to finish, then they are interrupted; what they did not finish is
     * tried again when the tree runs again. {@link #close() Close} the pool first where nothing may be left.
     *
     * @return the specification, to be nested in a tree or started by itself
     */
    public SupervisorSpec spec() {
        WorkerOptions<J> options = dispatch.options();
        Duration patience = options.interruptPatience();
        List<ChildSpec<?>> children = new ArrayList<>();
        AnnouncingBody<Alarms.Look> clock = (mailbox, start) -> caretaker.keepTime(mailbox, start::ready);
        ProcessBody<Alarms.Look> letters = caretaker::handleLetters;
        Shutdown shutdown = Shutdown.after(patience).withInterruptTime(patience);
        children.add(ChildSpec.process(name() + "-clock", clock).withShutdown(shutdown));
        children.add(ChildSpec.process(name() + "-letters", letters).withShutdown(shutdown));
        ProcessBody<Ticket<J, R>> body = crew::run;
        for (int i = 1; i <= workers; i++) {
            children.add(ChildSpec.process(name() + "-" + i, body).withShutdown(shutdown));
        }
        WorkerOptions.Intensity intensity = options.intensity(workers);
        return SupervisorSpec.oneForOne(name())
                .withChildren(children)
                .withIntensity(intensity.restarts(), intensity.period())
                .withTicker(options.ticker());
    }

    // ---- submitting

    /**
     * Submits a job, and waits for room for it as long as it takes.
     *
     * <p>The wait ends when there is room, when the thread is interrupted, or when the pool is closed.
     *
     * @param job the job
     * @return the accepted job, to wait for its result or not
     * @throws InterruptedException if this thread is interrupted before or while it waits; the job was not accepted. An
     *     interrupt that comes after it was is left set instead
     * @throws WorkerException.Closed if the pool is closed, before or meanwhile
     * @throws WorkerException.Refused if there is no room, and the caller is one of the workers
     */
    public Job<R> submit(J job) throws InterruptedException {
        Objects.requireNonNull(job, "job");
        return dispatch.door.submit(job, Deadline.never());
    }

    /**
     * Submits a job, and waits for room for it for a limited time.
     *
     * @param job the job
     * @param timeout how long at most; 0 or less does not wait
     * @return the accepted job, to wait for its result or not
     * @throws InterruptedException as {@link #submit(Object)} does
     * @throws WorkerException.Refused if the time is up; or there is no room, and the caller is one of the workers
     * @throws WorkerException.Closed if the pool is closed, before or meanwhile
     */
    public Job<R> submit(J job, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(timeout, "timeout");
        return dispatch.door.submit(job, dispatch.deadline(timeout));
    }

    /**
     * Submits a job if there is room for it. Never waits and takes no notice of interrupts.
     *
     * @param job the job
     * @return the accepted job; empty if there is no room
     * @throws WorkerException.Closed if the pool is closed
     */
    public Optional<Job<R>> trySubmit(J job) {
        Objects.requireNonNull(job, "job");
        return Optional.ofNullable(dispatch.door.trySubmit(job));
    }

    // ---- what there is

    /**
     * Returns the pool's name.
     *
     * @return the name
     */
    public String name() {
        return dispatch.name();
    }

    /**
     * Returns how many workers the pool has, whether they live now or are being replaced.
     *
     * @return 1 or more
     */
    public int workers() {
        return workers;
    }

    /**
     * Returns what the pool does and has done.
     *
     * @return the statistics, all of one instant
     */
    public Statistics statistics() {
        return dispatch.statistics();
    }

    // ---- closing

    /**
     * Closes the pool, waiting for what was accepted as long as the {@linkplain WorkerOptions#withDrainTimeout drain
     * timeout}. See {@link #close(Duration)}.
     */
    @Override
    public void close() {
        close(dispatch.options().drainTimeout());
    }

    /**
     * Closes the pool: from now on no job is accepted, and submitters that wait are refused. Waits until what was
     * accepted is over, parked jobs, further attempts and dead letters included; what is left when the time is up is
     * cancelled, and interrupted where it runs. A job that ignores that for the interrupt patience is left behind with
     * its thread. If {@link #start start} runs this pool, that ends too. If the tree of the pool does not run, this
     * cancels at once. An interrupt ends the wait, as if the time were up, and stays set. A second call does the same
     * again, which is nothing where all is done.
     *
     * @param drain the longest wait for what was accepted; 0 or less: cancel it at once
     * @throws WorkerException if the caller is one of the workers: it would wait for itself
     */
    public void close(Duration drain) {
        Objects.requireNonNull(drain, "drain");
        if (dispatch.isWorker()) {
            throw new WorkerException("a worker closes its own pool '" + name() + "' and would wait for itself");
        }
        dispatch.closing.close();
        if (caretaker.isRunning()) {
            awaitDrained(drain);
            dispatch.closing.abort();
            awaitDrained(dispatch.options().interruptPatience());
        } else {
            dispatch.closing.abort();
        }
        Supervisor own = supervisor;
        if (own != null) {
            own.close();
        }
        caretaker.logLetters();
    }

    private void awaitDrained(Duration timeout) {
        try {
            dispatch.closing.awaitDrained(dispatch.deadline(timeout));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Tells whether the pool was closed.
     *
     * @return true once {@link #close} was called, or the tree that {@link #start start} had started has ended
     */
    public boolean isClosed() {
        return dispatch.isClosed();
    }

    @Override
    public String toString() {
        return dispatch.toString();
    }

    // ---- for the rest of the package

    Dispatch<J, R> dispatch() {
        return dispatch;
    }
}
