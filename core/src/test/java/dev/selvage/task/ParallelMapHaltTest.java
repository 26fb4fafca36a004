package dev.selvage.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.scope.ScopeException;
import dev.selvage.testing.ScopedValues;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How parallel maps are left: early, by exception, by interrupt; and whom they obey. */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class ParallelMapHaltTest {
    private final ThreadKind kind;
    private final Gates gates = new Gates();

    ParallelMapHaltTest(ThreadKind kind) {
        this.kind = kind;
    }

    private void run(Threads.Body body) {
        Threads.run(kind, body);
    }

    private ParallelMap<Integer, Integer> gated(CountingInputs inputs) {
        return ParallelMap.open(
                "map",
                inputs,
                gates::pass,
                options -> options.withoutTimeout().withConcurrency(3).withBuffer(0));
    }

    @Test
    @DisplayName("a loop that is left early interrupts and joins what runs, and pulls nothing more")
    void leftEarly() {
        run(() -> {
            CountingInputs inputs = CountingInputs.endless();
            gates.open(1);
            try (var map = gated(inputs)) {
                for (var item : map) {
                    assertThat(item.input()).isEqualTo(1);
                    gates.awaitInside(2, 3, 4);
                    break;
                }
            }
            assertThat(gates.inside()).isEmpty();
            assertThat(gates.interrupted()).containsExactlyInAnyOrder(2, 3, 4);
            assertThat(inputs.pulled()).isEqualTo(4);
        });
    }

    @Test
    @DisplayName("a loop that throws leaves nothing running either")
    void leftByException() {
        run(() -> {
            gates.open(1);
            assertThatThrownBy(() -> {
                        try (var map = gated(CountingInputs.endless())) {
                            for (var item : map) {
                                gates.awaitInside(2, 3, 4);
                                throw new IllegalStateException("cannot use " + item.input());
                            }
                        }
                    })
                    .hasMessage("cannot use 1");
            assertThat(gates.inside()).isEmpty();
            assertThat(gates.interrupted()).containsExactlyInAnyOrder(2, 3, 4);
        });
    }

    @Test
    @DisplayName("a map inside an item is halted with it")
    void nestedMaps() {
        run(() -> {
            gates.open(1, 2);
            try (var map =
                    ParallelMap.open("outer", List.of(1, 10), this::sumOf, options -> options.withConcurrency(2))) {
                assertThat(map.take()).map(ParallelMap.Item::input).hasValue(1);
                gates.awaitInside(10, 11);
            }
            assertThat(gates.inside()).isEmpty();
            assertThat(gates.interrupted()).containsExactlyInAnyOrder(10, 11);
        });
    }

    private int sumOf(int first) throws InterruptedException {
        int sum = 0;
        try (var map = ParallelMap.open(
                "inner", List.of(first, first + 1), gates::pass, options -> options.withConcurrency(2))) {
            for (var item = map.take(); item.isPresent(); item = map.take()) {
                sum += item.get().outcome().orElseThrow();
            }
        }
        return sum;
    }

    @Test
    @DisplayName("an interrupt while the owner waits is thrown and loses nothing: results can be taken further on")
    void interruptedTake() {
        run(() -> {
            try (var map = gated(CountingInputs.upTo(2));
                    Threads threads = new Threads()) {
                interruptWhenWaiting(threads, Thread.currentThread());
                assertThatThrownBy(map::take)
                        .isInstanceOf(InterruptedException.class)
                        .hasMessageContaining("parallel map 'map'");
                assertThat(Thread.currentThread().isInterrupted()).isFalse();

                Thread.currentThread().interrupt();
                gates.open(1, 2);
                assertThatThrownBy(map::take).isInstanceOf(InterruptedException.class);

                assertThat(map.stream().map(ParallelMap.Item::input)).containsExactly(1, 2);
            }
        });
    }

    private void interruptWhenWaiting(Threads threads, Thread owner) {
        threads.start(kind, "interrupter", () -> {
            gates.awaitInside(1, 2);
            Threads.awaitState(owner, Thread.State.WAITING);
            owner.interrupt();
        });
    }

    @Test
    @DisplayName("12 a loop cannot throw InterruptedException: the status is set and the loop left by Interrupted")
    void interruptedLoop() {
        run(() -> {
            try (var map = gated(CountingInputs.upTo(2));
                    Threads threads = new Threads()) {
                interruptWhenWaiting(threads, Thread.currentThread());
                Iterator<?> iterator = map.iterator();
                assertThatThrownBy(iterator::hasNext)
                        .isInstanceOf(TaskException.Interrupted.class)
                        .hasCauseInstanceOf(InterruptedException.class);
                assertThat(Thread.interrupted()).isTrue();
                gates.open(1, 2);
                assertThat(iterator.hasNext()).isTrue();
                assertThat(map.take()).as("what hasNext found is not lost").isPresent();
                assertThat(map.take()).map(ParallelMap.Item::input).hasValue(2);
            }
        });
    }

    @Test
    @DisplayName("an interrupt that is set when the map is closed does not keep it from ending, and stays set")
    void closedWhileInterrupted() {
        run(() -> {
            gates.open(1);
            try (var map = gated(CountingInputs.endless())) {
                map.take();
                gates.awaitInside(2, 3, 4);
                Thread.currentThread().interrupt();
            }
            assertThat(Thread.interrupted()).isTrue();
            assertThat(gates.inside()).isEmpty();
        });
    }

    @Test
    @DisplayName("3.4 closing takes no longer than the patience, also when items ignore their interrupt")
    void closeIsBounded() {
        FakeTicker ticker = new FakeTicker();
        run(() -> {
            var map = ParallelMap.open(
                    "map",
                    List.of(1, 2, 3),
                    this::firstFreeOthersDeaf,
                    options -> options.withTicker(ticker)
                            .withoutTimeout()
                            .withConcurrency(3)
                            .withInterruptPatience(Duration.ofSeconds(3)));
            try (Threads threads = new Threads()) {
                map.take();
                gates.awaitInside(2, 3);
                threads.start(kind, "time", () -> {
                    ticker.awaitParked(1);
                    ticker.advance(Duration.ofSeconds(3));
                });
                map.close();
                assertThat(ticker.elapsed()).isEqualTo(Duration.ofSeconds(3));
                Threads.awaitTrue(
                        "both were interrupted", () -> gates.interrupted().size() == 2);
            } finally {
                gates.open(2, 3);
            }
        });
    }

    private Integer firstFreeOthersDeaf(Integer item) {
        return item == 1 ? item : gates.passDeaf(item);
    }

    @Test
    @DisplayName("a closed map says so; closing it again does nothing")
    void closed() {
        run(() -> {
            var map = gated(CountingInputs.endless());
            Iterator<?> iterator = map.iterator();
            map.close();
            map.close();
            List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> uses =
                    List.of(map::take, map::iterator, map::stream, iterator::hasNext, iterator::next);
            for (var use : uses) {
                assertThatThrownBy(use)
                        .isExactlyInstanceOf(TaskException.class)
                        .hasMessage("parallel map 'map' is closed");
            }
            assertThat(map).hasToString("parallel map 'map' (closed)");
        });
    }

    @Test
    @DisplayName("only the owner takes and closes; other threads are told whose it is")
    void ownerOnly() {
        run(() -> {
            try (var map = gated(CountingInputs.endless());
                    Threads threads = new Threads()) {
                List<org.assertj.core.api.ThrowableAssert.ThrowingCallable> uses =
                        List.of(map::take, map::iterator, map::stream, map::close);
                threads.start(kind, "stranger", () -> {
                    for (var use : uses) {
                        assertThatThrownBy(use)
                                .isExactlyInstanceOf(TaskException.class)
                                .hasMessage("parallel map 'map' belongs to thread 'test-body'; this is 'stranger'");
                    }
                });
            }
        });
    }

    @Test
    @DisplayName("3.6 items see the scoped values that were bound where the map was opened")
    void scopedValuesReachItems() {
        run(() -> {
            Object user = ScopedValues.newKey();
            List<Object> seen = new ArrayList<>();
            bound(user, "ann", () -> {
                try (var map = ParallelMap.open("map", List.of(1, 2), i -> ScopedValues.get(user))) {
                    map.forEach(item -> seen.add(item.outcome().orElseThrow()));
                }
            });
            assertThat(seen).containsExactly("ann", "ann");
        });
    }

    @Test
    @DisplayName("taking under other scoped values is refused, and loses no input")
    void otherScopedValues() {
        run(() -> {
            Object user = ScopedValues.newKey();
            List<Throwable> refused = new CopyOnWriteArrayList<>();
            try (var map = ParallelMap.open("map", List.of(1, 2, 3), i -> i, ParallelMapOptions::withoutTimeout)) {
                bound(
                        user,
                        "ann",
                        () -> assertThatThrownBy(map::take)
                                .isInstanceOf(ScopeException.Misnested.class)
                                .satisfies(refused::add));
                assertThat(map.stream().map(ParallelMap.Item::input)).containsExactly(1, 2, 3);
            }
            assertThat(refused).hasSize(1);
        });
    }

    private static void bound(Object key, Object value, Runnable body) throws Exception {
        try {
            ScopedValues.runWhere(key, value, body);
        } catch (Exception | Error thrown) {
            throw thrown;
        } catch (Throwable thrown) {
            throw new AssertionError(thrown);
        }
    }
}
