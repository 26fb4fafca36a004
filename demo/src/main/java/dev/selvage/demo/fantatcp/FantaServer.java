package dev.selvage.demo.fantatcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * A FantaTCP server on a free port of the loopback interface: the other side of the story, in plain Java.
 *
 * <p>It answers {@code PING} with {@code PONG} and {@code PING x} with {@code PONG x}, anything else with {@code ERROR
 * unknown request}, out of order and as badly as its {@link Manners} say. It takes {@value #MOST_CONNECTIONS}
 * connections and closes those beyond at once; on each, it stops reading while {@value ServerConnection#MOST_IN_HAND}
 * requests are in hand.
 *
 * <p>Every method may be called by any thread. Nothing of the server is left when {@link #close()} has returned.
 */
public final class FantaServer implements AutoCloseable {

    static final int MOST_CONNECTIONS = 200;

    private static final int BACKLOG = 128;
    private static final long LONGEST_CLOSE_SECONDS = 10;

    private final ServerSocket listener;
    private final Manners manners;
    private final long seed;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();
    final Counts counts = new Counts();

    /** What the server has seen; written by its threads, read by any. */
    static final class Counts {
        final LongAdder connections = new LongAdder();
        final LongAdder requests = new LongAdder();
        final LongAdder answers = new LongAdder();
        final LongAdder drops = new LongAdder();
        final LongAdder silences = new LongAdder();
        final LongAdder lies = new LongAdder();
    }

    private FantaServer(ServerSocket listener, Manners manners, long seed) {
        this.listener = listener;
        this.manners = manners;
        this.seed = seed;
    }

    /**
     * Starts a server. It listens when this returns.
     *
     * @param manners how it behaves
     * @param seed where its random choices start
     * @return the running server, to be closed
     * @throws IOException if no port can be had
     */
    public static FantaServer start(Manners manners, long seed) throws IOException {
        Objects.requireNonNull(manners, "manners");
        ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        FantaServer server = new FantaServer(listener, manners, seed);
        server.threads.execute(server::accept);
        return server;
    }

    /**
     * Returns where the server listens.
     *
     * @return the loopback address with the port that was free
     */
    public InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    /**
     * Returns how many requests were answered so far.
     *
     * @return the number of answers written
     */
    public long answers() {
        return counts.answers.sum();
    }

    /**
     * Returns how many connections are open at the moment.
     *
     * @return the number of connections
     */
    public int openConnections() {
        return connections.size();
    }

    private void accept() {
        long number = 0;
        while (!closed.get()) {
            try {
                Socket socket = listener.accept();
                number++;
                if (connections.size() >= MOST_CONNECTIONS) {
                    socket.close();
                } else {
                    serve(new ServerConnection(socket, number, manners, counts, seed));
                }
            } catch (IOException e) {
                if (!closed.get()) {
                    throw new UncheckedIOException("the server cannot accept connections any more", e);
                }
            }
        }
    }

    private void serve(ServerConnection connection) {
        counts.connections.increment();
        connections.add(connection);
        threads.execute(() -> {
            try (connection) {
                connection.serve();
            } finally {
                connections.remove(connection);
            }
        });
        if (closed.get()) {
            connection.close(); // close() may have looked before this one was added
        }
    }

    /** Stops listening, closes every connection and waits until the server's threads have ended. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        closeQuietly(listener);
        connections.forEach(ServerConnection::close);
        threads.shutdownNow();
        boolean interrupted = false;
        try {
            if (!threads.awaitTermination(LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a thread of the server did not end");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
