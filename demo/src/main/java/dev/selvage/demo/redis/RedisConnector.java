package dev.selvage.demo.redis;

import dev.selvage.pool.routing.Connector;
import dev.selvage.pool.routing.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Objects;

/** Connects the members of a routing pool to a Redis server. Any thread may call. */
public final class RedisConnector implements Connector<Command, Reply> {

    private static final int CONNECT_MILLIS = 2_000;

    private final InetSocketAddress server;

    /**
     * Makes a connector.
     *
     * @param server where the server listens
     */
    public RedisConnector(InetSocketAddress server) {
        this.server = Objects.requireNonNull(server, "server");
    }

    @Override
    public Transport<Command, Reply> connect(int member) throws IOException {
        Socket socket = new Socket();
        boolean connected = false;
        try {
            socket.setTcpNoDelay(true);
            socket.connect(server, CONNECT_MILLIS);
            RedisTransport transport = new RedisTransport(socket);
            transport.hello();
            connected = true;
            return transport;
        } finally {
            if (!connected) {
                socket.close();
            }
        }
    }
}
