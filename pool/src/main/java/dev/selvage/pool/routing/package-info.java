/**
 * A pool whose members are shared: many callers have their requests under way on a few connections.
 *
 * <p>What a {@link dev.selvage.pool.routing.RoutingPool} needs is a {@link dev.selvage.pool.routing.Connector}, which
 * makes connections, and a {@link dev.selvage.pool.routing.Transport}, which is one: it sends requests with an id and
 * receives responses that repeat the id, in any order.
 *
 * {@snippet :
 * record Telegraph(Socket socket, DataInputStream in, OutputStream out) implements Transport<String, String> {
 *     static Telegraph to(InetSocketAddress peer) throws IOException {
 *         Socket socket = new Socket(peer.getAddress(), peer.getPort());
 *         return new Telegraph(
 *                 socket,
 *                 new DataInputStream(new BufferedInputStream(socket.getInputStream())),
 *                 socket.getOutputStream());
 *     }
 *
 *     public void send(long id, String request) throws IOException {
 *         byte[] text = request.getBytes(UTF_8);
 *         out.write(ByteBuffer.allocate(Long.BYTES + Integer.BYTES + text.length)
 *                 .putLong(id)
 *                 .putInt(text.length)
 *                 .put(text)
 *                 .array());
 *     }
 *
 *     public Response<String> receive() throws IOException {
 *         long id = in.readLong();
 *         byte[] text = new byte[in.readInt()];
 *         in.readFully(text);
 *         return new Response<>(id, new String(text, UTF_8));
 *     }
 *
 *     public void close() throws IOException {
 *         socket.close();
 *     }
 * }
 *
 * try (var pool = RoutingPool.start("telegraph", 10, member -> Telegraph.to(peer))) {
 *     String answer = pool.request("PING"); // blocks the caller, and nobody else
 * }
 * }
 *
 * <p>{@link dev.selvage.pool.routing.Routing} chooses the member that a request goes to,
 * {@link dev.selvage.pool.routing.RoutingOptions} say how long things may take. Everything that the pool throws is a
 * {@link dev.selvage.pool.routing.RoutingException}, apart from the usual for bad arguments.
 *
 * <p>Timeouts: 0 or less does not wait. They cover the whole of what they are given for, so a request that waits for a
 * member, is routed, and waits for its response does all that within its one time limit.
 */
@NullMarked
package dev.selvage.pool.routing;

import org.jspecify.annotations.NullMarked;
