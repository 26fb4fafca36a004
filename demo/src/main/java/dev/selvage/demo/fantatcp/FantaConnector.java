package dev.selvage.demo.fantatcp;

import dev.selvage.pool.routing.Connector;
import dev.selvage.pool.routing.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Connects the members of a routing pool to a FantaTCP server, and counts what each of them sends. Any thread may call.
 */
public final class FantaConnector implements Connector<String, String> {

    private static final int CONNECT_MILLIS = 2_000;

    private final InetSocketAddress server;
    private final AtomicLongArray sent;

    /**
     * Makes a connector.
     *
     * @param server where the server listens
     * @param members how many members the pool has
     */
    public FantaConnector(InetSocketAddress server, int members) {
        this.server = Objects.requireNonNull(server, "server");
        this.sent = new AtomicLongArray(members);
    }

    @Override
    public Transport<String, String> connect(int member) throws IOException {
        Socket socket = new Socket();
        boolean connected = false;
        try {
            socket.setTcpNoDelay(true);
            socket.connect(server, CONNECT_MILLIS);
            FantaTransport transport = new FantaTransport(socket, () -> sent.incrementAndGet(member));
            connected = true;
            return transport;
        } finally {
            if (!connected) {
                socket.close();
            }
        }
    }

    /**
     * Returns how many requests a member has sent, over all its connections.
     *
     * @param member which, from 0
     * @return the count since this connector was made
     */
    public long sentBy(int member) {
        return sent.get(member);
    }
}
