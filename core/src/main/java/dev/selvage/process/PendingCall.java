package dev.selvage.process;

import dev.selvage.time.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The address that the answer to one call goes to: the caller waits on it, anyone may answer it, one compare-and-set
 * decides.
 *
 * @param <R> the type of the answer
 */
final class PendingCall<R> implements ReplyTo<R> {

    /** A failed call's exception is made on the caller's thread, where its stack trace means something. */
    private record Failure(Supplier<? extends ProcessException> exception) {}

    private static final Object NULL_REPLY = new Object();

    /** The caller took its answer, or gave up: nothing of either stays reachable from here. */
    private static final Object OVER = new Object();

    private static final VarHandle OUTCOME;
    private static final VarHandle WAITER;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            OUTCOME = lookup.findVarHandle(PendingCall.class, "outcome", Object.class);
            WAITER = lookup.findVarHandle(PendingCall.class, "waiter", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // null (waiting) -> answer, NULL_REPLY or Failure, by whoever answers first -> OVER, by the caller
    //                -> OVER, by the caller that gives up
    // The last step is a call's only: a request keeps what it ended with, to be asked again.
    private volatile @Nullable Object outcome;

    /**
     * Who is woken by the answer: the thread that waits, or the request that a group collects. A caller enters itself
     * only once it has to park, so that an answer that came before then wakes nobody, and writes null when it leaves,
     * so that an address kept for long keeps no thread. A waiter writes this before it reads {@code outcome}, who
     * answers writes {@code outcome} before reading this: one of the two sees the other.
     */
    private volatile @Nullable Object waiter;

    /** The request that this is the address of, which ends when its time is up; null for a call, whose caller waits. */
    private final @Nullable OutgoingRequest<R> request;

    /** The call that the callee took before this one and may still owe an answer; written by the callee only. */
    @Nullable PendingCall<?> takenBefore;

    /** The address of a call. */
    PendingCall() {
        this.request = null;
        this.waiter = null;
    }

    /** The address of a request, awaited by nobody yet or collected by a group. */
    PendingCall(OutgoingRequest<R> request, boolean collected) {
        this.request = request;
        this.waiter = collected ? request : null;
    }

    @Override
    public boolean reply(R value) {
        return complete(value == null ? NULL_REPLY : value);
    }

    @Override
    public boolean fail(Throwable cause) {
        Objects.requireNonNull(cause, "cause");
        return failWith(() -> new ProcessException.CallFailed("the call was answered with " + cause, cause));
    }

    boolean failWith(Supplier<? extends ProcessException> exception) {
        return complete(new Failure(exception));
    }

    private boolean complete(Object result) {
        if (!OUTCOME.compareAndSet(this, null, result)) {
            return false;
        }
        Object woken = waiter;
        if (woken instanceof Thread thread) {
            LockSupport.unpark(thread);
        } else if (woken instanceof OutgoingRequest<?> collected) {
            collected.done();
        }
        return true;
    }

    /** Whether the callee owes an answer that somebody waits for. Ends a request whose time is up. */
    boolean isOwed() {
        if (outcome == null && request != null) {
            request.endIfLate();
        }
        return outcome == null;
    }

    boolean isWaiting() {
        return outcome == null;
    }

    /** Gives up; returns false when an answer was faster. */
    private boolean cancel() {
        return OUTCOME.compareAndSet(this, null, OVER);
    }

    // ---- the caller's side of a call

    /** Ends the call on the caller's side without waiting, because it was never sent. */
    void discard() {
        outcome = OVER;
        waiter = null;
    }

    /** Waits for the answer; returns null when the deadline passed first. The caller only. */
    @Nullable Answer<R> await(Deadline deadline) throws InterruptedException {
        try {
            letTheCalleeRun();
            if (outcome == null) {
                waiter = Thread.currentThread();
            }
            while (outcome == null) {
                if (Thread.interrupted()) {
                    giveUpInterrupted();
                } else if (deadline.hasPassed()) {
                    if (cancel()) {
                        return null;
                    }
                } else {
                    deadline.park(this);
                }
            }
            return new Answer<>(takeOutcome());
        } finally {
            waiter = null;
        }
    }

    private void letTheCalleeRun() {
        if (Thread.currentThread().isVirtual()) {
            for (int turn = 0; turn < Turn.BEFORE_PARKING && outcome == null; turn++) {
                Turn.giveAway();
            }
        }
    }

    private void giveUpInterrupted() throws InterruptedException {
        if (cancel()) {
            throw new InterruptedException("interrupted while waiting for the answer to a call");
        }
        // the answer was faster: return it, and leave the interrupt for the caller's next wait
        Thread.currentThread().interrupt();
    }

    private Object takeOutcome() {
        Object result = Objects.requireNonNull(outcome);
        outcome = OVER;
        return result;
    }

    // ---- the asking side of a request

    /** Waits until it is answered or the deadline has passed. Leaves the answer there. One thread at a time. */
    void awaitAnswer(Deadline deadline) throws InterruptedException {
        Thread current = Thread.currentThread();
        Object other = WAITER.compareAndExchange(this, null, current);
        if (other != null && !(other instanceof OutgoingRequest<?> collected && collected.isCollectedBy(current))) {
            throw new ProcessException(this + " is awaited by another thread");
        }
        try {
            while (outcome == null && !deadline.hasPassed()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while waiting for the answer to a request");
                }
                deadline.park(this);
            }
        } finally {
            WAITER.compareAndSet(this, current, null);
        }
    }

    /** The answer of a request that has one. */
    Answer<R> answer() {
        return new Answer<>(Objects.requireNonNull(outcome, "not answered"));
    }

    /**
     * What a call ended with; a null answer is an answer.
     *
     * @param <R> the type of the answer
     */
    static final class Answer<R> {
        private final Object result;

        private Answer(Object result) {
            this.result = result;
        }

        @SuppressWarnings({"unchecked", "NullAway"}) // only reply(R) puts it there; R may be a nullable type
        R get() {
            if (result instanceof Failure failure) {
                throw failure.exception().get();
            }
            return (R) (result == NULL_REPLY ? null : result);
        }
    }

    @Override
    public String toString() {
        return "reply address" + (isWaiting() ? "" : " (answered)");
    }
}
