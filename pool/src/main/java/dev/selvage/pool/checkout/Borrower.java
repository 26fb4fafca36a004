package dev.selvage.pool.checkout;

import dev.selvage.time.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that waits for a resource. One compare-and-set decides how its wait ends. */
final class Borrower<R> {
    /** Why a wait ended without a resource. */
    enum Refusal {
        /** It gave up itself: time, or an interrupt. */
        GAVE_UP,
        /** The pool was closed. */
        CLOSED,
        /** The pool sheds load. */
        SHED
    }

    private static final VarHandle OUTCOME;

    static {
        try {
            OUTCOME = MethodHandles.lookup().findVarHandle(Borrower.class, "outcome", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Thread thread = Thread.currentThread();
    final long sinceNanos;

    // null (it waits) -> a resource, or a refusal
    private volatile @Nullable Object outcome;

    /** Neighbours in the queue, guarded by its lock. */
    @Nullable Borrower<R> ahead;

    @Nullable Borrower<R> behind;

    boolean isQueued;

    Borrower(long sinceNanos) {
        this.sinceNanos = sinceNanos;
    }

    /** Gives it a resource and wakes it; false if its wait was over before: then the resource is still the caller's. */
    boolean grant(PooledResource<R> resource) {
        return decide(resource);
    }

    boolean refuse(Refusal refusal) {
        return decide(refusal);
    }

    private boolean decide(Object decided) {
        if (!OUTCOME.compareAndSet(this, null, decided)) {
            return false;
        }
        LockSupport.unpark(thread);
        return true;
    }

    /** Ends the wait by its own will; false if it was over. */
    boolean giveUp() {
        return decide(Refusal.GAVE_UP);
    }

    /** Waits until it is granted or refused; gives up when the deadline has passed. Its own thread only. */
    void await(Deadline deadline, Object pool) throws InterruptedException {
        while (outcome == null) {
            if (Thread.interrupted()) {
                if (giveUp()) {
                    throw new InterruptedException("interrupted while waiting for a resource of " + pool);
                }
                Thread.currentThread().interrupt(); // the grant was faster: the interrupt is for what comes next
            } else if (deadline.hasPassed()) {
                giveUp();
            } else {
                deadline.park(pool);
            }
        }
    }

    /** Why it got nothing. */
    Refusal refusal() {
        return outcome instanceof Refusal refusal ? refusal : Refusal.GAVE_UP;
    }

    @SuppressWarnings("unchecked") // only grant puts a resource there
    @Nullable PooledResource<R> granted() {
        return outcome instanceof PooledResource<?> resource ? (PooledResource<R>) resource : null;
    }
}
