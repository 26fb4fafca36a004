package dev.selvage.pool.checkout;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One loan of one resource. Whoever marks it over, by the one exchange there is, has the resource next. */
final class CheckoutLease<R> implements CheckoutPool.Lease<R> {
    private static final VarHandle NOTICED_BY;

    static {
        try {
            NOTICED_BY = MethodHandles.lookup().findVarHandle(CheckoutLease.class, "noticedBy", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Stands for what notices the borrower's end once that is of no interest any more. */
    private static final Object OVER = new Object();

    final PooledResource<R> lent;
    final Thread borrower;
    final long sinceNanos;

    /**
     * What notices the borrower's end: its {@link Lifetime}; of a bare thread that had none nothing, until others hang
     * up a {@link Watch}. In the end {@link #OVER}. One field, because there is a lease for every loan.
     */
    private volatile @Nullable Object noticedBy;

    CheckoutLease(PooledResource<R> lent, Thread borrower, @Nullable Lifetime lifetime, long sinceNanos) {
        this.lent = lent;
        this.borrower = borrower;
        this.noticedBy = lifetime;
        this.sinceNanos = sinceNanos;
    }

    /** The hook of a borrower that was given a lifetime only after it had borrowed. */
    private static final class Watch extends ExitHook {
        private final CheckoutLease<?> lease;
        private final Lifetime watched;

        Watch(CheckoutLease<?> lease, Lifetime watched) {
            super(Phase.AT_THREAD_END);
            this.lease = lease;
            this.watched = watched;
        }

        @Override
        protected void onExit() {
            lease.takeBack();
        }

        @Override
        public String toString() {
            return lease.lent.toString();
        }
    }

    private void takeBack() {
        lent.lending.returns().reclaim(this);
    }

    /** Makes sure that the borrower's end is noticed. Any thread; returns at once. */
    void watch() {
        if (noticedBy != null) {
            return;
        }
        Lifetime found = Lifetime.ofLiving(borrower);
        if (found == null) {
            takeBack();
            return;
        }
        Watch mine = new Watch(this, found);
        if (!NOTICED_BY.compareAndSet(this, (Object) null, (Object) mine)) {
            return;
        }
        if (!found.adopt(mine)) {
            takeBack(); // it has ended meanwhile: a thread without a lifetime is no process to be abandoned
        } else if (noticedBy == OVER) {
            found.remove(mine); // given back meanwhile, perhaps before there was anything to take off
        }
    }

    boolean isWatched() {
        return noticedBy != null;
    }

    boolean borrowerHasEnded() {
        return noticedBy instanceof Lifetime lifetime ? lifetime.hasEnded() : !borrower.isAlive();
    }

    /** Ends the loan; true for the one caller that did. */
    boolean end() {
        if (noticedBy == OVER) {
            return false;
        }
        Object before = NOTICED_BY.getAndSet(this, OVER);
        if (before instanceof Watch hung) {
            hung.watched.remove(hung);
        }
        return before != OVER;
    }

    private boolean isOver() {
        return noticedBy == OVER;
    }

    @Override
    public R resource() {
        if (isOver()) {
            throw stale();
        }
        return lent.resource;
    }

    CheckoutException.StaleLease stale() {
        Throwable broken = lent.whyBroken();
        return new CheckoutException.StaleLease(
                "the lease of " + lent + " is over: it was given back, handed over or taken away"
                        + (broken == null ? "" : ", since it broke: " + broken),
                broken);
    }

    @Override
    public boolean isHeld() {
        return !isOver();
    }

    @Override
    public void discard() {
        lent.lending.returns().discard(this);
    }

    @Override
    public CheckoutPool.Lease<R> handOver(Thread receiver) {
        Objects.requireNonNull(receiver, "receiver");
        if (Thread.currentThread() != borrower) {
            throw new CheckoutException("only its borrower, '" + borrower.getName() + "', hands " + lent
                    + " over; this is '" + Thread.currentThread().getName() + "'");
        }
        return lent.lending.handOver(this, receiver);
    }

    @Override
    public void close() {
        lent.lending.returns().giveBack(this);
    }

    @Override
    public String toString() {
        return "lease of " + lent + " by " + borrower.getName() + (isOver() ? " (over)" : "");
    }
}
