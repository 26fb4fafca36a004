package dev.selvage.pool.worker;

import dev.selvage.exit.ExitReason;
import dev.selvage.task.Outcome;
import dev.selvage.time.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One job on its way through a pool. Where it is, is guarded by the pool's lock; its outcome is written once, under
 * that lock, and read by anybody.
 */
final class Ticket<J, R extends @Nullable Object> implements Job<R> {
    private static final VarHandle WAITERS;

    static {
        try {
            WAITERS = MethodHandles.lookup().findVarHandle(Ticket.class, "waiters", Waiter.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // NEW -> accepted, or BLOCKED -> REFUSED, AGAIN (then as NEW), or accepted
    // accepted: QUEUED, PARKED, ASIDE -> QUEUED -> RUNNING -> DONE, or RETRYING -> QUEUED, PARKED, ASIDE
    //           and from each of them DONE, when it is cancelled
    enum Place {
        /** Not submitted yet. */
        NEW,
        /** Its submitter waits. */
        BLOCKED,
        /** Its submitter is to throw. */
        REFUSED,
        /** Its submitter is to try again: there is somebody to be coalesced with. */
        AGAIN,
        /** On the queue of what can be done at once. */
        QUEUED,
        /** Behind its key. */
        PARKED,
        /** Put aside because its key was busy, until the alarm. */
        ASIDE,
        /** An attempt has failed: until the alarm. */
        RETRYING,
        /** Given to a worker. */
        RUNNING,
        /** It has its outcome. */
        DONE
    }

    /** Who waits for the outcome; no longer when {@code thread} is null. */
    private static final class Waiter {
        volatile @Nullable Thread thread = Thread.currentThread();
        final @Nullable Waiter next;

        Waiter(@Nullable Waiter next) {
            this.next = next;
        }
    }

    final @Nullable Object key;
    private final Dispatch<J, R> dispatch;

    /** What is to be done; another one when it is coalesced, none when it is done. Guarded by the pool's lock. */
    @Nullable J job;

    /** Written under the pool's lock. */
    volatile Place place = Place.NEW;

    /** Neighbours on a {@link TicketList}; guarded by the pool's lock, as is all up to the next comment. */
    @Nullable Ticket<J, R> ahead;

    @Nullable Ticket<J, R> behind;

    /** The list it is on. */
    @Nullable TicketList<J, R> list;

    /** The key that it has, from the queue until it gives it back. */
    @Nullable KeySlot<J, R> slot;

    @Nullable Member<J, R> member;

    /** Who waits for room, while it is blocked. */
    @Nullable Thread submitter;

    /** When its alarm goes off, if it is set. */
    long alarmNanos;

    boolean alarmSet;

    /** In the order of arrival. */
    long number;

    boolean cancelled;
    boolean interrupted;

    /** Written under the lock; read by its worker when it has been interrupted. */
    volatile boolean timedOut;

    /** Told the outcome once, under no lock; for pipelines. Written before it is submitted. */
    @Nullable Consumer<Outcome<R>> onEnd;

    /** Whether it takes a place that was kept for it; written before it is submitted. */
    boolean kept;

    /** Whether it is no job but the wish for a place that is kept. */
    boolean wish;

    // ---- read by anybody

    /** Written by the worker, under the pool's lock. */
    volatile int attempts;

    private volatile @Nullable Outcome<R> outcome;
    private volatile @Nullable Waiter waiters;

    Ticket(Dispatch<J, R> dispatch, @Nullable J job, @Nullable Object key) {
        this.dispatch = dispatch;
        this.job = job;
        this.key = key;
    }

    J job() {
        return Objects.requireNonNull(job);
    }

    /** Under the pool's lock. */
    void countAttempt() {
        int before = attempts;
        attempts = before + 1;
    }

    /** Under the pool's lock, once. */
    void end(Outcome<R> result) {
        place = Place.DONE;
        job = null;
        outcome = result;
        Waiter waiter = (Waiter) WAITERS.getAndSet(this, null);
        for (; waiter != null; waiter = waiter.next) {
            LockSupport.unpark(waiter.thread);
        }
    }

    // ---- waiting

    @Override
    public R await() throws InterruptedException {
        return valueOf(join());
    }

    @Override
    public R await(Duration timeout) throws InterruptedException {
        return join(timeout)
                .map(this::valueOf)
                .orElseThrow(() -> new WorkerException.TimedOut(this + " was not done within " + timeout));
    }

    private R valueOf(Outcome<R> result) {
        return switch (result) {
            case Outcome.Success<R>(R value) -> value;
            case Outcome.Failure<R>(Throwable cause) ->
                throw new WorkerException.Failed(this + " failed: " + cause, cause);
            case Outcome.TimedOut<R>(Duration limit) ->
                throw new WorkerException.TimedOut(this + ": its last attempt took longer than " + limit);
            case Outcome.Cancelled<R>(ExitReason reason) ->
                throw new WorkerException.Cancelled(this + " ended without a result: " + reason);
        };
    }

    @Override
    public Outcome<R> join() throws InterruptedException {
        return awaitOutcome(Deadline.never()).orElseThrow();
    }

    @Override
    public Optional<Outcome<R>> join(Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        return awaitOutcome(dispatch.deadline(timeout));
    }

    private Optional<Outcome<R>> awaitOutcome(Deadline deadline) throws InterruptedException {
        dispatch.refuseSelf(this);
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before waiting for " + this);
        }
        if (outcome != null || deadline.hasPassed()) {
            return poll();
        }
        Waiter waiter = enter();
        try {
            while (outcome == null && !deadline.hasPassed()) {
                deadline.park(this);
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while waiting for " + this);
                }
            }
        } finally {
            leave(waiter);
        }
        return poll();
    }

    private Waiter enter() {
        while (true) {
            Waiter first = waiters;
            Waiter waiter = new Waiter(first);
            if (WAITERS.compareAndSet(this, first, waiter)) {
                return waiter;
            }
        }
    }

    /** Takes off what stands first and waits no longer; what is left below goes with those above it, or at the end. */
    private void leave(Waiter waiter) {
        waiter.thread = null;
        Waiter first = waiters;
        while (first != null && first.thread == null) {
            WAITERS.compareAndSet(this, first, first.next);
            first = waiters;
        }
    }

    // ---- the rest

    @Override
    public Optional<Outcome<R>> poll() {
        return Optional.ofNullable(outcome);
    }

    @Override
    public boolean isDone() {
        return outcome != null;
    }

    @Override
    public boolean cancel() {
        return dispatch.closing.cancel(this);
    }

    @Override
    public State state() {
        return switch (place) {
            case NEW, QUEUED, BLOCKED, AGAIN, REFUSED -> State.QUEUED;
            case PARKED, ASIDE -> State.PARKED;
            case RETRYING -> State.RETRYING;
            case RUNNING -> State.RUNNING;
            case DONE -> State.DONE;
        };
    }

    @Override
    public int attempts() {
        return attempts;
    }

    @Override
    public String toString() {
        return "job " + number + " of pool '" + dispatch.name() + "' (" + state() + ", "
                + (key == null ? "no key" : "key " + key) + ", " + attempts + (attempts == 1 ? " attempt" : " attempts")
                + ")";
    }
}
