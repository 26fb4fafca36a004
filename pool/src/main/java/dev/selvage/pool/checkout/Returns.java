package dev.selvage.pool.checkout;

import dev.selvage.pool.checkout.CheckoutListener.Reason;
import dev.selvage.time.Deadline;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * How the loans of a checkout pool end: given back, given up as broken, or taken from a borrower that has ended, is
 * past its deadline, holds what has broken, or holds on while the pool closes. Whoever ends the lease, by the one
 * compare-and-set it has, has the resource next; for everybody else it was over.
 */
final class Returns<R> {
    private static final Logger LOG = System.getLogger("dev.selvage.pool.checkout");

    private final Lending<R> lending;
    private final Bell allBack = new Bell();

    /** Whether a close has taken away what was not given back in time. Written before it looks for leases. */
    private volatile boolean takenAway;

    Returns(Lending<R> lending) {
        this.lending = lending;
    }

    // ---- by the borrower

    void giveBack(CheckoutLease<R> lease) {
        if (!lease.end()) {
            return;
        }
        long heldNanos = heldNanos(lease);
        PooledResource<R> back = lease.lent;
        boolean asGoodAsNew = reset(back);
        if (asGoodAsNew) {
            back.noLongerLent();
            if (lending.options().timesIdleness()) {
                back.idleSinceNanos = lending.now();
                back.wellSinceNanos = back.idleSinceNanos;
            }
            lending.putBack(back);
        } else {
            back.lease = null;
            lending.retire(back, Reason.BROKEN);
        }
        tellClosing();
        lending.announcer().returned(heldNanos);
    }

    /** For how long it was held, if somebody is to be told. */
    private long heldNanos(CheckoutLease<R> lease) {
        return lending.announcer().isHeard() ? lending.now() - lease.sinceNanos : 0;
    }

    private boolean reset(PooledResource<R> back) {
        try {
            lending.factory().reset(back.resource);
            return true;
        } catch (Throwable failure) {
            LOG.log(Level.WARNING, back + " could not be reset, and is replaced", failure);
            return false;
        }
    }

    void discard(CheckoutLease<R> lease) {
        long heldNanos = heldNanos(lease);
        if (drop(lease, Reason.BROKEN)) {
            lending.counts().discarded.increment();
            lending.announcer().returned(heldNanos);
        }
    }

    // ---- from the borrower

    /** Takes back what a thread had that has ended. On the ending thread, its watcher, or one that found it dead. */
    void reclaim(CheckoutLease<R> lease) {
        if (!lease.end()) {
            return;
        }
        CheckoutPool.Holder dead = Holders.of(lease, lending.now());
        PooledResource<R> orphan = lease.lent;
        orphan.lease = null;
        lending.counts().reclaimed.increment();
        switch (lending.options().orphans()) {
            case REUSE -> lending.putBack(orphan);
            case RESET -> lending.keeper().tell(new ResourceKeeper.Message.Reset<>(orphan));
            case DESTROY -> lending.retire(orphan, Reason.ORPHANED);
        }
        tellClosing();
        lending.announcer().reclaimed(dead);
    }

    /** Takes away what is used past a deadline; nobody knows in which state it is. */
    void takeFromLate(CheckoutLease<R> lease) {
        drop(lease, Reason.OVERDUE);
    }

    /**
     * A resource has broken, its factory says: it is taken from who has borrowed it, or by the keeper if it is idle.
     * Whoever has it otherwise finds that it is not fit. Any thread.
     */
    void broke(PooledResource<R> resource, Throwable why) {
        if (resource.breaksBy(why)) {
            lending.keeper().tell(new ResourceKeeper.Message.Broken<>(resource));
            CheckoutLease<R> lease = resource.lease;
            if (lease != null) {
                drop(lease, Reason.BROKEN);
            }
        }
    }

    /** Takes a new loan away again if whoever tells that it broke may have looked for a lease before this one. */
    void takeIfBroken(CheckoutLease<R> lease) {
        if (lease.lent.isBroken()) {
            drop(lease, Reason.BROKEN);
        }
    }

    /** Ends a loan, and gives its resource up; false if it was over, so that somebody else has the resource. */
    private boolean drop(CheckoutLease<R> lease, Reason reason) {
        if (!lease.end()) {
            return false;
        }
        lease.lent.lease = null;
        lending.retire(lease.lent, reason);
        tellClosing();
        return true;
    }

    // ---- closing

    /** Nobody who waits for all to be back waits in vain when a close comes meanwhile. */
    void tellClosing() {
        if (lending.isClosed()) {
            allBack.ring();
        }
    }

    /** Waits until nobody has a resource; false when the deadline passed first. */
    boolean awaitAllBack(Deadline deadline) throws InterruptedException {
        lending.watch().watchAll();
        return allBack.await(() -> lending.leased() == 0, deadline);
    }

    /** Takes every resource from who has it. */
    void takeAllAway() {
        takenAway = true;
        for (PooledResource<R> resource : lending.all()) {
            CheckoutLease<R> lease = resource.lease;
            if (lease != null) {
                takeAway(lease);
            }
        }
    }

    /** Takes a new loan away again if a close may have looked for leases before there was this one. */
    boolean takeAwayIfLate(CheckoutLease<R> lease) {
        if (takenAway) {
            takeAway(lease);
            return true;
        }
        return false;
    }

    private void takeAway(CheckoutLease<R> lease) {
        if (lease.end()) {
            LOG.log(
                    Level.WARNING,
                    "checkout pool ''{0}'' is closed: {1} is taken from ''{2}'', which has not given it back",
                    lending.name(),
                    lease.lent,
                    lease.borrower.getName());
            lease.lent.lease = null;
            lending.retire(lease.lent, Reason.CLOSED);
        }
    }
}
