package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorSpec;
import java.io.EOFException;
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

/** The examples of the package's documentation; that of its transport runs on sockets in {@link SocketPoolTest}. */
class RoutingExamplesTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    /** Answers PONG to each request, and to {@link Query} by its user. */
    private static class PongTransport<Q> implements Transport<Q, String> {
        private static final long CLOSED = -1;

        private final BlockingQueue<Long> sent = new LinkedBlockingQueue<>();

        @Override
        public void send(long id, Q request) {
            sent.add(id);
        }

        @Override
        public Response<String> receive() throws InterruptedException, EOFException {
            long id = sent.take();
            if (id == CLOSED) {
                throw new EOFException();
            }
            return new Response<>(id, "PONG");
        }

        @Override
        public void close() {
            sent.add(CLOSED);
        }
    }

    private final Connector<String, String> connector = member -> new PongTransport<>();

    private static RoutingOptions patient(RoutingOptions options) {
        return options.withMemberWait(LONG).withRequestTimeout(LONG);
    }

    @Test
    @DisplayName("the example of RoutingPool: a request")
    void aRequest() throws Exception {
        try (var pool = RoutingPool.start("fanta", 10, connector, RoutingExamplesTest::patient)) {
            String pong = pool.request("PING");
            assertThat(pong).isEqualTo("PONG");
            long sent = pool.statistics().sum(RoutingPool.Member::sent);
            assertThat(sent).as("the example of Statistics.sum").isEqualTo(1);
        }
    }

    @Test
    @DisplayName("the example of RoutingPool: a pool in a tree of one's own")
    void inATree() throws Exception {
        RoutingPool<String, String> pool = RoutingPool.create("fanta", 10, connector, RoutingExamplesTest::patient);
        CountDownLatch served = new CountDownLatch(1);
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne(
                "app", ChildSpec.supervisor(pool.spec()), ChildSpec.task("web", () -> {
                    assertThat(pool.request("PING")).isEqualTo("PONG");
                    served.countDown();
                    new CountDownLatch(1).await(); // as one that serves does not end
                })))) {
            served.await();
            assertThat(app.child("fanta")).isPresent();
        }
    }

    @Test
    @DisplayName("the example of RoutingOptions: another routing, and times")
    void options() throws Exception {
        try (var pool = RoutingPool.start(
                "fanta",
                10,
                connector,
                options -> options.withRouting(Routing.leastUsed())
                        .withRequestTimeout(LONG)
                        .withMemberWait(LONG)
                        .withSilence(LONG))) {
            assertThat(pool.request("PING")).isEqualTo("PONG");
        }
    }

    @Test
    @DisplayName("the example of Routing: a strategy of one's own")
    void ownRouting() throws Exception {
        Routing firstThatIsIdle = (members, request) -> {
            for (int i = 0; i < members.size(); i++) {
                if (members.inFlight(i) == 0) {
                    return i;
                }
            }
            return 0;
        };
        try (var pool = RoutingPool.start(
                "fanta", 3, connector, options -> patient(options).withRouting(firstThatIsIdle))) {
            assertThat(pool.awaitReady(3, LONG)).isTrue();
            for (int i = 0; i < 3; i++) {
                assertThat(pool.request("PING")).isEqualTo("PONG");
            }
            assertThat(pool.statistics().sum(RoutingPool.Member::sent)).isEqualTo(3);
        }
    }

    private record Query(String user, String text) {}

    @Test
    @DisplayName("the example of Routing.rendezvous: all queries of a user by the same member")
    void rendezvous() throws Exception {
        Connector<Query, String> members = member -> new PongTransport<>();
        try (var pool = RoutingPool.start(
                "fanta",
                3,
                members,
                options -> patient(options).withRouting(Routing.rendezvous(Query.class, Query::user)))) {
            assertThat(pool.awaitReady(3, LONG)).isTrue();
            for (int i = 0; i < 10; i++) {
                assertThat(pool.request(new Query("ada", "query " + i))).isEqualTo("PONG");
            }
            assertThat(pool.members()).filteredOn(member -> member.sent() == 10).hasSize(1);
        }
    }

    @Test
    @DisplayName("the example of RoutingListener: requests are counted by their outcome")
    void listener() throws Exception {
        Map<String, LongAdder> meters = new ConcurrentHashMap<>();
        RoutingListener counting = new RoutingListener() {
            @Override
            public void onRequest(String pool, Duration time, Optional<RoutingException> failure) {
                String outcome =
                        failure.map(why -> why.getClass().getSimpleName()).orElse("answered");
                meters.computeIfAbsent(pool + "." + outcome, any -> new LongAdder())
                        .increment();
            }
        };
        try (var pool = RoutingPool.start(
                "fanta", 1, connector, options -> patient(options).withListener(counting))) {
            pool.request("PING");
        }
        assertThat(meters.get("fanta.answered").sum()).isEqualTo(1);
    }

    /** Bears so many requests at the same time as its peer says. */
    private static final class LimitedTransport extends PongTransport<String> {
        private IntConsumer limit = any -> {};

        @Override
        public void limitedBy(IntConsumer changed) {
            changed.accept(100); // until the peer says more
            this.limit = changed; // for receive(), which reads what it says
        }

        @Override
        public Response<String> receive() throws InterruptedException, EOFException {
            Response<String> response = super.receive();
            limit.accept(50);
            return response;
        }
    }

    @Test
    @DisplayName("the example of Transport.limitedBy: a limit that the peer tells")
    void limit() throws Exception {
        Connector<String, String> limited = member -> new LimitedTransport();
        try (var pool = RoutingPool.start("fanta", 1, limited, RoutingExamplesTest::patient)) {
            assertThat(pool.request("PING")).isEqualTo("PONG");
            assertThat(pool.request("PING")).isEqualTo("PONG");
        }
    }
}
