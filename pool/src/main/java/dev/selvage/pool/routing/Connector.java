package dev.selvage.pool.routing;

/**
 * Makes the connections of a {@link RoutingPool}.
 *
 * {@snippet :
 * Connector<String, String> connector = member -> new FantaTransport(new Socket("fanta.example", 4711));
 * }
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
@FunctionalInterface
public interface Connector<Q, R> {

    /**
     * Connects, and waits for that as long as it takes. Called on a virtual thread that is no other's, for several
     * members at the same time; the member goes on meanwhile. The thread is interrupted when the attempt has taken
     * longer than the pool's connect timeout, or the member is to end; what is returned after that is closed at once.
     *
     * @param member which member asks, from 0 to the pool's size less one; the same for each of its attempts
     * @return a connection that is ready for requests, never one that was returned before
     * @throws Exception if there is no connection to be had now; the member tries again later
     */
    Transport<Q, R> connect(int member) throws Exception;
}
