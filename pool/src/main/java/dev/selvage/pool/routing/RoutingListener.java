package dev.selvage.pool.routing;

import java.time.Duration;
import java.util.Optional;

/**
 * Is told what happens in a pool, for metrics and logs. Each method does nothing by default. They are called on the
 * threads on which things happen, those of callers and of members, by many at the same time, and hold these up: so
 * they return at once. What one throws is logged and changes nothing.
 *
 * {@snippet :
 * options.withListener(new RoutingListener() {
 *     public void requestEnded(Duration time, Optional<RoutingException> failure) {
 *         timer(failure.map(why -> why.getClass().getSimpleName()).orElse("answered")).record(time);
 *     }
 * })
 * }
 */
public interface RoutingListener {

    /**
     * A request has ended, on its caller's thread. One that was interrupted is not told of.
     *
     * @param time how long it took, with all waits
     * @param failure what is thrown to the caller, or empty if it was answered
     */
    default void requestEnded(Duration time, Optional<RoutingException> failure) {}

    /**
     * A request has waited for a place because all members were at their limits; on its caller's thread.
     *
     * @param time how long, whether it got one or not
     */
    default void requestWaited(Duration time) {}

    /**
     * A member is in another state.
     *
     * @param member its name
     * @param state what it does from now on
     */
    default void memberChanged(String member, RoutingPool.Member.State state) {}
}
