package dev.selvage.pool.routing;

import org.jspecify.annotations.Nullable;

/**
 * The root of what a routing pool throws, apart from the usual for bad arguments. The circumstances, exactly:
 *
 * <ul>
 *   <li>{@link NoMember}: no member was connected, and none came in the time that a request waits for one;
 *   <li>{@link Overloaded}: all members were at their limits, and too many requests waited for a place already;
 *   <li>{@link Disconnected}: the member that a request went to lost its connection, or ended, before it answered;
 *   <li>{@link RequestTimeout}: a request was not answered in time;
 *   <li>{@link RequestFailed}: the transport refused a request;
 *   <li>{@link Closed}: the pool was closed, before a request or while it was under way;
 *   <li>this class itself: misuse, such as a routing strategy that chooses a member that is not there, a request made
 *       by the very member that it was routed to, or a pool that is started twice.
 * </ul>
 *
 * <p>Messages name the pool and the member, tell how many members are ready and how many requests are in flight, and
 * whether the request may have reached the peer.
 */
public class RoutingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean mayHaveReachedPeer;

    RoutingException(String message) {
        this(message, null, false);
    }

    RoutingException(String message, @Nullable Throwable cause, boolean mayHaveReachedPeer) {
        super(message, cause);
        this.mayHaveReachedPeer = mayHaveReachedPeer;
    }

    /**
     * Tells whether the peer may have got the request, and may have acted on it. If not, nothing of it was ever handed
     * to a transport, and it can be repeated without any doubt.
     *
     * @return false if the peer has certainly not seen it
     */
    public boolean mayHaveReachedPeer() {
        return mayHaveReachedPeer;
    }

    /** No member was connected, and none came in the time that a request waits for one. Nothing was sent. */
    public static final class NoMember extends RoutingException {
        private static final long serialVersionUID = 1L;

        NoMember(String message) {
            super(message);
        }
    }

    /** All members were at their limits, and as many requests waited for a place as may. Nothing was sent. */
    public static final class Overloaded extends RoutingException {
        private static final long serialVersionUID = 1L;

        Overloaded(String message) {
            super(message);
        }
    }

    /**
     * The member lost its connection, or ended, before the response came. The cause tells why. The request may have
     * reached the peer; one that has certainly not is sent by another member instead.
     */
    public static final class Disconnected extends RoutingException {
        private static final long serialVersionUID = 1L;

        Disconnected(String message, @Nullable Throwable cause) {
            super(message, cause, true);
        }
    }

    /** No response came in time. One that comes later vanishes. */
    public static final class RequestTimeout extends RoutingException {
        private static final long serialVersionUID = 1L;

        RequestTimeout(String message, boolean mayHaveReachedPeer) {
            super(message, null, mayHaveReachedPeer);
        }
    }

    /**
     * The transport refused this request with the {@link IllegalArgumentException} that is the cause. Nothing was sent.
     */
    public static final class RequestFailed extends RoutingException {
        private static final long serialVersionUID = 1L;

        RequestFailed(String message, Throwable cause) {
            super(message, cause, false);
        }
    }

    /** The pool was closed. */
    public static final class Closed extends RoutingException {
        private static final long serialVersionUID = 1L;

        Closed(String message, boolean mayHaveReachedPeer) {
            super(message, null, mayHaveReachedPeer);
        }
    }
}
