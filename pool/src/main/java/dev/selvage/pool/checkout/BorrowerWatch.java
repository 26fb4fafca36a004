package dev.selvage.pool.checkout;

import java.lang.invoke.VarHandle;

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

    /** How often the keeper makes its rounds. */
    static final long ROUND_NANOS = 10_000_000;

    /** How long a bare thread may hold a resource before its end is watched for; loans are dated by rounds. */
    private static final long UNWATCHED_NANOS = 2 * ROUND_NANOS;

    /** Whether the keeper knows that there are loans, and makes its rounds. */
    private volatile boolean rounds;

    /** When the rounds were begun: they go on for one round at least. */
    private long begunNanos;

    /**
     * When the last round was. It dates the loans until the next: to read the clock for each would cost as much as all
     * the rest of a loan. Written and read without order: all values are of the last rounds.
     */
    private long roundNanos;

    BorrowerWatch(Lending<R> lending) {
        this.lending = lending;
    }

    /** The time, perhaps as it was a round ago. */
    long now() {
        return rounds ? roundNanos : lending.now();
    }

    /** A thread has borrowed. */
    void lent(CheckoutLease<R> lease) {
        if (!lease.isWatched() && lending.waiting() > 0) {
            lease.watch();
        } else if (!rounds) {
            begunNanos = lease.sinceNanos;
            roundNanos = lease.sinceNanos;
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
    boolean makeRound() {
        if (!rounds) {
            return false;
        }
        roundNanos = lending.now();
        lending.adapt();
        if (watchHeldFor(UNWATCHED_NANOS) || roundNanos - begunNanos < ROUND_NANOS) {
            return true;
        }
        rounds = false;
        VarHandle.fullFence(); // whoever lends from here on calls the keeper, or its lease is seen by this look
        boolean others = watchHeldFor(UNWATCHED_NANOS);
        if (others) {
            rounds = true;
        }
        return others;
    }

    /** A keeper begins: who holds by now may not have been noted. */
    void begin() {
        begunNanos = lending.now();
        roundNanos = begunNanos;
        rounds = true;
    }
}
