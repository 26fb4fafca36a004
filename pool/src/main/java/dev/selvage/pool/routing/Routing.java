package dev.selvage.pool.routing;

import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Chooses the member of a {@link RoutingPool} that a request goes to.
 *
 * <table>
 * <caption>The strategies given here</caption>
 * <tr><th>strategy</th><th>chooses</th><th>costs</th><th>for</th></tr>
 * <tr><td>{@link #powerOfTwo()}</td><td>the better of two that are drawn evenly: the healthier one, and of two that
 *     are as healthy the one with fewer requests in flight</td><td>the same for any number of members</td>
 *     <td>nearly everything; the default</td></tr>
 * <tr><td>{@link #random()}</td><td>any, evenly</td><td>the same for any number of members</td>
 *     <td>requests and peers that are all alike, and many callers</td></tr>
 * <tr><td>{@link #roundRobin()}</td><td>one after the other</td><td>the same for any number of members</td>
 *     <td>requests that cost alike</td></tr>
 * <tr><td>{@link #leastUsed()}</td><td>one with the fewest requests in flight</td>
 *     <td>a look at each member, until one is idle</td><td>a few members, and requests that take long</td></tr>
 * <tr><td>{@link #rendezvous(Class, Function)}</td><td>for a key always the same, among those that are well</td>
 *     <td>a hash for each member</td><td>peers that are faster at what they have seen before</td></tr>
 * </table>
 *
 * <p>Two choices do nearly as well as a look at everybody, at a price that does not grow, and callers that choose in
 * the same moment do not all choose the same one (Mitzenmacher, "The Power of Two Choices in Randomized Load
 * Balancing", 2001). That a member's health comes before its load is what Finagle does.
 *
 * <p>Your own is one method:
 *
 * {@snippet :
 * Routing firstThatIsIdle = (members, request) -> {
 *     for (int i = 0; i < members.size(); i++) {
 *         if (members.inFlight(i) == 0) {
 *             return i;
 *         }
 *     }
 *     return 0;
 * };
 * }
 *
 * <p>A strategy is called by the threads that make requests, by many at the same time, and must not block. What it
 * throws is thrown to the caller of the request. One strategy may serve several pools; a strategy with a state then
 * shares it.
 */
@FunctionalInterface
public interface Routing {

    /** How well a member is, the best first. */
    enum Health {
        /** Nothing is known against it. */
        GOOD,
        /**
         * Its latest request failed: it was not answered in time, or the answer was a
         * {@linkplain Transport.Response#failed failure}, or a connection was lost. It counts as good again when it
         * answers, or after {@linkplain RoutingOptions#withHealthyAfter a time}.
         */
        FAILING,
        /**
         * It has as many requests under way as it {@linkplain RoutingOptions#withMaxInFlight may}. A request that is
         * routed there all the same goes to the next that is not full.
         */
        FULL
    }

    /**
     * The members that can be chosen: those that are connected, at least one, in the order in which they connected. It
     * does not change while a strategy looks at it, except for the numbers in flight, and is of no use after that.
     */
    interface Members {

        /**
         * Returns how many members there are.
         *
         * @return 1 or more
         */
        int size();

        /**
         * Returns how many requests are under way by a member: routed to it, and neither answered nor given up. Where
         * there is a limit, one that was sent and given up counts until it is answered. Costs a read.
         *
         * @param index which member, from 0 to {@code size() - 1}
         * @return 0 or more
         */
        int inFlight(int index);

        /**
         * Returns how well a member is. Costs a read or two.
         *
         * @param index which member, from 0 to {@code size() - 1}
         * @return the better the earlier
         */
        Health health(int index);

        /**
         * Returns the name of a member, which stays the same when it connects anew.
         *
         * @param index which member, from 0 to {@code size() - 1}
         * @return the name
         */
        String name(int index);
    }

    /**
     * Chooses a member. If the one chosen has ended meanwhile, or is full, the request goes to the next that is
     * neither.
     *
     * @param members who can be chosen
     * @param request what is to be asked
     * @return the index of the chosen one, from 0 to {@code members.size() - 1}; anything else fails the request with a
     *     {@link RoutingException}
     */
    int pick(Members members, Object request);

    /**
     * Returns the strategy that draws two different members evenly and chooses the better one: the healthier, and of
     * two that are as healthy the one with fewer requests in flight. The default of a pool.
     *
     * @return the strategy, without a state
     */
    static Routing powerOfTwo() {
        return Routings.POWER_OF_TWO;
    }

    /**
     * Returns the strategy that chooses the better one of two members that are drawn from a source of your own, for
     * tests that have to come out the same each time.
     *
     * @param random where the two come from; called by all threads that make requests, so it must bear that
     * @return the strategy
     */
    static Routing powerOfTwo(RandomGenerator random) {
        return Routings.powerOfTwo(random);
    }

    /**
     * Returns the strategy that chooses evenly at random.
     *
     * @return the strategy, without a state
     */
    static Routing random() {
        return Routings.RANDOM;
    }

    /**
     * Returns the strategy that chooses evenly at random from a source of your own, for tests that have to come out the
     * same each time.
     *
     * @param random where the choice comes from; called by all threads that make requests, so it must bear that
     * @return the strategy
     */
    static Routing random(RandomGenerator random) {
        return Routings.random(random);
    }

    /**
     * Returns a strategy that takes one member after the other, beginning anywhere: many programs that start at the
     * same time do not all begin with the same peer. When members come or go the turn jumps.
     *
     * @return a strategy with a turn of its own
     */
    static Routing roundRobin() {
        return Routings.roundRobin();
    }

    /**
     * Returns the strategy that chooses a member with the fewest requests in flight; among equals, any, evenly. Callers
     * that choose in the same moment may choose the same one.
     *
     * @return the strategy, without a state
     */
    static Routing leastUsed() {
        return Routings.LEAST_USED;
    }

    /**
     * Returns the strategy that chooses a member with the fewest requests in flight, and among equals one from a source
     * of your own.
     *
     * @param random where the choice among equals comes from; called by all threads that make requests, so it must bear
     *     that
     * @return the strategy
     */
    static Routing leastUsed(RandomGenerator random) {
        return Routings.leastUsed(random);
    }

    /**
     * Returns the strategy that chooses for a key always the same member, by rendezvous hashing (Thaler and
     * Ravishankar, 1998): each member's name is hashed with the key, and the highest wins. Members that come or go move
     * no keys but their own. Among the members that are connected it takes only those that are
     * {@linkplain Health well}, so a key goes elsewhere while its own member is not. Every pool whose members have the
     * same names chooses the same, in whatever order they connected, also in another JVM if the keys' hash codes are
     * the same there.
     *
     * {@snippet :
     * options.withRouting(Routing.rendezvous(Query.class, Query::user))
     * }
     *
     * <p>Not promised: an even spread of few keys; nor does it look at what is in flight.
     *
     * @param <Q> the type of the requests
     * @param type the type of the requests; another one fails with a {@link ClassCastException}
     * @param key takes the key from a request: not null, with a hash code of its own; called by the threads that make
     *     requests
     * @return the strategy
     */
    static <Q> Routing rendezvous(Class<Q> type, Function<? super Q, ?> key) {
        return Routings.rendezvous(type, key);
    }
}
