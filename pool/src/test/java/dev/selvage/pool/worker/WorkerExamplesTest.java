package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.task.Outcome;
import dev.selvage.time.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of the package's documentation. */
class WorkerExamplesTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private record Event(String user) {}

    private record Report(String text) {}

    private final AtomicInteger failures = new AtomicInteger();

    private Report sync(Event event) throws IOException {
        if (event.user().isEmpty() || failures.getAndDecrement() > 0) {
            throw new IOException("planned");
        }
        return new Report("synced " + event.user());
    }

    @Test
    @DisplayName("the example of WorkerPool, Worker and Job: a job and its report")
    void aJob() throws Exception {
        Worker<Event, Report> sync = event -> sync(event);
        try (var pool = WorkerPool.start("sync", 4, Event::user, sync)) {
            Job<Report> job = pool.submit(new Event("ada"));
            Report report = job.await();
            assertThat(report.text()).isEqualTo("synced ada");
        } // what was accepted is done first
    }

    @Test
    @DisplayName("the example of WorkerOptions: capacity, time limit and dead letters")
    void options() throws Exception {
        List<Event> table = new CopyOnWriteArrayList<>();
        try (var pool = WorkerPool.<Event, Report>start(
                "sync",
                4,
                Event::user,
                this::sync,
                options -> options.withCapacity(200)
                        .withTimeLimit(LONG)
                        .withAttempts(2, Backoff.fixed(Duration.ofMillis(1)))
                        .withDeadLetters(letter -> table.add(letter.job())))) {
            assertThat(pool.submit(new Event("")).join()).isInstanceOf(Outcome.Failure.class);
        } // letters are handled before the close is over
        assertThat(table).containsExactly(new Event(""));
    }

    @Test
    @DisplayName("the example of WorkerListener: retries are counted")
    void listener() throws Exception {
        Map<String, LongAdder> meters = new ConcurrentHashMap<>();
        WorkerListener counting = new WorkerListener() {
            @Override
            public void onRetry(String pool, Object job, int attempts, Duration delay, Throwable cause) {
                meters.computeIfAbsent(pool, any -> new LongAdder()).increment();
            }
        };
        failures.set(1);
        try (var pool = WorkerPool.<Event, Report>start(
                "sync",
                1,
                Event::user,
                this::sync,
                options -> options.withListener(counting).withAttempts(2, Backoff.fixed(Duration.ofMillis(1))))) {
            assertThat(pool.submit(new Event("ada")).await().text()).isEqualTo("synced ada");
        }
        assertThat(meters.get("sync").sum()).isEqualTo(1);
    }

    private record Url(String host, int number) {}

    private record Page(String language, int number) {
        static Page fetch(Url url) {
            return new Page("en", url.number());
        }
    }

    @Test
    @DisplayName("the example of Pipeline: pages are fetched no faster than they are indexed")
    void pipeline() throws Exception {
        AtomicInteger next = new AtomicInteger();
        Set<Integer> indexed = ConcurrentHashMap.newKeySet();
        Pipeline.Producer<Url> urls =
                demand -> next.get() < 100 ? List.of(new Url("host", next.getAndIncrement())) : List.of();
        try (var fetch = WorkerPool.start("fetch", 20, Url::host, Page::fetch);
                var index = WorkerPool.start("index", 2, Page::language, (Page page) -> indexed.add(page.number()));
                var crawl = Pipeline.start("crawl", urls, fetch, index, 50)) {
            assertThat(crawl.awaitEnd(LONG)).isTrue();
        }
        assertThat(indexed).hasSize(100);
    }
}
