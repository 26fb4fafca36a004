package dev.selvage.pool.checkout;

import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * Sees to it that the end of every borrower is noticed. A process's always is. A bare thread that holds a resource for
 * a moment only is not worth a watcher: so the keeper makes rounds while there are such, and gives one to who has held
 * for some time; and whoever begins to wait gives one to all.
 *
 * <p>Who borrows while somebody waits sees to its own watcher: it lends first and then looks at the queue, a waiter
 * enters the queue first and then looks at the leases, so one finds the other.
 */
final class BorrowerWatch<R> {
    private final Lending<R> lending;

    /** Whether the keeper knows that bare threads hold resources without being watched, and makes its rounds. */
    private volatile boolean rounds;

    BorrowerWatch(Lending<R> lending) {
        this.lending = lending;
    }

    /** A bare thread has borrowed. */
    void lent(CheckoutLease<R> lease) {
        if (lending.waiting() > 0) {
            lease.watch();
        } else if (!rounds) {
            rounds = true;
            lending.keeper().tell(new ResourceKeeper.Message.Look<>());
        }
    }

    /** Gives every borrower a watcher. */
    void watchAll() {
        watchHeldFor(0);
    }

    /** Gives one to who has held for so long; returns whether there are others without. */
    private boolean watchHeldFor(long nanos) {
        boolean others = false;
        for (PooledResource<R> resource : lending.all()) {
            CheckoutLease<R> lease = resource.lease;
            if (lease == null || lease.isWatched()) {
                continue;
            }
            if (nanos == 0 || lending.now() - lease.sinceNanos >= nanos) {
                lease.watch();
            } else {
                others = true;
            }
        }
        return others;
    }

    /** A round of the keeper; returns whether it is to make another one soon. */
    boolean makeRound(Duration heldFor) {
        if (!rounds) {
            return false;
        }
        if (watchHeldFor(heldFor.toNanos())) {
            return true;
        }
        rounds = false;
        VarHandle.fullFence(); // whoever lends from here on calls the keeper, or its lease is seen by this look
        boolean others = watchHeldFor(heldFor.toNanos());
        if (others) {
            rounds = true;
        }
        return others;
    }

    /** A keeper begins: who holds by now may not have been noted. */
    void begin() {
        rounds = true;
    }
}
