package dev.selvage.demo.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.selvage.demo.server.RedisServer;
import dev.selvage.pool.routing.RoutingException;
import dev.selvage.pool.routing.RoutingPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The client of Redis")
class RedisTest {

    private static final String PING = "*1\r\n$4\r\nPING\r\n";

    private static RedisServer server() throws Exception {
        Optional<RedisServer> installed = RedisServer.start();
        assumeTrue(installed.isPresent(), "Redis is not installed; demo/install-servers installs it");
        return installed.get();
    }

    private static Redis client(InetSocketAddress server) throws InterruptedException {
        return Redis.start("redis", 1, server, options -> options.withoutEjection());
    }

    @Test
    @DisplayName("reads, writes and counts, and has an error of Redis thrown, which harms nobody else")
    void commands() throws Exception {
        try (RedisServer server = server();
                Redis redis = client(server.address())) {
            assertThat(redis.get("k")).isEmpty();
            redis.set("k", "zwölf\r\n");
            assertThat(redis.get("k")).hasValue("zwölf\r\n");
            assertThat(redis.increment("n")).isEqualTo(1);
            assertThat(redis.increment("n")).isEqualTo(2);
            assertThat(redis.echo("")).isEmpty();
            assertThat(redis.call("MGET", "n", "none"))
                    .isEqualTo(new Reply.Several(List.of(new Reply.Text("2"), new Reply.Nil())));
            assertThatThrownBy(() -> redis.increment("k"))
                    .isInstanceOfSatisfying(
                            RedisException.class, e -> assertThat(e.code()).isEqualTo("ERR"));
            assertThatThrownBy(() -> redis.call("LPUSH", "k", "v"))
                    .isInstanceOfSatisfying(
                            RedisException.class, e -> assertThat(e.code()).isEqualTo("WRONGTYPE"));
            assertThat(redis.increment("n")).isEqualTo(3);
            assertThat(redis.pool().statistics().sum(RoutingPool.Member::disconnects))
                    .isZero();
        }
    }

    @Test
    @DisplayName("refuses what does not suit a shared connection, and sends nothing of it")
    void unshareable() throws Exception {
        try (RedisServer server = server();
                Redis redis = client(server.address())) {
            assertThatThrownBy(() -> redis.call("SUBSCRIBE", "news"))
                    .isInstanceOfSatisfying(
                            RoutingException.RequestFailed.class,
                            e -> assertThat(e.mayHaveReachedPeer()).isFalse())
                    .hasMessageContaining("SUBSCRIBE is not answered by one reply");
            assertThat(redis.echo("still there")).isEqualTo("still there");
        }
    }

    @Test
    @DisplayName("10.4 a reply that nobody waits for any more is nobody else's")
    void latecomers() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Redis redis = client((InetSocketAddress) listening.getLocalSocketAddress());
                Socket server = listening.accept();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            answer(server, PING, "+PONG\r\n");
            assertThat(redis.pool().awaitReady(1, Duration.ofSeconds(20))).isTrue();
            Future<String> late = callers.submit(() -> redis.echo("late"));
            answer(server, "*2\r\n$4\r\nECHO\r\n$4\r\nlate\r\n", "");
            late.cancel(true);
            Future<String> mine = callers.submit(() -> redis.echo("mine"));
            answer(server, "*2\r\n$4\r\nECHO\r\n$4\r\nmine\r\n", "$4\r\nlate\r\n$4\r\nmine\r\n");
            assertThat(mine.get()).isEqualTo("mine");
        }
    }

    /** Reads what has to come, and answers. */
    private static void answer(Socket server, String expected, String answer) throws IOException {
        assertThat(server.getInputStream().readNBytes(expected.length()))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(expected);
        server.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("10.2 is not connected to a server that is not ready, and says why")
    void notReady() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Redis redis = client((InetSocketAddress) listening.getLocalSocketAddress())) {
            try (Socket server = listening.accept()) {
                answer(server, PING, "-LOADING Redis reads its data\r\n");
                assertThat(server.getInputStream().read())
                        .as("closed by the client")
                        .isEqualTo(-1);
            }
            await().untilAsserted(
                            () -> assertThat(redis.pool().members().getFirst().lastFailure())
                                    .hasValueSatisfying(e -> assertThat(e).hasMessageContaining("LOADING")));
            assertThat(redis.pool().statistics().ready()).isZero();
        }
    }

    @Test
    @DisplayName("10.2 drops a connection on which Redis talks without being asked")
    void unasked() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Socket client = new Socket(listening.getInetAddress(), listening.getLocalPort());
                Socket accepted = listening.accept()) {
            RedisTransport transport = new RedisTransport(client);
            accepted.getOutputStream()
                    .write("-ERR max number of clients reached\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThatThrownBy(transport::receive)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("max number of clients");
        }
    }
}
