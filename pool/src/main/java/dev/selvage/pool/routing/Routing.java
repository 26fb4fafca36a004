package dev.selvage.pool.routing;

import java.util.random.RandomGenerator;

/**
 * Chooses the member of a {@link RoutingPool} that a request goes to.
 *
 * <table>
 * <caption>The strategies given here</caption>
 * <tr><th>strategy</th><th>chooses</th><th>costs</th><th>for</th></tr>
 * <tr><td>{@link #random()}</td><td>any, evenly</td><td>the same for any number of members</td>
 *     <td>many callers; the default</td></tr>
 * <tr><td>{@link #roundRobin()}</td><td>one after the other</td><td>the same for any number of members</td>
 *     <td>requests that cost alike</td></tr>
 * <tr><td>{@link #leastUsed()}</td><td>one with the fewest requests in flight</td>
 *     <td>a look at each member, until one is idle</td><td>requests or peers that differ in speed</td></tr>
 * </table>
 *
 * <p>Your own is one method:
 *
 * {@snippet :
 * Routing firstThatIsIdle = members -> {
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
         * Returns how many requests are under way by a member: routed to it, and its caller still waiting. Costs a
         * read.
         *
         * @param index which member, from 0 to {@code size() - 1}
         * @return 0 or more
         */
        int inFlight(int index);

        /**
         * Returns the name of a member, which stays the same when it connects anew.
         *
         * @param index which member, from 0 to {@code size() - 1}
         * @return the name
         */
        String name(int index);
    }

    /**
     * Chooses a member. If the one chosen has ended meanwhile the request goes to the next that has not.
     *
     * @param members who can be chosen
     * @return the index of the chosen one, from 0 to {@code members.size() - 1}; anything else fails the request with a
     *     {@link RoutingException}
     */
    int pick(Members members);

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
}
