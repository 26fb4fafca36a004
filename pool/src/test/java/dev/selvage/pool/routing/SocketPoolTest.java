package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.testing.PinnedEvents;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole on real sockets of the loopback interface, in real time. */
class SocketPoolTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    /** The example of the package's documentation: frames of an id and a text, both ways. */
    private record Telegraph(Socket socket, DataInputStream in, OutputStream out) implements Transport<String, String> {
        static Telegraph to(ServerSocket peer) throws IOException {
            return over(new Socket(peer.getInetAddress(), peer.getLocalPort()));
        }

        static Telegraph over(Socket socket) throws IOException {
            return new Telegraph(
                    socket,
                    new DataInputStream(new BufferedInputStream(socket.getInputStream())),
                    socket.getOutputStream());
        }

        @Override
        public void send(long id, String request) throws IOException {
            byte[] text = request.getBytes(StandardCharsets.UTF_8);
            out.write(ByteBuffer.allocate(Long.BYTES + Integer.BYTES + text.length)
                    .putLong(id)
                    .putInt(text.length)
                    .put(text)
                    .array());
        }

        @Override
        public Response<String> receive() throws IOException {
            long id = in.readLong();
            byte[] text = new byte[in.readInt()];
            in.readFully(text);
            return new Response<>(id, new String(text, StandardCharsets.UTF_8));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** What a server does with one connection, whose frames look the same; the socket is closed when it returns. */
    @FunctionalInterface
    private interface Service {
        void serve(Telegraph client) throws Exception;
    }

    private static void answer(Telegraph client, Transport.Response<String> request) throws IOException {
        client.send(request.id(), "answer to " + request.value());
    }

    private static final class Server implements AutoCloseable {
        final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
        private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

        Server(Service service) throws IOException {
            threads.add(Thread.startVirtualThread(() -> accept(service)));
        }

        private void accept(Service service) {
            try {
                while (true) {
                    Socket socket = listener.accept();
                    sockets.add(socket);
                    threads.add(Thread.startVirtualThread(() -> serve(service, socket)));
                }
            } catch (IOException closed) {
                assertThat(listener.isClosed()).isTrue();
            }
        }

        private static void serve(Service service, Socket socket) {
            try (socket) {
                socket.setTcpNoDelay(true);
                service.serve(Telegraph.over(socket));
            } catch (IOException connectionIsOver) {
                assertThat(connectionIsOver).isNotNull(); // the client has gone
            } catch (InterruptedException serverCloses) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
            threads.forEach(Thread::interrupt);
            for (Thread thread : threads) {
                Threads.awaitState(thread, Thread.State.TERMINATED);
            }
        }
    }

    /** Answers in batches, each in an order of its own; a batch ends when nothing more is there to be read. */
    private static void shuffling(Telegraph client) throws IOException {
        Random random = new Random(3);
        while (true) {
            List<Transport.Response<String>> batch = new ArrayList<>();
            do {
                batch.add(client.receive());
            } while (client.in.available() > 0 && batch.size() < 20);
            Collections.shuffle(batch, random);
            for (Transport.Response<String> request : batch) {
                answer(client, request);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("10.1 thousands of requests of many callers over a few sockets: each gets its own answer")
    void eachItsOwn(ThreadKind kind) throws Exception {
        int callers = 50;
        int requests = 100;
        try (Server server = new Server(SocketPoolTest::shuffling);
                var pool = RoutingPool.start("telegraph", 4, member -> Telegraph.to(server.listener))) {
            Threads.awaitTrue(
                    "all are connected",
                    () -> pool.members().stream()
                            .allMatch(member -> member.state() == RoutingPool.Member.State.CONNECTED));
            try (Threads threads = new Threads()) {
                for (int caller = 0; caller < callers; caller++) {
                    String name = "caller " + caller;
                    threads.start(kind, name, () -> {
                        for (int i = 0; i < requests; i++) {
                            String request = name + " asks " + i;
                            assertThat(pool.request(request)).isEqualTo("answer to " + request);
                        }
                    });
                }
            }
            assertThat(pool.members().stream()
                            .mapToLong(RoutingPool.Member::served)
                            .sum())
                    .isEqualTo((long) callers * requests);
            assertThat(pool.members()).allSatisfy(member -> {
                assertThat(member.inFlight()).isZero();
                assertThat(member.served()).isPositive();
                assertThat(member.disconnects()).isZero();
            });
        }
    }

    @Test
    @DisplayName(
            "10.2 while the server keeps dropping connections every request ends: answered, or disconnected at once")
    void drops() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        Service dropping = client -> {
            int most = 5 + connections.incrementAndGet() % 40;
            for (int served = 0; served < most; served++) {
                answer(client, client.receive());
            }
        };
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger lost = new AtomicInteger();
        try (Server server = new Server(dropping);
                var pool = RoutingPool.start(
                        "telegraph",
                        4,
                        member -> Telegraph.to(server.listener),
                        options -> options.withHealthyAfter(Duration.ZERO).withMemberWait(LONG))) {
            try (Threads threads = new Threads()) {
                for (int caller = 0; caller < 10; caller++) {
                    threads.start(ThreadKind.VIRTUAL, "caller " + caller, () -> {
                        for (int i = 0; i < 100; i++) {
                            try {
                                assertThat(pool.request("request " + i, LONG)).isEqualTo("answer to request " + i);
                                answered.incrementAndGet();
                            } catch (RoutingException.Disconnected told) {
                                lost.incrementAndGet();
                            }
                        }
                    });
                }
            }
            assertThat(answered.get() + lost.get()).isEqualTo(1_000);
            assertThat(answered).hasPositiveValue();
            assertThat(pool.awaitReady(4, LONG)).isTrue();
            assertThat(pool.members()).allSatisfy(member -> {
                assertThat(member.inFlight()).isZero();
                assertThat(member.disconnects()).isPositive();
            });
            assertThat(pool.slots())
                    .allSatisfy(slot -> assertThat(slot.process.booked()).isZero());
        }
    }

    @Test
    @DisplayName(
            "10.2 a server that reads nothing: the send that fills the socket blocks, the peer is found silent, the"
                    + " member is free again")
    void fullSocket() throws Exception {
        try (Server server = new Server(client -> new CountDownLatch(1).await());
                var pool = RoutingPool.start(
                        "telegraph",
                        1,
                        member -> Telegraph.to(server.listener),
                        options -> options.withSilence(Duration.ofMillis(400)))) {
            String large = "x".repeat(60_000);
            AtomicInteger lost = new AtomicInteger();
            try (Threads threads = new Threads()) {
                for (int i = 0; i < 200; i++) { // 12 MB: more than the buffers of a socket take
                    threads.start(ThreadKind.VIRTUAL, "caller " + i, () -> {
                        assertThatThrownBy(() -> pool.request(large, Duration.ofMillis(1_500)))
                                .isInstanceOf(RoutingException.class);
                        lost.incrementAndGet();
                    });
                }
            }
            assertThat(lost).hasValue(200);
            assertThat(pool.members().get(0).disconnects()).isPositive();
            assertThat(pool.slots().get(0).inFlight()).isZero();
        }
    }

    @Test
    @DisplayName(
            "5.8, 28 a member whose send is blocked on a full socket holds no carrier, and is freed by the interrupt"
                    + " when the pool is closed")
    void stopWhileBlocked() throws Exception {
        assertThat(PinnedEvents.of(SocketPoolTest::closeWhileBlocked)).isEmpty();
    }

    private static void closeWhileBlocked() throws Exception {
        try (Server server = new Server(client -> new CountDownLatch(1).await())) {
            var pool = RoutingPool.start(
                    "telegraph",
                    1,
                    member -> Telegraph.to(server.listener),
                    options -> options.withSilence(Duration.ZERO));
            try (Threads threads = new Threads()) {
                String large = "x".repeat(60_000);
                for (int i = 0; i < 200; i++) {
                    threads.start(
                            ThreadKind.VIRTUAL,
                            "caller " + i,
                            () -> assertThatThrownBy(() -> pool.request(large, LONG))
                                    .isInstanceOf(RoutingException.Closed.class));
                }
                Threads.awaitTrue(
                        "the member hangs in its send",
                        () -> pool.slots().get(0).inFlight() == 200);
                pool.close();
            }
            assertThat(pool.members().get(0).state()).isEqualTo(RoutingPool.Member.State.STOPPED);
        }
    }
}
