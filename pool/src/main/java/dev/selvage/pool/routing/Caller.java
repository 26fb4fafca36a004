package dev.selvage.pool.routing;

import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that waits for a place at a member. One compare-and-set decides how its wait ends. */
final class Caller<Q, R> {
    /** Why a wait ended without a place. */
    enum Refusal {
        /** It gave up itself: time, or an interrupt. */
        GAVE_UP,
        /** The pool was closed. */
        CLOSED,
        /** There is no member any more whose place it could get. */
        NO_MEMBER
    }

    private static final VarHandle OUTCOME;

    static {
        try {
            OUTCOME = MethodHandles.lookup().findVarHandle(Caller.class, "outcome", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Thread thread = Thread.currentThread();
    private final Ticker ticker;
    private final long sinceNanos;

    // null (it waits) -> a connection with a place taken, or a refusal
    private volatile @Nullable Object outcome;

    Caller(Ticker ticker) {
        this.ticker = ticker;
        this.sinceNanos = ticker.nanoTime();
    }

    /** Gives it a place and wakes it; false if its wait was over before: then the place is still the giver's. */
    boolean grant(Connection<Q, R> place) {
        return decide(place);
    }

    boolean refuse(Refusal refusal) {
        return decide(refusal);
    }

    /** Ends the wait by its own will; false if it was over. */
    boolean giveUp() {
        return decide(Refusal.GAVE_UP);
    }

    private boolean decide(Object decided) {
        if (!OUTCOME.compareAndSet(this, null, decided)) {
            return false;
        }
        LockSupport.unpark(thread);
        return true;
    }

    /** Waits until it is granted or refused; gives up when the deadline has passed. Its own thread only. */
    void await(Deadline deadline, Object pool) throws InterruptedException {
        while (outcome == null) {
            if (Thread.interrupted()) {
                if (giveUp()) {
                    throw new InterruptedException("interrupted while waiting for a place at a member of " + pool);
                }
                Thread.currentThread().interrupt(); // the decision was faster: the interrupt is for what comes next
            } else if (deadline.hasPassed()) {
                giveUp();
            } else {
                deadline.park(pool);
            }
        }
    }

    long waitedNanos() {
        return ticker.nanoTime() - sinceNanos;
    }

    /** Why it got nothing. */
    Refusal refusal() {
        return outcome instanceof Refusal refusal ? refusal : Refusal.GAVE_UP;
    }

    @SuppressWarnings("unchecked") // only grant puts a connection there
    @Nullable Connection<Q, R> granted() {
        return outcome instanceof Connection<?, ?> place ? (Connection<Q, R>) place : null;
    }
}
