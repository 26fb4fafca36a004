package dev.selvage.demo.fantatcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FantaServerTest {

    /** A client that knows nothing of pools: one socket, frames in and out. */
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;
        private final DataOutputStream out;

        Client(FantaServer server) throws IOException {
            socket = new Socket(server.address().getAddress(), server.address().getPort());
            in = new DataInputStream(socket.getInputStream());
            out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        }

        void send(long id, String text) throws IOException {
            new Frame(id, text).writeTo(out);
        }

        Frame receive() throws IOException {
            return Frame.readFrom(in);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    @DisplayName("PING x is answered with PONG x under its own id, anything else with an error")
    void answers() throws IOException {
        try (FantaServer server = FantaServer.start(Manners.polite(), 1);
                Client client = new Client(server)) {
            client.send(42, "PING hello");
            assertThat(client.receive()).isEqualTo(new Frame(42, "PONG hello"));
            client.send(43, "DANCE");
            assertThat(client.receive()).isEqualTo(new Frame(43, "ERROR unknown request"));
            client.send(44, "PING");
            assertThat(client.receive()).isEqualTo(new Frame(44, "PONG"));
        }
    }

    @Test
    @DisplayName("answers overtake each other, and each request gets exactly one")
    void outOfOrder() throws IOException {
        try (FantaServer server = FantaServer.start(Manners.polite(), 1);
                Client client = new Client(server)) {
            for (long id = 0; id < 200; id++) {
                client.send(id, "PING " + id);
            }
            List<Long> order = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Frame answer = client.receive();
                assertThat(answer.text()).isEqualTo("PONG " + answer.id());
                order.add(answer.id());
            }
            assertThat(order)
                    .doesNotHaveDuplicates()
                    .isNotEqualTo(order.stream().sorted().toList());
        }
    }

    @Test
    @DisplayName("a server that drops connections ends the stream, at the same request for the same seed")
    void drops() throws IOException {
        Set<Long> places = new HashSet<>();
        for (long seed = 1; seed <= 8; seed++) {
            long place = requestsUntilDrop(seed);
            assertThat(requestsUntilDrop(seed)).isEqualTo(place);
            places.add(place);
        }
        assertThat(places).hasSizeGreaterThan(1);
    }

    private static long requestsUntilDrop(long seed) throws IOException {
        Manners manners = new Manners(Duration.ZERO, 0, 20, 0, 0);
        try (FantaServer server = FantaServer.start(manners, seed);
                Client client = new Client(server)) {
            assertThatThrownBy(() -> {
                        for (long id = 0; id < 10_000; id++) {
                            client.send(id, "PING x");
                            client.receive();
                        }
                    })
                    .isInstanceOfAny(EOFException.class, SocketException.class);
            assertThat(server.counts.drops.sum()).isEqualTo(1);
            return server.counts.requests.sum();
        }
    }

    @Test
    @DisplayName("a silent server keeps the connection open and answers nothing any more")
    void silent() throws IOException {
        try (FantaServer server = FantaServer.start(Manners.polite().withSilenceEvery(1), 1);
                Client client = new Client(server)) {
            client.socket.setSoTimeout(200);
            client.send(1, "PING x");
            client.send(2, "PING x");
            assertThatThrownBy(client::receive).isInstanceOf(SocketTimeoutException.class);
            assertThat(server.counts.silences.sum()).isEqualTo(1);
            assertThat(server.openConnections()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("a liar answers under the right id with the wrong text")
    void lies() throws IOException {
        try (FantaServer server = FantaServer.start(Manners.polite().withLieEvery(1), 1);
                Client client = new Client(server)) {
            client.send(1, "PING me");
            assertThat(client.receive()).isEqualTo(new Frame(1, "PONG me, or so they say"));
        }
    }

    @Test
    @DisplayName("a client that talks something else is disconnected, the next one is served")
    void garbage() throws IOException {
        try (FantaServer server = FantaServer.start(Manners.polite(), 1)) {
            try (Client client = new Client(server)) {
                byte[] garbage = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8);
                client.socket.getOutputStream().write(garbage);
                assertThatThrownBy(client::receive).isInstanceOfAny(EOFException.class, SocketException.class);
            }
            try (Client client = new Client(server)) {
                client.send(1, "PING x");
                assertThat(client.receive().id()).isEqualTo(1);
            }
        }
    }

    @Test
    @DisplayName("connections beyond the bound are closed at once, and a place that becomes free is given again")
    void bounded() throws IOException {
        List<Client> clients = new ArrayList<>();
        try (FantaServer server = FantaServer.start(Manners.polite(), 1)) {
            for (int i = 0; i < FantaServer.MOST_CONNECTIONS; i++) {
                Client client = new Client(server);
                clients.add(client);
                client.send(1, "PING x");
                client.receive();
            }
            try (Client oneTooMany = new Client(server)) {
                assertThatThrownBy(oneTooMany::receive).isInstanceOfAny(EOFException.class, SocketException.class);
            }
            clients.remove(0).close();
            Awaitility.await().until(() -> server.openConnections() < FantaServer.MOST_CONNECTIONS);
            try (Client another = new Client(server)) {
                another.send(1, "PING x");
                assertThat(another.receive().text()).isEqualTo("PONG x");
            }
        } finally {
            for (Client client : clients) {
                client.close();
            }
        }
    }

    @Test
    @DisplayName("close ends every connection, frees the port and may be repeated")
    void close() throws IOException {
        FantaServer server = FantaServer.start(Manners.polite(), 1);
        InetSocketAddress address = server.address();
        try (Client client = new Client(server)) {
            client.send(1, "PING x");
            client.receive();
            server.close();
            server.close();
            assertThatThrownBy(client::receive).isInstanceOfAny(EOFException.class, SocketException.class);
        }
        assertThat(server.openConnections()).isZero();
        assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close())
                .isInstanceOf(ConnectException.class);
    }

    @Test
    @DisplayName("manners that make no sense are refused, naming the value")
    void badManners() {
        assertThatThrownBy(() -> Manners.polite().withDropEvery(-1))
                .hasMessage("dropEvery: -1; allowed: 0 (never) or more");
        assertThatThrownBy(() -> new Manners(Duration.ofMillis(-1), 0, 0, 0, 0))
                .hasMessage("longestAnswer: PT-0.001S; allowed: zero or more");
    }
}
