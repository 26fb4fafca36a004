/**
 * Pools that stand on supervised processes and a registry.
 *
 * <p>A {@link dev.selvage.pool.CheckoutPool} lends each resource to one thread at a time. What it needs is a
 * {@link dev.selvage.pool.ResourceFactory}:
 *
 * {@snippet :
 * try (CheckoutPool<Printer> printers = CheckoutPool.start("printers", 4, Printer::connect)) {
 *     int pages = printers.use(printer -> printer.print(letter));
 * }
 * }
 *
 * <p>A {@link dev.selvage.pool.RoutingPool} shares a few connections among many callers. What it needs is a
 * {@link dev.selvage.pool.Connector}, which makes connections, and a {@link dev.selvage.pool.Transport}, which is one:
 * it sends requests with an id and receives responses that repeat the id, in any order.
 *
 * {@snippet :
 * record Telegraph(Socket socket, DataInputStream in, DataOutputStream out) implements Transport<String, String> {
 *     static Telegraph to(InetSocketAddress peer) throws IOException {
 *         Socket socket = new Socket(peer.getAddress(), peer.getPort());
 *         return new Telegraph(
 *                 socket,
 *                 new DataInputStream(new BufferedInputStream(socket.getInputStream())),
 *                 new DataOutputStream(new BufferedOutputStream(socket.getOutputStream())));
 *     }
 *
 *     public void send(long id, String request) throws IOException {
 *         out.writeLong(id);
 *         out.writeUTF(request);
 *         out.flush();
 *     }
 *
 *     public Response<String> receive() throws IOException {
 *         return new Response<>(in.readLong(), in.readUTF());
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
 * <p>{@link dev.selvage.pool.Routing} chooses the member that a request goes to,
 * {@link dev.selvage.pool.RoutingOptions} say how long things may take. Everything that the pools throw is a
 * {@link dev.selvage.pool.PoolException}, apart from the usual for bad arguments.
 *
 * <p>Timeouts: 0 or less does not wait. They cover the whole of what they are given for, so a request that waits for a
 * member, is routed, and waits for its response does all that within its one time limit.
 */
@NullMarked
package dev.selvage.pool;

import org.jspecify.annotations.NullMarked;
