package dev.selvage.pool.checkout;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One loan of one resource. Whoever marks it over, by the one compare-and-set there is, has the resource next. */
final class CheckoutLease<R> implements CheckoutPool.Lease<R> {
    private static final VarHandle OVER;
    private static final VarHandle WATCH;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            OVER = lookup.findVarHandle(CheckoutLease.class, "over", boolean.class);
            WATCH = lookup.findVarHandle(CheckoutLease.class, "watch", Watch.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Lending<R> lending;
    final PooledResource<R> lent;
    final Thread borrower;

    /** The borrower's lifetime; null for a bare thread that had none. */
    private final @Nullable Lifetime lifetime;

    final long sinceNanos;

    private volatile boolean over;

    /** What notices the end of a borrower without a lifetime; hung up late, by others. Null -> a watch. */
    private volatile @Nullable Watch watch;

    CheckoutLease(
            Lending<R> lending, PooledResource<R> lent, Thread borrower, @Nullable Lifetime lifetime, long sinceNanos) {
        this.lending = lending;
        this.lent = lent;
        this.borrower = borrower;
        this.lifetime = lifetime;
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
        lending.reclaim(this);
    }

    /** Makes sure that the borrower's end is noticed. Any thread; returns at once. */
    void watch() {
        if (lifetime != null || watch != null || over) {
            return;
        }
        Lifetime found = Lifetime.ofLiving(borrower);
        if (found == null) {
            lending.reclaim(this);
            return;
        }
        Watch mine = new Watch(this, found);
        if (!WATCH.compareAndSet(this, (Watch) null, mine)) {
            return;
        }
        if (!found.adopt(mine)) {
            lending.reclaim(this); // it has ended meanwhile: a thread without a lifetime is no process to be abandoned
        } else if (over) {
            found.remove(mine); // given back meanwhile, perhaps before there was anything to take off
        }
    }

    boolean isWatched() {
        return lifetime != null || watch != null;
    }

    boolean borrowerHasEnded() {
        Lifetime known = lifetime;
        return known == null ? !borrower.isAlive() : known.hasEnded();
    }

    /** Ends the loan; true for the one caller that did. */
    boolean end() {
        if (!OVER.compareAndSet(this, false, true)) {
            return false;
        }
        Watch hung = watch;
        if (hung != null) {
            hung.watched.remove(hung);
        }
        return true;
    }

    @Override
    public R resource() {
        if (over) {
            throw stale();
        }
        return lent.resource;
    }

    CheckoutException.StaleLease stale() {
        return new CheckoutException.StaleLease(
                "the lease of " + lent + " is over: it was given back, handed over or taken" + " away");
    }

    @Override
    public boolean isHeld() {
        return !over;
    }

    @Override
    public void discard() {
        lending.discard(this);
    }

    @Override
    public CheckoutPool.Lease<R> handOver(Thread receiver) {
        Objects.requireNonNull(receiver, "receiver");
        if (Thread.currentThread() != borrower) {
            throw new CheckoutException("only its borrower, '" + borrower.getName() + "', hands " + lent
                    + " over; this is '" + Thread.currentThread().getName() + "'");
        }
        return lending.handOver(this, receiver);
    }

    @Override
    public void close() {
        lending.giveBack(this);
    }

    @Override
    public String toString() {
        return "lease of " + lent + " by " + borrower.getName() + (over ? " (over)" : "");
    }
}
