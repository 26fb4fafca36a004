package dev.selvage.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.pool.worker.Job;
import dev.selvage.pool.worker.Pipeline;
import dev.selvage.pool.worker.WorkerException;
import dev.selvage.pool.worker.WorkerOptions;
import dev.selvage.pool.worker.WorkerPool;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorSpec;
import dev.selvage.task.Outcome;
import dev.selvage.time.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of docs/worker-pool.md: each stands here between two marks, compiled and run, and there as it is. */
@DisplayName("The page on the worker pool")
class WorkerPoolPageTest {
    private final Queue<String> synced = new ConcurrentLinkedQueue<>();
    private final Queue<String> table = new ConcurrentLinkedQueue<>();
    private final CountDownLatch stuck = new CountDownLatch(1);

    // PAGE: from here
    record Event(String user, int number) {}

    String sync(Event event) throws Exception {
        if (event.user().isBlank()) {
            throw new IOException("no such user");
        }
        synced.add(event.user() + event.number());
        return "synced " + event.user();
    }
    // PAGE: to here

    private String syncSlowly(Event event) throws Exception {
        stuck.await();
        return sync(event);
    }

    @Test
    @DisplayName("shows each of the examples here word for word, and no other")
    void examplesAreThese() throws IOException {
        PageExamples.areThoseOf(WorkerPoolPageTest.class, "worker-pool.md");
    }

    @Test
    @DisplayName("the shortest pool")
    void shortest() throws Exception {
        // PAGE: from here
        try (var pool = WorkerPool.start("sync", 4, Event::user, this::sync)) {
            Job<String> first = pool.submit(new Event("ada", 1));
            pool.submit(new Event("ada", 2)); // waits for the first, and holds no worker meanwhile
            pool.submit(new Event("bob", 3)); // does not wait
            assertThat(first.await()).isEqualTo("synced ada");
        } // what was accepted is done first
        assertThat(synced).containsSubsequence("ada1", "ada2").contains("bob3");
        // PAGE: to here
    }

    @Test
    @DisplayName("back-pressure")
    void pressure() throws Exception {
        UnaryOperator<WorkerOptions<Event>> small =
                options -> options.withCapacity(1).withParked(1);
        try (var pool = WorkerPool.start("sync", 1, Event::user, this::syncSlowly, small)) {
            pool.submit(new Event("ada", 0));
            // PAGE: from here
            pool.submit(new Event("ada", 1)); // waits for room, as long as it takes
            pool.submit(new Event("bob", 2), Duration.ofSeconds(1)); // or so long
            Optional<Job<String>> tried = pool.trySubmit(new Event("eve", 3)); // or not at all
            assertThat(tried).isEmpty();
            assertThatThrownBy(() -> pool.submit(new Event("ada", 4), Duration.ofMillis(10)))
                    .isInstanceOf(WorkerException.Refused.class);
            // PAGE: to here
            stuck.countDown();
        }
        assertThat(synced).hasSize(3);
    }

    @Test
    @DisplayName("coalescing")
    void coalescing() throws Exception {
        // PAGE: from here
        UnaryOperator<WorkerOptions<Event>> latest =
                options -> options.withCoalescing((waiting, added) -> added); // the latest event is enough
        try (var pool = WorkerPool.start("sync", 1, Event::user, this::syncSlowly, latest)) {
            pool.submit(new Event("bob", 1)); // keeps the worker busy
            Job<String> one = pool.submit(new Event("ada", 2));
            Job<String> two = pool.submit(new Event("ada", 3));
            assertThat(two).isSameAs(one);
            stuck.countDown();
        }
        assertThat(synced).containsExactly("bob1", "ada3");
        // PAGE: to here
    }

    @Test
    @DisplayName("failures and dead letters")
    void failures() throws Exception {
        // PAGE: from here
        UnaryOperator<WorkerOptions<Event>> careful =
                options -> options.withAttempts(2, Backoff.fixed(Duration.ofMillis(1)))
                        .withRetryIf(cause -> cause instanceof IOException)
                        .withTimeLimit(Duration.ofSeconds(30))
                        .withDeadLetters(letter ->
                                table.add(letter.job() + ": " + letter.cause().getMessage()));
        try (var pool = WorkerPool.start("sync", 4, Event::user, this::sync, careful)) {
            Job<String> poison = pool.submit(new Event("", 1));
            String told = switch (poison.join()) {
                case Outcome.Success<String>(String result) -> result;
                case Outcome.Failure<String>(Throwable cause) -> "failed: " + cause.getMessage();
                case Outcome.TimedOut<String>(Duration limit) -> "took longer than " + limit;
                case Outcome.Cancelled<String> cancelled -> "cancelled";
            };
            assertThat(told).isEqualTo("failed: no such user");
            assertThat(poison.attempts()).isEqualTo(2);
        }
        assertThat(table).containsExactly("Event[user=, number=1]: no such user");
        // PAGE: to here
    }

    @Test
    @DisplayName("cancelling and closing")
    void closing() throws Exception {
        var pool = WorkerPool.start("sync", 1, Event::user, this::syncSlowly);
        // PAGE: from here
        Job<String> running = pool.submit(new Event("ada", 1));
        Job<String> parked = pool.submit(new Event("ada", 2));
        assertThat(parked.cancel()).isTrue(); // gone at once
        pool.close(Duration.ofMillis(10)); // waits so long for the rest, then interrupts it
        assertThatThrownBy(running::await).isInstanceOf(WorkerException.Cancelled.class);
        // PAGE: to here
        assertThat(parked.isDone()).isTrue();
    }

    @Test
    @DisplayName("in a tree of yours")
    void tree() throws Exception {
        // PAGE: from here
        var pool = WorkerPool.create("sync", 4, Event::user, this::sync, options -> options);
        try (Supervisor app = Supervisor.start(
                SupervisorSpec.restForOne("app").withChildren(List.of(ChildSpec.supervisor(pool.spec()))))) {
            assertThat(pool.submit(new Event("ada", 1)).await()).isEqualTo("synced ada");
            pool.close();
            assertThat(app.exitReason()).isEmpty();
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("a pipeline")
    void pipeline() throws Exception {
        var squares = new ConcurrentSkipListSet<Integer>();
        var numbers = IntStream.rangeClosed(1, 100).iterator();
        // PAGE: from here
        Pipeline.Producer<Integer> producer = demand -> numbers.hasNext() ? List.of(numbers.next()) : List.of();
        try (var square = WorkerPool.start("square", 4, number -> number, (Integer number) -> number * number);
                var keep = WorkerPool.start("keep", 1, number -> null, squares::add);
                var pipeline = Pipeline.start("squares", producer, square, keep, 10)) {
            assertThat(pipeline.awaitEnd(Duration.ofMinutes(1))).isTrue();
        }
        assertThat(squares).hasSize(100).contains(1, 4, 9, 10_000);
        // PAGE: to here
    }

    @Test
    @DisplayName("statistics")
    void statistics() throws Exception {
        try (var pool = WorkerPool.start("sync", 4, Event::user, this::sync)) {
            pool.submit(new Event("ada", 1)).await();
            // PAGE: from here
            WorkerPool.Statistics now = pool.statistics();
            assertThat(now.submitted()).isEqualTo(1);
            assertThat(now.done() + now.running()).isEqualTo(1);
            // PAGE: to here
        }
    }
}
