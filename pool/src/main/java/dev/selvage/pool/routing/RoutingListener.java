package dev.selvage.pool.routing;

import java.time.Duration;
import java.util.Optional;

/**
 * Hears what happens in routing pools that is worth counting or telling.
 *
 * {@snippet :
 * options.withListener(new RoutingListener() {
 *     public void onRequest(String pool, Duration time, Optional<RoutingException> failure) {
 *         String outcome = failure.map(why -> why.getClass().getSimpleName()).orElse("answered");
 *         registry.timer("requests", "pool", pool, "outcome", outcome).record(time);
 *     }
 * })
 * }
 *
 * <p>Each method does nothing by default. They are called on the threads on which things happen, those of callers and
 * of members, under no lock of the pool, by many at the same time, and hold these up: so they return at once. What one
 * throws is logged and changes nothing. How many there were of each is also in {@link RoutingPool.Statistics}.
 *
 * <p>What happens in other pools too has the same method in their listeners: one class may implement them all.
 */
public interface RoutingListener {

    /**
     * A request has ended, on its caller's thread. One that was interrupted is not told of.
     *
     * @param pool the name of the pool
     * @param time how long it took, with all waits
     * @param failure what is thrown to the caller, or empty if it was answered
     */
    default void onRequest(String pool, Duration time, Optional<RoutingException> failure) {}

    /**
     * A request had to wait for a place because all members were at their limits; on its caller's thread. This is told
     * when the wait ends, be it by an interrupt.
     *
     * @param pool the name of the pool
     * @param waited for how long
     * @param granted whether it got a place in the end
     */
    default void onWait(String pool, Duration waited, boolean granted) {}

    /**
     * A request was refused, because all members were at their limits and as many requests waited as may; on its
     * caller's thread. {@link #onRequest} tells its end next, with {@link RoutingException.Overloaded}.
     *
     * @param pool the name of the pool
     * @param request the request
     * @param why why, for people
     */
    default void onRefusal(String pool, Object request, String why) {}

    /**
     * A member has failed time after time, and gets no requests for a time. {@link #onMemberChange} tells its state
     * next, and when that is over.
     *
     * @param pool the name of the pool
     * @param member the name of the member
     * @param time for how long it is out, unless it loses its connection before
     */
    default void onEjection(String pool, String member, Duration time) {}

    /**
     * A member is in another state.
     *
     * @param pool the name of the pool
     * @param member the name of the member
     * @param state what it does from now on
     */
    default void onMemberChange(String pool, String member, RoutingPool.Member.State state) {}
}
