package dev.selvage.demo.redis;

import dev.selvage.pool.routing.Transport;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * One pipelined connection: commands go out without waiting for the replies to those before them. Redis knows no ids
 * and replies in order; so the ids of what was sent wait in a queue here, and each reply takes the first.
 *
 * <p>That is all there is to it, and it holds because an id leaves the queue only with a reply, whether or not its
 * caller still waits: a reply that nobody waits for any more is given the id of its own command, and nobody else's.
 */
final class RedisTransport implements Transport<Command, Reply> {

    /** Errors that say that the server, not the command, is in trouble. */
    private static final Set<String> TROUBLES =
            Set.of("LOADING", "BUSY", "OOM", "MISCONF", "MASTERDOWN", "NOREPLICAS", "CLUSTERDOWN", "TRYAGAIN");

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** What Redis owes a reply to, oldest first: added to by the sender, taken from by the reader. */
    private final Queue<Long> sent = new ConcurrentLinkedQueue<>();

    RedisTransport(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /** Asks for a sign of life, before anything else is sent: a server that still reads its data says so. */
    void hello() throws IOException {
        Resp.write(out, Resp.encoded(Command.of("PING")));
        Reply reply = Resp.readFrom(in);
        if (!reply.equals(new Reply.Status("PONG"))) {
            throw new IOException("Redis is not ready: " + reply);
        }
    }

    @Override
    public void send(long id, Command command) throws IOException {
        Optional<String> unshareable = command.unshareable();
        if (unshareable.isPresent()) {
            throw new IllegalArgumentException(command.words().get(0) + " " + unshareable.get());
        }
        byte[] encoded = Resp.encoded(command);
        sent.add(id); // first: the reply may come before the write returns
        Resp.write(out, encoded);
    }

    @Override
    public Response<Reply> receive() throws IOException {
        Reply reply = Resp.readFrom(in);
        Long id = sent.poll();
        if (id == null) {
            throw new IOException("Redis said without being asked: " + reply); // such as that it has too many clients
        }
        boolean trouble = reply instanceof Reply.Failure failure && TROUBLES.contains(failure.code());
        return new Response<>(id, reply, trouble);
    }

    @Override
    public void close() throws IOException {
        socket.close(); // and whoever is blocked in send or receive fails
    }
}
