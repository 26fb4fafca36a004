package dev.selvage.pool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two pools behind each other: demand goes upstream. */
class PipelineTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    /** Numbers up to a last one; notes what it was asked for. */
    private static final class Numbers implements Pipeline.Producer<Integer> {
        final Queue<Integer> asked = new ConcurrentLinkedQueue<>();
        private final int last;
        private int next = 1;

        Numbers(int last) {
            this.last = last;
        }

        @Override
        public synchronized List<Integer> produce(int demand) {
            asked.add(demand);
            List<Integer> numbers = new ArrayList<>();
            while (numbers.size() < demand && next <= last) {
                numbers.add(next++);
            }
            return numbers;
        }
    }

    private final Queue<Integer> results = new ConcurrentLinkedQueue<>();

    @Test
    @DisplayName("11 all that the producer gives passes through both pools, once")
    void passesThrough() throws Exception {
        Numbers numbers = new Numbers(1_000);
        try (WorkerPool<Integer, Integer> twice =
                        WorkerPool.start("twice", 4, number -> number % 10, number -> 2 * number);
                WorkerPool<Integer, Boolean> keep =
                        WorkerPool.start("keep", 2, number -> number % 3, number -> results.add(number));
                Pipeline<Integer> pipeline = Pipeline.start("numbers", numbers, twice, keep, 16)) {
            assertThat(pipeline.awaitEnd(LONG)).isTrue();
            assertThat(results)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.rangeClosed(1, 1_000).mapToObj(i -> 2 * i).toList());
            assertThat(numbers.asked).allMatch(demand -> demand >= 1 && demand <= 16);
            Pipeline.Statistics end = pipeline.statistics();
            assertThat(List.of(end.produced(), end.passedOn(), end.inFlight())).containsExactly(1_000L, 1_000L, 0L);
            assertThat(keep.statistics().waits()).isZero();
            assertThat(keep.statistics().refused()).isZero();
        }
    }

    @Test
    @DisplayName("11 a second stage that stands still stops the producer: nothing piles up in between")
    void demandGoesUpstream() throws Exception {
        Numbers numbers = new Numbers(100);
        CountDownLatch open = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> first = WorkerPool.start(
                        "first", 2, number -> null, number -> number, options -> options.withCapacity(50));
                WorkerPool<Integer, Boolean> second = WorkerPool.start(
                        "second",
                        1,
                        number -> null,
                        number -> {
                            open.await();
                            return results.add(number);
                        },
                        options -> options.withCapacity(5));
                Pipeline<Integer> pipeline = Pipeline.start("numbers", numbers, first, second, 50)) {
            Threads.awaitTrue("the second is full", () -> second.statistics().queued() == 5);
            Threads.awaitTrue("the first is empty", () -> first.statistics().done() == 6);
            assertThat(pipeline.statistics().produced()).isEqualTo(6); // five that wait, and one with the worker
            assertThat(pipeline.statistics().asked()).isEqualTo(6);
            open.countDown();
            assertThat(pipeline.awaitEnd(LONG)).isTrue();
            assertThat(results).hasSize(100);
        }
    }

    @Test
    @DisplayName("11 of the second pool no more places are kept than the first has room for: others have the rest")
    void keepsNoMoreThanNeeded() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        Pipeline.Producer<Integer> waiting = demand -> {
            assertThat(demand).isEqualTo(2);
            asked.countDown();
            open.await();
            return List.of();
        };
        try (WorkerPool<Integer, Integer> first = WorkerPool.create(
                        "first", 1, number -> null, number -> number, options -> options.withCapacity(2));
                WorkerPool<Integer, Integer> second = WorkerPool.create(
                        "second", 1, number -> null, number -> number, options -> options.withCapacity(5));
                Pipeline<Integer> pipeline = Pipeline.start("numbers", waiting, first, second, 4)) {
            asked.await();
            for (int i = 0; i < 3; i++) { // the pool does not run: what is submitted stays on the queue
                assertThat(second.trySubmit(i)).isPresent();
            }
            assertThat(second.trySubmit(3)).isEmpty();
            open.countDown();
            assertThat(pipeline.awaitEnd(LONG)).isTrue();
            assertThat(second.trySubmit(3)).isPresent();
        }
    }

    @Test
    @DisplayName("11 what the first stage has no result for gives its place in the second back")
    void placesComeBack() throws Exception {
        try (WorkerPool<Integer, Integer> first = WorkerPool.start(
                        "first",
                        2,
                        number -> number % 2,
                        number -> {
                            if (number % 3 == 0) {
                                throw new IllegalStateException("planned");
                            }
                            return number;
                        },
                        options -> options.withAttempts(1, Backoff.none()).withDeadLetters(letter -> {}));
                WorkerPool<Integer, Boolean> second = WorkerPool.start(
                        "second",
                        1,
                        number -> "one key",
                        number -> results.add(number),
                        options -> options.withCapacity(2));
                Pipeline<Integer> pipeline = Pipeline.start("numbers", new Numbers(300), first, second, 50)) {
            assertThat(pipeline.awaitEnd(LONG)).isTrue();
            assertThat(results).hasSize(200);
            assertThat(first.statistics().deadLetters()).isEqualTo(100);
            assertThat(second.trySubmit(1)).isPresent(); // no place was lost
            assertThat(second.trySubmit(2)).isPresent();
        }
    }

    @Test
    @DisplayName("11, 4.5 a key function that throws costs the job that it was asked about, and no place")
    void keysThrow() throws Exception {
        try (WorkerPool<Integer, Integer> first = WorkerPool.start(
                        "first", 2, number -> 60 / (number % 6), number -> number, options -> options.withCapacity(2));
                WorkerPool<Integer, Boolean> second = WorkerPool.start(
                        "second",
                        1,
                        number -> 60 / (number % 5),
                        number -> results.add(number),
                        options -> options.withCapacity(2));
                Pipeline<Integer> pipeline = Pipeline.start("numbers", new Numbers(300), first, second, 50)) {
            assertThat(pipeline.awaitEnd(LONG)).isTrue();
            assertThat(results).hasSize(200);
            assertThat(pipeline.statistics().produced()).isEqualTo(300);
        }
    }

    @Test
    @DisplayName("11 a producer that gives more than was asked is refused, and the pipeline gives up in the end")
    void pushesTooMuch() throws Exception {
        try (WorkerPool<Integer, Integer> first = WorkerPool.start("first", 1, number -> null, number -> number);
                WorkerPool<Integer, Boolean> second =
                        WorkerPool.start("second", 1, number -> null, number -> results.add(number));
                Pipeline<Integer> pipeline = Pipeline.start("greedy", demand -> List.of(1, 2, 3), first, second, 2)) {
            assertThatThrownBy(() -> pipeline.awaitEnd(LONG))
                    .isInstanceOf(WorkerException.class)
                    .hasMessageContaining("gave up");
            assertThat(pipeline.failure()).isPresent();
            assertThat(results).isEmpty();
        }
    }

    @Test
    @DisplayName("11 a producer that waits is interrupted by the close, and its places come back")
    void closedWhileItWaits() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        try (WorkerPool<Integer, Integer> first = WorkerPool.start(
                        "first", 1, number -> null, number -> number, options -> options.withCapacity(2));
                WorkerPool<Integer, Boolean> second =
                        WorkerPool.start("second", 1, number -> null, number -> results.add(number))) {
            Pipeline<Integer> pipeline = Pipeline.start(
                    "waits",
                    demand -> {
                        entered.countDown();
                        new CountDownLatch(1).await();
                        return List.of();
                    },
                    first,
                    second,
                    2);
            entered.await();
            assertThat(first.trySubmit(1)).isEmpty(); // both places are kept for the producer
            pipeline.close();
            assertThat(first.trySubmit(1)).isPresent();
            assertThat(pipeline.awaitEnd(Duration.ZERO)).isTrue();
        }
    }

    @Test
    @DisplayName("11 two stages with little room, failures and other submitters, on thousands of schedules")
    void simulated() {
        Explored explored = Sim.of(TwoStages.class)
                .clock(ClockMode.PATIENT)
                .schedules(2_000)
                .explore();
        assertThat(explored.distinct()).isGreaterThan(500);
    }

    static final class TwoStages implements Scenario {
        private final Queue<Integer> ends = new ConcurrentLinkedQueue<>();
        private final AtomicInteger letters = new AtomicInteger();

        @Override
        public void play() throws Exception {
            try (WorkerPool<Integer, Integer> first = WorkerPool.start(
                            "first",
                            2,
                            number -> "key",
                            TwoStages::third,
                            options -> options.withTicker(Sim.ticker())
                                    .withCapacity(2)
                                    .withParked(1)
                                    .withAttempts(1, Backoff.none())
                                    .withDeadLetters(letter -> letters.incrementAndGet()));
                    WorkerPool<Integer, Boolean> second = WorkerPool.start(
                            "second",
                            1,
                            number -> number % 2,
                            number -> ends.add(number),
                            options -> options.withTicker(Sim.ticker()).withCapacity(1))) {
                try (Pipeline<Integer> pipeline = Pipeline.start("numbers", new Numbers(4), first, second, 2)) {
                    Thread other = Sim.start("other", () -> first.submit(7).join());
                    assertThat(pipeline.awaitEnd(LONG)).isTrue();
                    other.join();
                }
                assertThat(ends).containsExactlyInAnyOrder(1, 2, 4);
                assertThat(letters).hasValueLessThan(2);
                assertThat(second.trySubmit(5)).isPresent();
            }
            assertThat(letters).hasValue(1);
        }

        private static Integer third(Integer number) {
            if (number == 3) {
                throw new IllegalStateException("planned");
            }
            return number;
        }
    }
}
