package dev.selvage.demo.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.selvage.pool.routing.RoutingException;
import dev.selvage.pool.routing.RoutingPool;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Hundreds of callers on four connections to a real HTTP/2 server that bears ten streams on each; and beside it one
 * shared {@link HttpClient}, which has no queue for those that find all streams taken.
 */
@Timeout(240)
@DisplayName("A routing pool of HTTP/2 connections")
class HttpPoolTest {
    private static final int MEMBERS = 4;
    private static final int STREAMS = 10;
    private static final int CALLERS = 400;
    private static final int CALLS_EACH = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static RoutingPool<HttpRequest, HttpResponse<String>> pool(Http2Server server) throws InterruptedException {
        RoutingPool<HttpRequest, HttpResponse<String>> pool = RoutingPool.start(
                "web",
                MEMBERS,
                new HttpConnector(server.uri("/hello")),
                options -> options.withMaxInFlight(STREAMS)
                        .withRequestTimeout(PATIENCE)
                        .withMemberWait(PATIENCE)
                        .withSilence(Duration.ZERO)
                        .withoutEjection());
        assertThat(pool.awaitReady(MEMBERS, PATIENCE)).isTrue();
        return pool;
    }

    private static HttpRequest get(Http2Server server, String path) {
        return HttpRequest.newBuilder(server.uri(path)).build();
    }

    @Test
    @DisplayName("10.3 each connection has as many streams as it bears, and those beyond wait: none is refused")
    void streams() throws Exception {
        try (Http2Server server = Http2Server.start(STREAMS);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
                RoutingPool<HttpRequest, HttpResponse<String>> pool = pool(server)) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                String path = "/held/" + i;
                answers.add(callers.submit(() -> pool.request(get(server, path)).body()));
            }
            server.awaitHeld(MEMBERS * STREAMS);
            await().atMost(PATIENCE).until(() -> pool.statistics().waiting() == CALLERS - MEMBERS * STREAMS);
            assertThat(server.connections()).isEqualTo(MEMBERS);
            assertThat(pool.members()).extracting(RoutingPool.Member::inFlight).containsOnly(STREAMS);
            server.release();
            for (int i = 0; i < CALLERS; i++) {
                assertThat(answers.get(i).get()).isEqualTo("/held/" + i);
            }
            List<Future<Integer>> counts = IntStream.range(0, CALLERS)
                    .mapToObj(caller -> callers.submit(() -> callMany(server, pool, "/caller/" + caller + "/")))
                    .toList();
            for (Future<Integer> count : counts) {
                assertThat(count.get()).isEqualTo(CALLS_EACH);
            }
            assertThat(server.connections()).isEqualTo(MEMBERS);
            assertThat(pool.statistics().sum(RoutingPool.Member::failed)).isZero();
        }
    }

    /** Returns how many of the answers were right. */
    private static int callMany(Http2Server server, RoutingPool<HttpRequest, HttpResponse<String>> pool, String prefix)
            throws InterruptedException {
        int right = 0;
        for (int i = 0; i < CALLS_EACH; i++) {
            HttpResponse<String> answer = pool.request(get(server, prefix + i));
            right += answer.body().equals(prefix + i) ? 1 : 0;
        }
        return right;
    }

    @Test
    @DisplayName("one client without a pool refuses what finds all streams taken, at once")
    void plainClient() throws Exception {
        try (Http2Server server = Http2Server.start(STREAMS)) {
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
            try {
                assertThat(client.send(get(server, "/hello"), BodyHandlers.ofString())
                                .version())
                        .isEqualTo(HttpClient.Version.HTTP_2);
                List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
                for (int i = 0; i < CALLERS; i++) {
                    answers.add(client.sendAsync(get(server, "/held/" + i), BodyHandlers.ofString()));
                }
                server.awaitHeld(STREAMS);
                await().atMost(PATIENCE)
                        .until(() -> answers.stream()
                                        .filter(CompletableFuture::isDone)
                                        .count()
                                == CALLERS - STREAMS);
                assertThat(answers)
                        .filteredOn(CompletableFuture::isDone)
                        .allSatisfy(refused -> assertThatThrownBy(refused::join)
                                .isInstanceOf(CompletionException.class)
                                .hasRootCauseInstanceOf(IOException.class)
                                .hasMessageContaining("too many concurrent streams"));
                assertThat(server.held()).isEqualTo(STREAMS);
                server.release();
                assertThat(answers)
                        .filteredOn(answer -> !answer.isCompletedExceptionally())
                        .hasSize(STREAMS)
                        .allSatisfy(
                                answer -> assertThat(answer.get().statusCode()).isEqualTo(200));
            } finally {
                client.shutdownNow();
            }
        }
    }

    /** Callers that post, each path once, and what came of it. */
    private static final class Posts {
        private final Http2Server server;
        private final RoutingPool<HttpRequest, HttpResponse<String>> pool;
        private final AtomicLong nextId = new AtomicLong();
        private final Set<String> answered = ConcurrentHashMap.newKeySet();
        private final LongAdder failed = new LongAdder();
        private final LongAdder foreign = new LongAdder();
        private final Set<String> neverSent = ConcurrentHashMap.newKeySet();
        private volatile boolean over;

        Posts(Http2Server server, RoutingPool<HttpRequest, HttpResponse<String>> pool) {
            this.server = server;
            this.pool = pool;
        }

        void run() throws InterruptedException {
            while (!over) {
                post("/post/" + nextId.incrementAndGet());
            }
        }

        private void post(String path) throws InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(server.uri(path))
                    .POST(BodyPublishers.noBody())
                    .build();
            try {
                HttpResponse<String> answer = pool.request(request);
                if (answer.statusCode() != 200) {
                    failed.increment(); // by a server that stops
                } else if (answer.body().equals(path)) {
                    answered.add(path);
                } else {
                    foreign.increment();
                }
            } catch (RoutingException error) {
                failed.increment();
                if (!error.mayHaveReachedPeer()) {
                    neverSent.add(path);
                }
            }
        }

        void awaitAnswers(int more) {
            int wanted = answered.size() + more;
            await(wanted + " answers").atMost(PATIENCE).until(() -> answered.size() >= wanted);
        }
    }

    @Test
    @DisplayName("10.2 connections end and the server is started anew: nothing is sent twice, and all come back")
    void troubles() throws Exception {
        try (Http2Server server = Http2Server.start(STREAMS);
                RoutingPool<HttpRequest, HttpResponse<String>> pool = pool(server)) {
            Posts posts = new Posts(server, pool);
            try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < CALLERS; i++) {
                    running.add(callers.submit(() -> {
                        posts.run();
                        return null;
                    }));
                }
                try {
                    posts.awaitAnswers(CALLERS);
                    assertThat(server.endConnections()).isPositive();
                    posts.awaitAnswers(CALLERS);
                    server.stop();
                    server.startAgain();
                    posts.awaitAnswers(CALLERS);
                } finally {
                    posts.over = true;
                }
                for (Future<?> caller : running) {
                    caller.get();
                }
            }
            assertThat(posts.foreign.sum()).as("answers of others").isZero();
            assertThat(server.postedAgain()).as("posts that came twice").isZero();
            assertThat(posts.answered).as("what was answered was posted").allMatch(server::wasPosted);
            assertThat(posts.neverSent).as("what was never sent").noneMatch(server::wasPosted);
            assertThat(pool.awaitReady(MEMBERS, PATIENCE)).isTrue();
            assertThat(callMany(server, pool, "/after/")).isEqualTo(CALLS_EACH);
            System.out.printf(
                    "HTTP/2 through troubles: %d posts answered, %d failed, %d connections lost%n",
                    posts.answered.size(), posts.failed.sum(), pool.statistics().sum(RoutingPool.Member::disconnects));
        }
    }

    @Test
    @DisplayName("10.3 connections that end while nothing is under way come back as one each, and no stream is refused")
    void idleConnectionsEnd() throws Exception {
        try (Http2Server server = Http2Server.start(STREAMS);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
                RoutingPool<HttpRequest, HttpResponse<String>> pool = pool(server)) {
            assertThat(server.endConnections()).isEqualTo(MEMBERS);
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                String path = "/burst/" + i;
                answers.add(callers.submit(() -> answerOrError(server, pool, path)));
            }
            for (int i = 0; i < CALLERS; i++) {
                assertThat(answers.get(i).get())
                        .doesNotContain("too many concurrent streams")
                        .satisfiesAnyOf(
                                answer -> assertThat(answer).startsWith("/burst/"),
                                // a client that has not noticed yet sends into what is closed
                                error -> assertThat(error).contains("lost its connection"));
            }
            assertThat(pool.awaitReady(MEMBERS, PATIENCE)).isTrue();
            assertThat(callMany(server, pool, "/after/")).isEqualTo(CALLS_EACH);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(server.connections()).isLessThanOrEqualTo(MEMBERS));
        }
    }

    private static String answerOrError(
            Http2Server server, RoutingPool<HttpRequest, HttpResponse<String>> pool, String path)
            throws InterruptedException {
        try {
            String answer = pool.request(get(server, path)).body();
            return answer.equals(path) ? answer : "foreign: " + answer;
        } catch (RoutingException error) {
            return String.valueOf(error.getMessage());
        }
    }

    @Test
    @DisplayName("refuses what is for another server, or has a timeout of its own, and sends nothing of it")
    void refused() throws Exception {
        try (Http2Server server = Http2Server.start(STREAMS);
                RoutingPool<HttpRequest, HttpResponse<String>> pool = pool(server)) {
            HttpRequest elsewhere = HttpRequest.newBuilder(server.uri("/").resolve("http://elsewhere.invalid/"))
                    .build();
            assertThatThrownBy(() -> pool.request(elsewhere))
                    .isInstanceOf(RoutingException.RequestFailed.class)
                    .hasMessageContaining("is another server");
            HttpRequest impatient = HttpRequest.newBuilder(server.uri("/"))
                    .timeout(Duration.ofSeconds(1))
                    .build();
            assertThatThrownBy(() -> pool.request(impatient))
                    .isInstanceOf(RoutingException.RequestFailed.class)
                    .hasMessageContaining("a timeout of the request's own");
            assertThat(pool.request(get(server, "/fine")).body()).isEqualTo("/fine");
        }
    }
}
