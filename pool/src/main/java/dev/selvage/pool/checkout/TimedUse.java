package dev.selvage.pool.checkout;

import dev.selvage.pool.checkout.CheckoutPool.Use;
import dev.selvage.time.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One use of a resource that has to be over by a deadline. One compare-and-set decides which comes first, the end of
 * the use or the deadline. If it is the deadline, the clock takes the resource away and interrupts the user, who leaves
 * only once that is done: so no interrupt comes after the end of the method.
 */
final class TimedUse<R> {
    private enum State {
        /** It is used. */
        RUNNING,
        /** The use was over in time. */
        OVER,
        /** The deadline has passed, and the clock is about to interrupt the user. */
        LATE,
        /** The user was interrupted, and the clock has nothing more to do with it. */
        SETTLED
    }

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(TimedUse.class, "state", State.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Lending<R> lending;
    private final CheckoutLease<R> lease;
    private final Duration limit;
    private final Thread user = Thread.currentThread();

    /** By the pool's ticker. */
    final long dueNanos;

    /** Tells those that are due at the same time apart; the clock's, guarded by its lock. */
    long number;

    // RUNNING -> OVER (by the user), or RUNNING -> LATE -> SETTLED (by the clock)
    private volatile State state = State.RUNNING;

    /** Who holds what as the deadline passes. Written by the clock before SETTLED, read by the user after it. */
    private String told = "";

    /** Whether somebody else had interrupted the user before the deadline passed; written and read as {@link #told}. */
    private boolean wasInterrupted;

    private TimedUse(Lending<R> lending, CheckoutLease<R> lease, Duration limit, long dueNanos) {
        this.lending = lending;
        this.lease = lease;
        this.limit = limit;
        this.dueNanos = dueNanos;
    }

    /** Borrows a resource, uses it and gives it back, all within the limit. */
    static <R, T extends @Nullable Object, X extends Exception> T within(
            Duration limit, Lending<R> lending, Use<? super R, ? extends T, X> use) throws X, InterruptedException {
        Deadline deadline = Deadline.after(limit, lending.options().ticker());
        long dueNanos = lending.now() + Math.min(deadline.remainingNanos(), Long.MAX_VALUE / 2);
        CheckoutLease<R> lease = lending.borrow(deadline);
        if (deadline.hasPassed()) {
            lease.close();
            throw lending.refused(Refusals.noTimeLeft(lending, limit));
        }
        return new TimedUse<>(lending, lease, limit, dueNanos).run(use);
    }

    private <T extends @Nullable Object, X extends Exception> T run(Use<? super R, ? extends T, X> use) throws X {
        T result;
        try {
            lending.clock().add(this);
            result = use.with(lease.resource());
        } catch (Throwable thrown) {
            end(thrown);
            throw thrown;
        }
        end(null);
        return result;
    }

    /** The use is over, in time or not; its own thread. */
    private void end(@Nullable Throwable thrown) {
        lending.clock().remove(this);
        if (STATE.compareAndSet(this, State.RUNNING, State.OVER)) {
            lease.close();
            return;
        }
        boolean interrupted = awaitSettled();
        if (interrupted && wasInterrupted) {
            user.interrupt(); // by somebody else, for what comes next
        }
        throw new CheckoutException.DeadlinePassed(told, thrown);
    }

    /** Waits for the clock, a moment; returns whether the user was interrupted. Clears that. */
    private boolean awaitSettled() {
        boolean interrupted = false;
        while (state != State.SETTLED) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                interrupted = true; // otherwise it would not park again
            }
        }
        return Thread.interrupted() || interrupted;
    }

    /** The deadline has passed, and the use may or may not be over. The clock's thread. */
    void passed() {
        boolean interruptedBefore = user.isInterrupted(); // later the user itself may clear that as it waits to leave
        if (!STATE.compareAndSet(this, State.RUNNING, State.LATE)) {
            return;
        }
        wasInterrupted = interruptedBefore;
        CheckoutPool.Holder late = Holders.of(lease, lending.now());
        try {
            told = Refusals.late(lending, lease, limit); // before the interrupt, which the stack is not to show
            lending.counts().deadlines.increment();
            lending.returns().takeFromLate(lease);
        } finally {
            interrupt();
        }
        lending.announcer().late(late); // which may take its time: the user has left by now
    }

    private void interrupt() {
        try {
            user.interrupt(); // may be code of somebody's, if the thread is
        } finally {
            state = State.SETTLED;
            LockSupport.unpark(user);
        }
    }
}
