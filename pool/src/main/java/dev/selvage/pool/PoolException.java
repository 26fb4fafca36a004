package dev.selvage.pool;

import org.jspecify.annotations.Nullable;

/**
 * The root of what the pools throw, apart from the usual for bad arguments. The circumstances, exactly:
 *
 * <ul>
 *   <li>{@link NoMember}: no member was connected, and none came in the time that a request waits for one;
 *   <li>{@link Disconnected}: the member that a request went to lost its connection, or ended, before it answered;
 *   <li>{@link RequestTimeout}: a request was not answered in time;
 *   <li>{@link RequestFailed}: the transport refused a request;
 *   <li>{@link CheckoutTimeout}: nothing to lend came back or was made in time;
 *   <li>{@link CreationFailed}: nothing came in time because nothing could be made;
 *   <li>{@link Shed}: a borrower was refused because the pool sheds load;
 *   <li>{@link StaleLease}: a resource was asked for by a lease that is over;
 *   <li>{@link Closed}: the pool was closed, before a request or while it was under way;
 *   <li>this class itself: misuse, such as a routing strategy that chooses a member that is not there, a request made
 *       by the very member that it was routed to, or a pool that is started twice.
 * </ul>
 *
 * <p>Messages name the pool and the member, tell how many members are ready and how many requests are in flight, and
 * whether the request may have reached the peer.
 */
public class PoolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean mayHaveReachedPeer;

    PoolException(String message) {
        this(message, null, false);
    }

    PoolException(String message, @Nullable Throwable cause, boolean mayHaveReachedPeer) {
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
    public static final class NoMember extends PoolException {
        private static final long serialVersionUID = 1L;

        NoMember(String message) {
            super(message);
        }
    }

    /**
     * The member lost its connection, or ended, before the response came. The cause tells why. The request may have
     * reached the peer; one that has certainly not is sent by another member instead.
     */
    public static final class Disconnected extends PoolException {
        private static final long serialVersionUID = 1L;

        Disconnected(String message, @Nullable Throwable cause) {
            super(message, cause, true);
        }
    }

    /** No response came in time. One that comes later vanishes. */
    public static final class RequestTimeout extends PoolException {
        private static final long serialVersionUID = 1L;

        RequestTimeout(String message, boolean mayHaveReachedPeer) {
            super(message, null, mayHaveReachedPeer);
        }
    }

    /**
     * The transport refused this request with the {@link IllegalArgumentException} that is the cause. Nothing was sent.
     */
    public static final class RequestFailed extends PoolException {
        private static final long serialVersionUID = 1L;

        RequestFailed(String message, Throwable cause) {
            super(message, cause, false);
        }
    }

    /** The pool was closed. */
    public static final class Closed extends PoolException {
        private static final long serialVersionUID = 1L;

        Closed(String message, boolean mayHaveReachedPeer) {
            super(message, null, mayHaveReachedPeer);
        }
    }

    /** No resource came back and none was made in time. The message tells who has them, and what those do now. */
    public static final class CheckoutTimeout extends PoolException {
        private static final long serialVersionUID = 1L;

        CheckoutTimeout(String message) {
            super(message);
        }
    }

    /** There is no resource at all, and none could be made in time. The cause is what the factory threw last. */
    public static final class CreationFailed extends PoolException {
        private static final long serialVersionUID = 1L;

        CreationFailed(String message, Throwable cause) {
            super(message, cause, false);
        }
    }

    /** The pool sheds load: borrowers have waited too long for too long, and this one was refused. */
    public static final class Shed extends PoolException {
        private static final long serialVersionUID = 1L;

        Shed(String message) {
            super(message);
        }
    }

    /** The lease is over: its resource may be another's by now. */
    public static final class StaleLease extends PoolException {
        private static final long serialVersionUID = 1L;

        StaleLease(String message) {
            super(message);
        }
    }
}
