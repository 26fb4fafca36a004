package dev.selvage.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.process.ProcessRef;
import dev.selvage.registry.Registry;
import dev.selvage.registry.UniqueRegistry;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The time limit of items, on a clock that the test moves, for owners of both kinds of thread. */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class ParallelMapTimeLimitTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration MOMENT = Duration.ofNanos(1);

    private final ThreadKind kind;
    private final FakeTicker ticker = new FakeTicker();
    private final Gates gates = new Gates();
    private final List<ParallelMap.Item<Integer, Integer>> taken = new CopyOnWriteArrayList<>();

    ParallelMapTimeLimitTest(ThreadKind kind) {
        this.kind = kind;
    }

    /** What the test does besides the owner: it moves the clock. */
    private interface Besides {
        void run() throws Exception;
    }

    /**
     * The owner takes all results while, besides, the clock moves. Who makes items deaf opens their gates besides: the
     * JDK lets no owner's thread end before the threads that it started.
     */
    private List<ParallelMap.Item<Integer, Integer>> results(
            List<Integer> inputs,
            ParallelMap.Mapper<Integer, Integer> mapper,
            UnaryOperator<ParallelMapOptions> options,
            Besides besides) {
        taken.clear();
        try (Threads threads = new Threads()) {
            threads.start(kind, "owner", () -> {
                try (var map = ParallelMap.open(
                        "map", inputs, mapper, defaults -> options.apply(defaults.withTicker(ticker)))) {
                    map.forEach(taken::add);
                }
            });
            threads.start(kind, "time", besides::run);
        }
        return taken;
    }

    private void awaitTaken(int results) {
        Threads.awaitTrue(results + " results taken", () -> taken.size() == results);
    }

    private static ParallelMap.Item<Integer, Integer> late(Integer input, Duration limit) {
        return new ParallelMap.Item<>(input, new Outcome.TimedOut<>(limit));
    }

    private static ParallelMap.Item<Integer, Integer> done(Integer input) {
        return new ParallelMap.Item<>(input, new Outcome.Success<>(input));
    }

    @Test
    @DisplayName("an item that takes longer than 5 s is interrupted and has timed out; the others have not")
    void timedOut() {
        assertThat(results(List.of(1, 2), gates::pass, options -> options.withConcurrency(2), () -> {
                    gates.awaitInside(1, 2);
                    gates.open(2);
                    gates.awaitInside(1);
                    ticker.awaitParked(1);
                    ticker.advance(LIMIT.minus(MOMENT));
                    ticker.awaitParked(1);
                    assertThat(gates.interrupted()).isEmpty();
                    ticker.advance(MOMENT);
                }))
                .containsExactly(late(1, LIMIT), done(2));
        assertThat(gates.interrupted()).containsExactly(1);
    }

    @Test
    @DisplayName("each item has its own time, from its own start")
    void eachFromItsStart() {
        assertThat(results(List.of(1, 2, 3), gates::pass, options -> options.withConcurrency(2), () -> {
                    gates.awaitInside(1, 2);
                    ticker.advance(Duration.ofSeconds(3));
                    gates.open(1);
                    gates.awaitInside(2, 3);
                    ticker.awaitParked(1);
                    ticker.advance(Duration.ofSeconds(2));
                    gates.awaitInside(3);
                    assertThat(gates.interrupted()).containsExactly(2);
                    ticker.awaitParked(1);
                    ticker.advance(Duration.ofSeconds(3).minus(MOMENT));
                    ticker.awaitParked(1);
                    assertThat(gates.interrupted()).containsExactly(2);
                    ticker.advance(MOMENT);
                }))
                .containsExactly(done(1), late(2, LIMIT), late(3, LIMIT));
    }

    @Test
    @DisplayName("the limit holds while the owner is away with an earlier result")
    void ownerIsAway() {
        Threads.run(kind, () -> {
            gates.open(1);
            try (var map = ParallelMap.open(
                    "map",
                    List.of(1, 2),
                    gates::pass,
                    options -> options.withTicker(ticker).withConcurrency(2))) {
                assertThat(map.take()).hasValue(done(1));
                gates.awaitInside(2);
                ticker.awaitParked(1);
                ticker.advance(LIMIT);
                gates.awaitInside(); // the owner does nothing but look
                assertThat(gates.interrupted()).containsExactly(2);
                assertThat(map.take()).hasValue(late(2, LIMIT));
            }
        });
    }

    @Test
    @DisplayName("what an item returns after its time is dropped: it has timed out")
    void lateValue() {
        assertThat(results(List.of(1), gates::passDeaf, options -> options, () -> {
                    gates.awaitInside(1);
                    ticker.awaitParked(1);
                    ticker.advance(LIMIT);
                    Threads.awaitTrue("interrupted", () -> gates.interrupted().contains(1));
                    gates.open(1);
                }))
                .containsExactly(late(1, LIMIT));
    }

    @Test
    @DisplayName("3.4 an item that ignores its interrupt takes its place until it is abandoned, after the patience; "
            + "then the next one starts, and its names are free")
    void deafItem() {
        List<ProcessRef<?>> processes = new CopyOnWriteArrayList<>();
        UniqueRegistry<String, Integer> names = Registry.unique("names");
        try (names) {
            assertThat(results(
                            List.of(1, 2),
                            item -> {
                                processes.add(ProcessRef.current().orElseThrow());
                                names.register("only one", item);
                                return item == 1 ? gates.passDeaf(item) : item;
                            },
                            options -> options.withConcurrency(1),
                            () -> {
                                gates.awaitInside(1);
                                ticker.awaitParked(1);
                                ticker.advance(LIMIT);
                                Threads.awaitTrue(
                                        "interrupted", () -> gates.interrupted().contains(1));
                                ticker.awaitParked(1);
                                ticker.advance(PATIENCE.minus(MOMENT));
                                ticker.awaitParked(1);
                                assertThat(processes)
                                        .as("its place is not free")
                                        .hasSize(1);
                                assertThat(processes.getFirst().isAlive()).isTrue();
                                ticker.advance(MOMENT);
                                awaitTaken(2);
                                assertThat(processes.getFirst().isAbandoned()).isTrue();
                                assertThat(gates.inside())
                                        .as("its thread runs on")
                                        .containsExactly(1);
                                gates.open(1);
                            }))
                    .containsExactly(late(1, LIMIT), done(2));
        }
    }

    @Test
    @DisplayName("with a patience of 0 an item is abandoned as soon as it was interrupted")
    void noPatience() {
        assertThat(results(
                        List.of(1, 2),
                        item -> item == 1 ? gates.passDeaf(item) : item,
                        options -> options.withConcurrency(1).withInterruptPatience(Duration.ZERO),
                        () -> {
                            gates.awaitInside(1);
                            ticker.awaitParked(1);
                            ticker.advance(LIMIT);
                            awaitTaken(2);
                            gates.open(1);
                        }))
                .containsExactly(late(1, LIMIT), done(2));
    }

    @Test
    @DisplayName("many deaf items are abandoned together, not one patience after the other")
    void deafTogether() {
        assertThat(results(
                        List.of(1, 2, 3, 4),
                        gates::passDeaf,
                        options -> options.withConcurrency(4).withTimeout(Duration.ofMillis(10)),
                        () -> {
                            gates.awaitInside(1, 2, 3, 4);
                            ticker.awaitParked(1);
                            ticker.advance(Duration.ofMillis(10));
                            Threads.awaitTrue(
                                    "all interrupted", () -> gates.interrupted().size() == 4);
                            ticker.awaitParked(1);
                            ticker.advance(PATIENCE);
                            awaitTaken(4);
                            gates.open(1, 2, 3, 4);
                        }))
                .extracting(ParallelMap.Item::outcome)
                .containsOnly(new Outcome.TimedOut<>(Duration.ofMillis(10)));
        assertThat(ticker.elapsed()).isEqualTo(PATIENCE.plusMillis(10));
    }

    @Test
    @DisplayName("an item that starts while a deaf one is given a longer patience has its own, shorter time")
    void shortLimitDuringLongPatience() {
        assertThat(results(
                        List.of(1, 2, 3),
                        item -> item == 1 ? gates.passDeaf(item) : gates.pass(item),
                        options -> options.withConcurrency(2).withInterruptPatience(Duration.ofHours(1)),
                        () -> {
                            gates.awaitInside(1, 2);
                            ticker.awaitParked(1);
                            ticker.advance(LIMIT);
                            gates.awaitInside(1, 3);
                            Threads.awaitTrue(
                                    "the time of item 3 is watched",
                                    () -> ticker.awaitNextDeadline().equals(LIMIT));
                            ticker.advance(LIMIT);
                            gates.awaitInside(1);
                            gates.open(1);
                        }))
                .containsExactly(late(1, LIMIT), late(2, LIMIT), late(3, LIMIT));
    }

    @Test
    @DisplayName("without a limit, or with one of centuries, nothing is timed: nobody waits on the clock")
    void withoutTimeout() {
        results(List.of(1), gates::pass, ParallelMapOptions::withoutTimeout, () -> passAfterAges(1));
        assertThat(taken).containsExactly(done(1));
        Duration ages = Duration.ofSeconds(Long.MAX_VALUE);
        results(List.of(2), gates::pass, options -> options.withTimeout(ages), () -> passAfterAges(2));
        assertThat(taken).containsExactly(done(2));
    }

    private void passAfterAges(Integer item) {
        gates.awaitInside(item);
        assertThat(ticker.parked()).isZero();
        ticker.advance(Duration.ofDays(400));
        gates.open(item);
    }
}
