package dev.selvage.pool.routing;

import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Takes members out for a while that fail one request after the other though they are connected (rule 10.4), and sees
 * to it that these are few.
 *
 * <p>The rule is Envoy's for consecutive failures: so many in a row, at most a tenth of the members but one at least,
 * for a time that grows with each time in a row. Other than there a pool never takes out its last member that is ready,
 * and one that comes back is on probation: its first failure takes it out again.
 */
final class Ejections<Q, R> {
    private final RoutingPool<Q, R> pool;
    private final RoutingOptions.@Nullable Ejection policy;
    private final Ticker ticker;

    /** How many members are out: raised by those who see a failure; lowered once for each, see {@link Connection}. */
    private final AtomicInteger out = new AtomicInteger();

    Ejections(RoutingPool<Q, R> pool, RoutingOptions options) {
        this.pool = pool;
        this.policy = options.ejection();
        this.ticker = options.ticker();
    }

    /** A request to a member has failed, and was counted. Any thread. */
    void failed(Connection<Q, R> connection) {
        if (policy == null || connection.slot.failuresInARow() < policy.failures() || !connection.isRoutable()) {
            return;
        }
        if (!enter()) {
            return;
        }
        long first = Deadline.after(policy.time(), ticker).remainingNanos();
        if (pool.ready() < 2 || !connection.eject(first)) {
            out.decrementAndGet();
        }
    }

    private boolean enter() {
        int most = Math.max(1, pool.size() / 10);
        int now = out.get();
        while (now < most) {
            if (out.compareAndSet(now, now + 1)) {
                return true;
            }
            now = out.get();
        }
        return false;
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
