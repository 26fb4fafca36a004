package dev.selvage.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.selvage.demo.http.Http2Server;
import dev.selvage.demo.http.HttpConnector;
import dev.selvage.demo.redis.Redis;
import dev.selvage.demo.server.RedisServer;
import dev.selvage.pool.routing.Connector;
import dev.selvage.pool.routing.Routing;
import dev.selvage.pool.routing.RoutingException;
import dev.selvage.pool.routing.RoutingListener;
import dev.selvage.pool.routing.RoutingPool;
import dev.selvage.pool.routing.Transport;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorSpec;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of docs/routing-pool.md: each stands here between two marks, compiled, and there word for word. */
@DisplayName("The page on the routing pool")
class RoutingPoolPageTest {
    private final Connector<String, String> connector = member -> new Echo();

    /** A peer in memory that answers PONG to each PING. */
    // PAGE: from here
    static final class Echo implements Transport<String, String> {
        private final BlockingQueue<Optional<Response<String>>> wire = new LinkedBlockingQueue<>();

        @Override
        public void send(long id, String request) {
            wire.add(Optional.of(new Response<>(id, request.replace("PING", "PONG"))));
        }

        @Override
        public Response<String> receive() throws Exception {
            return wire.take().orElseThrow(() -> new IOException("closed"));
        }

        @Override
        public void close() {
            wire.add(Optional.empty()); // frees a receive that waits
        }

        @Override
        public void limitedBy(IntConsumer limit) {
            limit.accept(100); // requests at a time, as the peer says
        }
    }
    // PAGE: to here

    @Test
    @DisplayName("shows each of the examples here word for word, and no other")
    void examplesAreThese() throws IOException {
        PageExamples.areThoseOf(RoutingPoolPageTest.class, "routing-pool.md");
    }

    @Test
    @DisplayName("a pool and a request")
    void first() throws Exception {
        // PAGE: from here
        try (RoutingPool<String, String> pool = RoutingPool.start("fanta", 10, connector)) {
            assertThat(pool.request("PING 1")).isEqualTo("PONG 1"); // blocks its caller, and nobody else
            assertThat(pool.request("PING 2", Duration.ofSeconds(1))).isEqualTo("PONG 2");
        }
        // PAGE: to here
    }

    private record Query(String user) {}

    @Test
    @DisplayName("strategies")
    void strategies() throws Exception {
        Connector<Query, String> queries = member -> new Transport<>() {
            private final Echo echo = new Echo();

            @Override
            public void send(long id, Query request) {
                echo.send(id, request.user());
            }

            @Override
            public Response<String> receive() throws Exception {
                return echo.receive();
            }

            @Override
            public void close() {
                echo.close();
            }
        };
        // PAGE: from here
        Routing byUser = Routing.rendezvous(Query.class, Query::user); // a user always meets the same member
        Routing firstIdle = (members, request) -> {
            for (int i = 0; i < members.size(); i++) {
                if (members.inFlight(i) == 0) {
                    return i;
                }
            }
            return 0;
        };
        // PAGE: to here
        for (Routing routing : new Routing[] {byUser, firstIdle}) {
            try (var pool = RoutingPool.start("queries", 3, queries, options -> options.withRouting(routing))) {
                assertThat(pool.request(new Query("ada"))).isEqualTo("ada");
                assertThat(pool.request(new Query("ada"))).isEqualTo("ada");
            }
        }
    }

    @Test
    @DisplayName("what may be sent again")
    void repeating() throws Exception {
        String outcome = "";
        try (RoutingPool<String, String> pool = RoutingPool.create("fanta", 1, connector)) {
            // PAGE: from here
            try {
                pool.request("PING", Duration.ofMillis(1));
            } catch (RoutingException failure) {
                outcome = failure.mayHaveReachedPeer() ? "nobody knows" : "certainly not done: try again";
            }
            // PAGE: to here
        }
        assertThat(outcome).isEqualTo("certainly not done: try again");
    }

    @Test
    @DisplayName("limits, ejection, size")
    void limits() throws Exception {
        // PAGE: from here
        try (RoutingPool<String, String> pool = RoutingPool.start(
                "fanta",
                4,
                connector,
                options -> options.withMaxInFlight(100) // at each member; then another is chosen
                        .withMaxWaiting(1_000) // when all are at their limits; one more is refused
                        .withEjection(
                                5, Duration.ofSeconds(10)))) { // after 5 failures in a row, for 10 s the first time
            pool.resize(6);
            assertThat(pool.awaitReady(6, Duration.ofSeconds(10))).isTrue();
            pool.resize(2); // four are drained
            assertThat(pool.request("PING")).isEqualTo("PONG");
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("a client of Redis")
    void redis() throws Exception {
        Optional<RedisServer> installed = RedisServer.start();
        assumeTrue(installed.isPresent(), "Redis is not installed; demo/install-servers installs it");
        try (RedisServer server = installed.get()) {
            // PAGE: from here
            try (Redis redis = Redis.start(
                    "redis", 8, server.address(), options -> options.withRequestTimeout(Duration.ofSeconds(2)))) {
                redis.pool().awaitReady(1, Duration.ofSeconds(30));
                redis.set("greeting", "hello");
                assertThat(redis.get("greeting")).hasValue("hello");
                assertThat(redis.increment("visits")).isEqualTo(1);
            }
            // PAGE: to here
        }
    }

    @Test
    @DisplayName("clients of HTTP/2")
    void http2() throws Exception {
        try (Http2Server server = Http2Server.start(10)) {
            // PAGE: from here
            try (RoutingPool<HttpRequest, HttpResponse<String>> pool = RoutingPool.start(
                    "web", 4, new HttpConnector(server.uri("/health")), options -> options.withMaxInFlight(10))) {
                pool.awaitReady(1, Duration.ofSeconds(30));
                HttpResponse<String> answer = pool.request(
                        HttpRequest.newBuilder(server.uri("/fanta")).build());
                assertThat(answer.body()).isEqualTo("/fanta");
            }
            // PAGE: to here
        }
    }

    @Test
    @DisplayName("in a tree of one's own")
    void inATree() throws Exception {
        // PAGE: from here
        RoutingPool<String, String> pool = RoutingPool.create("fanta", 3, connector);
        SupervisorSpec app = SupervisorSpec.oneForOne(
                "app", ChildSpec.supervisor(pool.spec()), ChildSpec.task("web", () -> new CountDownLatch(1).await()));
        try (Supervisor running = Supervisor.start(app)) {
            assertThat(pool.request("PING")).isEqualTo("PONG");
            assertThat(running.child("fanta", "fanta-connections", "fanta-0")).isPresent();
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("figures")
    void figures() throws Exception {
        // PAGE: from here
        Map<String, LongAdder> ended = new ConcurrentHashMap<>();
        RoutingListener counting = new RoutingListener() {
            @Override
            public void onRequest(String pool, Duration time, Optional<RoutingException> failure) {
                String outcome =
                        failure.map(why -> why.getClass().getSimpleName()).orElse("answered");
                ended.computeIfAbsent(outcome, any -> new LongAdder()).increment();
            }
        };
        try (var pool = RoutingPool.start("fanta", 2, connector, options -> options.withListener(counting))) {
            pool.request("PING");
            RoutingPool.Statistics statistics = pool.statistics();
            assertThat(statistics.sum(RoutingPool.Member::sent)).isEqualTo(1);
            assertThat(statistics.waiting()).isZero();
        }
        assertThat(ended.get("answered").sum()).isEqualTo(1);
        // PAGE: to here
    }
}
