package dev.selvage.pool.worker;

import dev.selvage.time.Backoff;
import dev.selvage.time.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What may be chosen about a {@link WorkerPool}. An immutable value, given to the function that makes or starts one:
 *
 * {@snippet :
 * var pool = WorkerPool.start("sync", 4, Event::user, this::sync, options -> options
 *         .withCapacity(200)
 *         .withTimeLimit(Duration.ofSeconds(30))
 *         .withDeadLetters(letter -> table.insert(letter.job(), letter.cause())));
 * }
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>option</th><th>legal values</th><th>default</th></tr>
 * <tr><td>capacity</td><td>1 or more jobs that wait for a worker or for another attempt</td><td>1,000</td></tr>
 * <tr><td>parked</td><td>0 or more jobs that wait for a busy key, of all keys together</td><td>10,000</td></tr>
 * <tr><td>quantum</td><td>1 or more jobs of one key in a row</td><td>1</td></tr>
 * <tr><td>on a busy key</td><td>park behind it, look again after a delay of more than 0, or coalesce</td>
 * <td>park</td></tr>
 * <tr><td>attempts</td><td>1 or more</td><td>3</td></tr>
 * <tr><td>backoff</td><td>any {@link Backoff}</td><td>exponential with full jitter, 100 ms to 10 s</td></tr>
 * <tr><td>retry if</td><td>any condition on what an attempt threw</td><td>always</td></tr>
 * <tr><td>time limit</td><td>more than 0, of each attempt</td><td>none</td></tr>
 * <tr><td>interrupt patience</td><td>0 or more</td><td>1 s</td></tr>
 * <tr><td>dead letters</td><td>any handler</td><td>writes them to the log</td></tr>
 * <tr><td>drain timeout</td><td>0 or more; 0 aborts</td><td>10 s</td></tr>
 * <tr><td>intensity: restarts</td><td>0 or more</td><td>the number of workers and 3 more</td></tr>
 * <tr><td>intensity: period</td><td>more than 0</td><td>5 s</td></tr>
 * <tr><td>listener</td><td>any {@link WorkerListener}</td><td>none</td></tr>
 * <tr><td>ticker</td><td>any {@link Ticker}</td><td>{@link Ticker#system()}</td></tr>
 * </table>
 *
 * @param <J> the type of the jobs
 */
public final class WorkerOptions<J> {
    private static final Logger LOG = System.getLogger("dev.selvage.pool.worker");

    static final WorkerListener SILENT = new WorkerListener() {};

    /** How many restarts of workers are allowed in which time. */
    record Intensity(int restarts, Duration period) {}

    /** The values, while they are being put together. */
    private static final class Values<J> implements Cloneable {
        int capacity = 1_000;
        int parked = 10_000;
        int quantum = 1;

        /** Null: not this policy. */
        @Nullable Duration lookAgain;

        /** Null: not this policy. */
        @Nullable BinaryOperator<J> merge;

        int attempts = 3;
        Backoff backoff = Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(10))
                .withFullJitter();
        Predicate<? super Throwable> retryIf = cause -> true;

        @Nullable Duration timeLimit;

        Duration interruptPatience = Duration.ofSeconds(1);
        Consumer<? super WorkerPool.DeadLetter<J>> deadLetters = letter -> LOG.log(
                Level.WARNING,
                "dead letter: job " + letter.job() + " failed after " + letter.attempts() + " attempts",
                letter.cause());
        Duration drainTimeout = Duration.ofSeconds(10);

        @Nullable Intensity intensity;

        WorkerListener listener = SILENT;
        Ticker ticker = Ticker.system();

        @SuppressWarnings("unchecked") // the clone of a Values<J> is one
        Values<J> copy() {
            try {
                return (Values<J>) clone();
            } catch (CloneNotSupportedException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    private interface Change<J> {
        void to(Values<J> values);
    }

    private final Values<J> values;

    private WorkerOptions(Values<J> values) {
        this.values = values;
    }

    static <J> WorkerOptions<J> defaults() {
        return new WorkerOptions<>(new Values<>());
    }

    private WorkerOptions<J> with(Change<J> change) {
        Values<J> changed = values.copy();
        change.to(changed);
        return new WorkerOptions<>(changed);
    }

    /**
     * Sets how many jobs may wait for a worker, those that wait for another attempt and dead letters that wait for
     * their handler included. When there are as many, submitters wait, or are refused. Jobs that wait for a busy key
     * are not among them.
     *
     * @param jobs 1 or more
     * @return options with that capacity
     */
    public WorkerOptions<J> withCapacity(int jobs) {
        Checks.atLeast("jobs", jobs, 1);
        return with(values -> values.capacity = jobs);
    }

    /**
     * Sets how many jobs may wait for busy keys, of all keys together. When there are as many, submitters of further
     * jobs for busy keys wait, or are refused; those for other keys are not affected. A job whose next attempt is due
     * while its key is busy is parked in any case, at the cost of the queue: no more wait in the pool than the capacity
     * and this allow together, and one a worker that comes back from a failed attempt.
     *
     * @param jobs 0 or more
     * @return options with that bound
     */
    public WorkerOptions<J> withParked(int jobs) {
        Checks.atLeast("jobs", jobs, 0);
        return with(values -> values.parked = jobs);
    }

    /**
     * Sets how many jobs of one key are done in a row, while others of it are parked, before the key goes to the end of
     * the queue. With 1 a hot key gets one turn in each round of the queue; with more its jobs go on where the last one
     * was, with what is still in the processor's caches.
     *
     * @param jobs 1 or more
     * @return options with that quantum
     */
    public WorkerOptions<J> withQuantum(int jobs) {
        Checks.atLeast("jobs", jobs, 1);
        return with(values -> values.quantum = jobs);
    }

    /**
     * Has jobs for a busy key wait in line behind it: the default. They are done in the order in which they were
     * accepted; only one that failed takes its place anew, at the end, when its next attempt is due.
     *
     * @return options with that policy
     */
    public WorkerOptions<J> withParking() {
        return with(values -> {
            values.lookAgain = null;
            values.merge = null;
        });
    }

    /**
     * Has a job for a busy key put aside, to look again after a delay whether the key is free. No order is kept then,
     * and a job whose key is always busy when it looks is never done.
     *
     * @param delay after which time it looks again, more than 0
     * @return options with that policy
     */
    public WorkerOptions<J> withLookingAgain(Duration delay) {
        Checks.positive("delay", delay);
        return with(values -> {
            values.lookAgain = delay;
            values.merge = null;
        });
    }

    /**
     * Has a job become one with a job of the same key that waits already, for a worker or for that key: both submitters
     * get the same {@link Job}. So of a key one job runs and one waits, however many are submitted. A job that has
     * begun is never joined, since it may have seen an older world; nor is one that waits for another attempt.
     *
     * @param merge makes one job from the one that waits and the new one, on the submitter's thread; may be called more
     *     than once, if the job that waits is changed or begun meanwhile
     * @return options with that policy
     */
    public WorkerOptions<J> withCoalescing(BinaryOperator<J> merge) {
        Objects.requireNonNull(merge, "merge");
        return with(values -> {
            values.lookAgain = null;
            values.merge = merge;
        });
    }

    /**
     * Sets how many attempts a job has before it is a dead letter, and how long it waits before each but the first. An
     * attempt has failed when the worker threw, took too long, or died. The key is free meanwhile.
     *
     * @param attempts 1 or more; 1: a job is never repeated
     * @param backoff the waits
     * @return options with those attempts
     */
    public WorkerOptions<J> withAttempts(int attempts, Backoff backoff) {
        Checks.atLeast("attempts", attempts, 1);
        Objects.requireNonNull(backoff, "backoff");
        return with(values -> {
            values.attempts = attempts;
            values.backoff = backoff;
        });
    }

    /**
     * Sets which failures are worth another attempt. A job that throws another one has failed at once, and is no dead
     * letter. An attempt that took too long shows as {@link WorkerException.TimedOut}. Jobs whose worker died are
     * repeated without being asked for.
     *
     * @param worth whether to try again; called on the worker's thread
     * @return options with that condition
     */
    public WorkerOptions<J> withRetryIf(Predicate<? super Throwable> worth) {
        Objects.requireNonNull(worth, "worth");
        return with(values -> values.retryIf = worth);
    }

    /**
     * Limits how long each attempt may take. After that it is interrupted and has failed, unless it returns a result
     * even so.
     *
     * @param limit more than 0
     * @return options with that limit
     */
    public WorkerOptions<J> withTimeLimit(Duration limit) {
        Checks.positive("limit", limit);
        return with(values -> values.timeLimit = limit);
    }

    /**
     * Sets how long an interrupted job has to return. After that its worker is abandoned and replaced, the job is a
     * dead letter without another attempt, unless it was cancelled, and its key stays taken until its thread really
     * returns.
     *
     * @param patience 0 or more
     * @return options with that patience
     */
    public WorkerOptions<J> withInterruptPatience(Duration patience) {
        Checks.notNegative("patience", patience);
        return with(values -> values.interruptPatience = patience);
    }

    /**
     * Sets what becomes of jobs whose attempts are used up. The handler is called on a process of its own, for one
     * letter after the other. What it throws is logged with the letter; if its process dies meanwhile it gets the same
     * letter again. A handler that is slow makes the queue full, rather than letters pile up.
     *
     * @param handler the handler
     * @return options with that handler
     */
    public WorkerOptions<J> withDeadLetters(Consumer<? super WorkerPool.DeadLetter<J>> handler) {
        Objects.requireNonNull(handler, "handler");
        return with(values -> values.deadLetters = handler);
    }

    /**
     * Sets how long a {@link WorkerPool#close()} that is told no time waits for what was accepted.
     *
     * @param timeout 0 or more; 0 aborts at once
     * @return options with that timeout
     */
    public WorkerOptions<J> withDrainTimeout(Duration timeout) {
        Checks.notNegative("timeout", timeout);
        return with(values -> values.drainTimeout = timeout);
    }

    /**
     * Sets how many restarts of workers are allowed in which time before the pool gives up. Only a worker that died
     * needs one; a job that throws does not hurt its worker.
     *
     * @param restarts 0 or more
     * @param period more than 0
     * @return options with that intensity
     * @see dev.selvage.supervisor.SupervisorSpec#withIntensity
     */
    public WorkerOptions<J> withIntensity(int restarts, Duration period) {
        Checks.atLeast("restarts", restarts, 0);
        Checks.positive("period", period);
        return with(values -> values.intensity = new Intensity(restarts, period));
    }

    /**
     * Sets who hears of waits, refusals, retries, failures, dead letters and workers that died.
     *
     * @param listener the listener
     * @return options with that listener
     */
    public WorkerOptions<J> withListener(WorkerListener listener) {
        Objects.requireNonNull(listener, "listener");
        return with(values -> values.listener = listener);
    }

    /**
     * Sets the clock of every wait of the pool and of its supervisor. In a tree of yours it must be that tree's clock.
     *
     * @param ticker the clock
     * @return options with that clock
     */
    public WorkerOptions<J> withTicker(Ticker ticker) {
        Objects.requireNonNull(ticker, "ticker");
        return with(values -> values.ticker = ticker);
    }

    int capacity() {
        return values.capacity;
    }

    int parked() {
        return values.parked;
    }

    int quantum() {
        return values.quantum;
    }

    @Nullable Duration lookAgain() {
        return values.lookAgain;
    }

    @Nullable BinaryOperator<J> merge() {
        return values.merge;
    }

    int attempts() {
        return values.attempts;
    }

    Backoff backoff() {
        return values.backoff;
    }

    Predicate<? super Throwable> retryIf() {
        return values.retryIf;
    }

    @Nullable Duration timeLimit() {
        return values.timeLimit;
    }

    Duration interruptPatience() {
        return values.interruptPatience;
    }

    Consumer<? super WorkerPool.DeadLetter<J>> deadLetters() {
        return values.deadLetters;
    }

    Duration drainTimeout() {
        return values.drainTimeout;
    }

    Intensity intensity(int workers) {
        return values.intensity == null ? new Intensity(workers + 3, Duration.ofSeconds(5)) : values.intensity;
    }

    WorkerListener listener() {
        return values.listener;
    }

    Ticker ticker() {
        return values.ticker;
    }

    @Override
    public String toString() {
        return "WorkerOptions[capacity " + values.capacity + ", parked " + values.parked + ", quantum " + values.quantum
                + ", attempts " + values.attempts + ", time limit "
                + (values.timeLimit == null ? "none" : values.timeLimit) + "]";
    }
}
