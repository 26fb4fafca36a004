package dev.selvage.pool.routing;

import java.io.IOException;
import java.util.Objects;
import java.util.function.IntConsumer;

/**
 * One connection to a peer, over which many requests are under way at the same time: what a user gives a
 * {@link RoutingPool}, made by a {@link Connector}.
 *
 * {@snippet :
 * record Directory(Socket socket, DataInputStream in, OutputStream out) implements Transport<Integer, String> {
 *     public void send(long id, Integer request) throws IOException {
 *         out.write(ByteBuffer.allocate(12).putLong(id).putInt(request).array());
 *     }
 *
 *     public Response<String> receive() throws IOException {
 *         return new Response<>(in.readLong(), in.readUTF());
 *     }
 *
 *     public void close() throws IOException {
 *         socket.close(); // frees a send and a receive that are blocked
 *     }
 * }
 * }
 *
 * <p>Three threads meet here, all of them virtual. The member's process calls {@link #send}, one request after the
 * other; a reader of its own calls {@link #receive}, again and again; and any thread may call {@link #close} at any
 * moment, while both are under way. So sending and receiving need no lock against each other, and closing must not wait
 * for either.
 *
 * <p><b>A send may block</b>, when the peer reads more slowly than is written. Meanwhile responses still reach their
 * callers, requests queue up in the member's mailbox, each for as long as its caller waits, and an orderly stop of the
 * member, which comes after what was queued, has to wait too. What frees it: room; the peer's being found silent, or
 * the reader's finding the connection lost, because both close the transport from their threads; and an interrupt, when
 * the member is killed or its time to stop is up. Blocking operations on sockets obey an interrupt on a virtual thread;
 * an implementation that blocks in another way has to be freed by {@link #close}, or the member is abandoned in the
 * end.
 *
 * <p>Code that holds a monitor ({@code synchronized}) while it blocks pins the carrier thread on JDK 21 to 23: with as
 * many such sends as there are processors nothing else runs. {@link java.io.DataOutputStream}, {@link
 * java.io.ByteArrayOutputStream#writeTo} and some drivers do. A frame made in memory and written at one go to the
 * stream of the socket, as above, does not.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
public interface Transport<Q, R> extends AutoCloseable {

    /**
     * A response of the peer.
     *
     * @param <R> the type of the responses
     * @param id the id that the request was sent with
     * @param value what was answered, not null
     * @param failure whether it says that the peer is in trouble. It reaches its caller like any other, but it counts
     *     against the member, as a request does that is not answered in time
     */
    record Response<R>(long id, R value, boolean failure) {

        /** Checks that there is a value. */
        public Response {
            Objects.requireNonNull(value, "value");
        }

        /**
         * Makes a response that says nothing against the peer.
         *
         * @param id the id that the request was sent with
         * @param value what was answered, not null
         */
        public Response(long id, R value) {
            this(id, value, false);
        }

        /**
         * Makes a response that says that the peer is in trouble, such as an internal error or one of overload; not one
         * that says that the request was wrong.
         *
         * @param <R> the type of the responses
         * @param id the id that the request was sent with
         * @param value what was answered, not null
         * @return the response
         */
        public static <R> Response<R> failed(long id, R value) {
            return new Response<>(id, value, true);
        }
    }

    /**
     * Says how many requests the peer bears at the same time, where that is known or changes, such as the limit of
     * streams of HTTP/2. Called once, by the reader's thread, before anything is sent or received. An implementation
     * that knows a limit keeps what it is given here and calls it, now and whenever the limit changes, with 0 or more.
     * Any thread may call it, and it returns at once. A limit that is lowered ends no request that is under way; one
     * that is higher than {@link RoutingOptions#withMaxInFlight the pool's} has no effect.
     *
     * {@snippet :
     * public void limitedBy(IntConsumer limit) {
     *     limit.accept(100);      // until the peer says more
     *     this.limit = limit;     // for receive(), which reads what it says
     * }
     * }
     *
     * <p>By default a transport sets no limit.
     *
     * @param limit takes how many requests may be under way from now on
     */
    default void limitedBy(IntConsumer limit) {}

    /**
     * Writes a request. Called by the member's process, one request at a time, and never again once it has thrown
     * anything but {@link IllegalArgumentException}.
     *
     * <p>What it throws ends the connection: the transport is closed, every request in flight fails, and the member
     * connects anew. {@link IllegalArgumentException} alone is about this one request: it says that the request cannot
     * be sent, that nothing of it was written, and that the connection is as good as before.
     *
     * @param id names the request on this connection; the response repeats it. Ids grow and are never used twice by a
     *     member
     * @param request what to ask
     * @throws IllegalArgumentException if this request cannot be sent by any connection and nothing was written
     * @throws Exception if the connection can be used no more
     */
    void send(long id, Q request) throws Exception;

    /**
     * Waits for the next response, of whichever request. Called by one thread, again and again. A response with an id
     * that nobody waits for is counted and dropped.
     *
     * @return the response
     * @throws Exception if the connection is over, also because the peer has closed it or {@link #close} was called
     */
    Response<R> receive() throws Exception;

    /**
     * Ends the connection, and with it a {@link #send} and a {@link #receive} that are blocked. Called exactly once for
     * each transport that a connector returned, by any thread. It must return at once: it may run on the thread that
     * waits for the end of the member.
     *
     * @throws IOException if something went wrong, which is logged and changes nothing
     */
    @Override
    void close() throws IOException;
}
