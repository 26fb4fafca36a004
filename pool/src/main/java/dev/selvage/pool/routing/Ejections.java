package dev.selvage.pool.routing;

import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes members out for a while that fail one request after the other though they are connected (rule 10.4), and sees
 * to it that these are few.
 *
 * <p>The rule is after Envoy's for consecutive failures: so many in a row, at most a tenth of the members, for a time
 * that grows with each time in a row. Other than there one member may always go (since 1.31 Envoy has an option for
 * that), but never the last that is ready, and one that comes back is on probation: its first failure takes it out
 * again.
 */
final class Ejections<Q, R> {
    private final RoutingPool<Q, R> pool;
    private final RoutingOptions.@Nullable Ejection policy;
    private final Ticker ticker;

    /** One at a time decides, so that two who fail in the same moment do not both find that there is another left. */
    private final ReentrantLock deciding = new ReentrantLock();

    /** How many members are out: raised by who decides; lowered once for each, see {@link Connection}. */
    private final AtomicInteger out = new AtomicInteger();

    Ejections(RoutingPool<Q, R> pool, RoutingOptions options) {
        this.pool = pool;
        this.policy = options.ejection();
        this.ticker = options.ticker();
    }

    /** A request to a member has failed, and was counted. Any thread. */
    void failed(Connection<Q, R> connection) {
        if (policy == null || connection.slot.failuresInARow() < policy.failures() || isFull()) {
            return;
        }
        if (eject(connection)) {
            connection.ejected(Deadline.after(policy.time(), ticker).remainingNanos());
        }
    }

    private boolean isFull() {
        return out.get() >= Math.max(1, pool.size() / 10);
    }

    /** Under the lock nothing is done that a user's code hears of. */
    private boolean eject(Connection<Q, R> connection) {
        deciding.lock();
        try {
            if (isFull() || !connection.isRoutable() || pool.ready() < 2) {
                return false;
            }
            out.incrementAndGet(); // before it is out, for whoever ends that lowers it
            if (connection.eject()) {
                return true;
            }
            out.decrementAndGet();
            return false;
        } finally {
            deciding.unlock();
        }
    }

    /** One that was out is in again, or has lost its connection. Once for each. */
    void over() {
        out.decrementAndGet();
    }

    /** How many failures one that comes back counts as having behind it: one less than take it out. */
    int probation() {
        return policy == null ? 0 : policy.failures() - 1;
    }

    int out() {
        return out.get();
    }
}
