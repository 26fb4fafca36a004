package dev.selvage.process;

import dev.selvage.time.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call that waits for its answer: the caller parks on it, anyone may answer it, one compare-and-set decides.
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

    static {
        try {
            OUTCOME = MethodHandles.lookup().findVarHandle(PendingCall.class, "outcome", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // null (waiting) -> answer, NULL_REPLY or Failure, by whoever answers first -> OVER, by the caller
    //                -> OVER, by the caller that gives up
    private volatile @Nullable Object outcome;

    /** Written null by the caller when it leaves, so that an address kept for long keeps no thread. */
    private volatile @Nullable Thread caller = Thread.currentThread();

    /** The call that the callee took before this one and may still owe an answer; written by the callee only. */
    @Nullable PendingCall<?> takenBefore;

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
        LockSupport.unpark(caller);
        return true;
    }

    boolean isWaiting() {
        return outcome == null;
    }

    /** Gives up; returns false when an answer was faster. */
    private boolean cancel() {
        return OUTCOME.compareAndSet(this, null, OVER);
    }

    /** Ends the call on the caller's side without waiting, because it was never sent. */
    void discard() {
        outcome = OVER;
        caller = null;
    }

    /** Waits for the answer; returns null when the deadline passed first. The caller only. */
    @Nullable Answer<R> await(Deadline deadline) throws InterruptedException {
        try {
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
            caller = null;
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
