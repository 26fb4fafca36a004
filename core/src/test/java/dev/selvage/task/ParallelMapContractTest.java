package dev.selvage.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.registry.Registry;
import dev.selvage.registry.UniqueRegistry;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Inputs, order, bounds and results of parallel maps, for owners of both kinds of thread. */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class ParallelMapContractTest {
    private final ThreadKind kind;
    private final Gates gates = new Gates();

    ParallelMapContractTest(ThreadKind kind) {
        this.kind = kind;
    }

    private void run(Threads.Body body) {
        Threads.run(kind, body);
    }

    private static ParallelMapOptions unlimited(ParallelMapOptions options) {
        return options.withoutTimeout();
    }

    private static <I> ParallelMap.Item<I, I> same(I value) {
        return new ParallelMap.Item<>(value, new Outcome.Success<>(value));
    }

    // ---- results

    @Test
    @DisplayName("results come in the order of the inputs, whatever the order in which they are done")
    void ordered() {
        run(() -> {
            try (var map = ParallelMap.open(
                    "map",
                    List.of(1, 2, 3),
                    gates::pass,
                    options -> unlimited(options).withConcurrency(3))) {
                Threads reverse = new Threads();
                reverse.start(kind, "reverse", () -> {
                    gates.awaitInside(1, 2, 3);
                    gates.open(3);
                    gates.awaitInside(1, 2);
                    gates.open(2);
                    gates.awaitInside(1);
                    gates.open(1);
                });
                assertThat(map).containsExactly(same(1), same(2), same(3));
                reverse.join();
            }
        });
    }

    @Test
    @DisplayName("unordered, each result comes as soon as it is done")
    void unordered() {
        run(() -> {
            try (var map = ParallelMap.open(
                    "map",
                    List.of(1, 2, 3),
                    gates::pass,
                    options -> unlimited(options).withConcurrency(3).withOrdered(false))) {
                for (int next : new int[] {2, 3, 1}) {
                    gates.open(next);
                    assertThat(map.take()).hasValue(same(next));
                }
                assertThat(map.take()).isEmpty();
            }
        });
    }

    @Test
    @DisplayName("an item that fails is a value with its input, an Error like an exception, and ends no other")
    void failures() {
        run(() -> {
            List<Throwable> causes = List.of(new IOException("disk full"), new AssertionError("wrong"));
            try (var map = ParallelMap.open("map", List.of(0, 1, 2), i -> {
                if (i == 2) {
                    return "fine";
                }
                if (causes.get(i) instanceof Error error) {
                    throw error;
                }
                throw (Exception) causes.get(i);
            })) {
                assertThat(map)
                        .containsExactly(
                                new ParallelMap.Item<>(0, new Outcome.Failure<>(causes.get(0))),
                                new ParallelMap.Item<>(1, new Outcome.Failure<>(causes.get(1))),
                                new ParallelMap.Item<>(2, new Outcome.Success<>("fine")));
            }
        });
    }

    @Test
    @DisplayName("a function may return null")
    void nullResults() {
        run(() -> {
            try (var map = ParallelMap.<Integer, String>open("map", List.of(1), i -> null)) {
                assertThat(map.take()).hasValue(new ParallelMap.Item<>(1, new Outcome.Success<>(null)));
            }
        });
    }

    @Test
    @DisplayName("an item whose process is killed from outside has no result, and ends no other")
    void killedItem() {
        run(() -> {
            CompletableFuture<ProcessRef<?>> process = new CompletableFuture<>();
            try (var map = ParallelMap.open(
                    "map",
                    List.of(1, 2),
                    i -> {
                        if (i == 1) {
                            process.complete(ProcessRef.current().orElseThrow());
                            return gates.pass(i);
                        }
                        process.get().kill();
                        return i;
                    },
                    options -> options.withConcurrency(2))) {
                assertThat(map)
                        .containsExactly(
                                new ParallelMap.Item<>(1, new Outcome.Cancelled<>(ExitReason.killed())), same(2));
            }
        });
    }

    @Test
    @DisplayName("each item runs in a process of its own, named after the map and its number")
    void processes() {
        run(() -> {
            try (var map = ParallelMap.open(
                    "map",
                    List.of("a", "b"),
                    input -> ProcessRef.current().orElseThrow().name() + " on "
                            + Thread.currentThread().getName())) {
                assertThat(map.stream().map(item -> item.outcome().orElseThrow()))
                        .containsExactly("map-1 on map-1", "map-2 on map-2");
            }
        });
    }

    @Test
    @DisplayName("4.2 whoever takes a result finds the names of its item free")
    void namesAreFree() {
        run(() -> {
            try (UniqueRegistry<Integer, Integer> names = Registry.unique("names");
                    var map = ParallelMap.open("map", CountingInputs.upTo(200), i -> {
                        names.register(i, i);
                        return i;
                    })) {
                for (var item : map) {
                    assertThat(names.lookup(item.input())).isEmpty();
                    assertThat(item.outcome().isSuccess()).isTrue();
                }
            }
        });
    }

    @Test
    @DisplayName("what the owner did before, the function sees; what the function did, the taker sees")
    void memory() {
        run(() -> {
            int[] cells = new int[1_000];
            int[] before = new int[1];
            List<Integer> inputs = IntStream.range(0, cells.length).boxed().toList();
            before[0] = 7;
            try (var map = ParallelMap.open("map", inputs, i -> {
                cells[i] = i + before[0];
                return i;
            })) {
                for (var item : map) {
                    assertThat(cells[item.input()]).isEqualTo(item.input() + 7);
                }
            }
        });
    }

    @Test
    @DisplayName("a result that was taken is not kept by the map, nor is its input")
    void nothingIsKept() {
        run(() -> {
            try (var map = ParallelMap.open(
                    "map",
                    Stream.generate(Object::new),
                    input -> new Object(),
                    options -> options.withConcurrency(1).withBuffer(0))) {
                var item = map.take().orElseThrow();
                WeakReference<Object> input = new WeakReference<>(item.input());
                WeakReference<Object> result =
                        new WeakReference<>(item.outcome().orElseThrow());
                item = null;
                Threads.awaitTrue("what was taken is not reachable", () -> {
                    System.gc();
                    return input.get() == null && result.get() == null;
                });
                assertThat(map.take()).isPresent();
            }
        });
    }

    // ---- bounds

    @Test
    @DisplayName("nothing is pulled before the first result is asked for, then on the owner's thread")
    void lazy() {
        run(() -> {
            CountingInputs inputs = CountingInputs.endless();
            try (var map = ParallelMap.open("map", inputs, i -> i, options -> options.withConcurrency(2))) {
                map.iterator();
                assertThat(inputs.pulled()).isZero();
                assertThat(map.take()).hasValue(same(1));
                assertThat(inputs.pulled()).isPositive();
                assertThat(inputs.puller()).isSameAs(Thread.currentThread());
            }
        });
    }

    @Test
    @DisplayName("no more than the concurrency run")
    void concurrency() {
        run(() -> {
            try (var map = ParallelMap.open(
                    "map",
                    CountingInputs.endless(),
                    gates::pass,
                    options -> unlimited(options).withConcurrency(3))) {
                for (int i = 1; i <= 20; i++) {
                    gates.open(i);
                    assertThat(map.take()).hasValue(same(i));
                }
                gates.awaitInside(21, 22, 23);
                Threads.awaitTrue(
                        "three at a time", () -> gates.most() == 3); // an item counts itself once it is inside
            }
        });
    }

    @Test
    @DisplayName("behind a slow item an ordered map runs on for the buffer, and no further; then it goes on")
    void orderedBufferIsBounded() {
        run(() -> {
            CountingInputs inputs = CountingInputs.endless();
            try (var map = ParallelMap.open(
                            "map",
                            inputs,
                            i -> i == 1 ? gates.pass(i) : i,
                            options -> unlimited(options).withConcurrency(2).withBuffer(5));
                    Threads threads = new Threads()) {
                Thread owner = Thread.currentThread();
                threads.start(kind, "release", () -> {
                    Threads.awaitTrue("the bound is reached", () -> inputs.pulled() == 7);
                    Threads.awaitState(owner, Thread.State.WAITING);
                    assertThat(inputs.pulled()).isEqualTo(7);
                    gates.open(1);
                });
                for (int i = 1; i <= 50; i++) {
                    assertThat(map.take()).hasValue(same(i));
                    assertThat(inputs.pulled()).isLessThanOrEqualTo(i + 7);
                }
            }
        });
    }

    @Test
    @DisplayName("with a buffer of 0, concurrency alone is the bound")
    void noBuffer() {
        run(() -> {
            CountingInputs inputs = CountingInputs.endless();
            try (var map = ParallelMap.open(
                    "map", inputs, i -> i, options -> options.withConcurrency(3).withBuffer(0))) {
                for (int i = 1; i <= 100; i++) {
                    assertThat(map.take()).hasValue(same(i));
                    assertThat(inputs.pulled()).isLessThanOrEqualTo(i + 3);
                }
            }
        });
    }

    @Test
    @DisplayName("unordered, results wait for a slow owner up to the bound")
    void unorderedBufferIsBounded() {
        run(() -> {
            CountingInputs inputs = CountingInputs.endless();
            try (var map = ParallelMap.open(
                    "map",
                    inputs,
                    i -> i,
                    options -> options.withConcurrency(2).withBuffer(3).withOrdered(false))) {
                for (int taken = 1; taken <= 100; taken++) {
                    assertThat(map.take()).isPresent();
                    assertThat(inputs.pulled()).isLessThanOrEqualTo(taken + 5);
                }
            }
        });
    }

    @Test
    @DisplayName("the workers are busy while the owner is: places are filled before a result is handed out")
    void filledBeforeHandedOut() {
        run(() -> {
            gates.open(1);
            try (var map = ParallelMap.open(
                    "map",
                    CountingInputs.endless(),
                    gates::pass,
                    options -> unlimited(options).withConcurrency(2).withBuffer(0))) {
                assertThat(map.take()).hasValue(same(1));
                gates.awaitInside(2, 3);
            }
        });
    }

    // ---- inputs

    @Test
    @DisplayName("no inputs, no results; and after the last there is none, however often one asks")
    void empty() {
        run(() -> {
            try (var map = ParallelMap.open("map", List.<Integer>of(), i -> i)) {
                assertThat(map.take()).isEmpty();
                assertThat(map.take()).isEmpty();
                Iterator<?> iterator = map.iterator();
                assertThat(iterator.hasNext()).isFalse();
                assertThatThrownBy(iterator::next)
                        .isInstanceOf(NoSuchElementException.class)
                        .hasMessage("all results of parallel map 'map' (0 running, 0 inputs pulled) are taken");
            }
        });
    }

    @Test
    @DisplayName("inputs that throw do so after the results of those that came before, each time one asks on")
    void inputsThrow() {
        run(() -> {
            for (Throwable failure : List.of(new IllegalStateException("connection lost"), new AssertionError("bug"))) {
                Stream<Integer> inputs = Stream.of(1, 2, 3, 4).peek(i -> {
                    if (i == 3) {
                        throwIt(failure);
                    }
                });
                try (var map = ParallelMap.open("map", inputs, i -> i, options -> options.withConcurrency(8))) {
                    assertThat(map.take()).hasValue(same(1));
                    assertThat(map.take()).hasValue(same(2));
                    for (int i = 0; i < 2; i++) {
                        assertThatThrownBy(map::take)
                                .isInstanceOf(TaskException.InputFailed.class)
                                .hasMessage("the inputs of parallel map 'map' failed after 2: " + failure)
                                .hasCause(failure);
                    }
                }
            }
        });
    }

    private static void throwIt(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    @Test
    @DisplayName("a null among the inputs is refused, with its number")
    void nullInput() {
        run(() -> {
            try (var map = ParallelMap.open("map", Arrays.asList(1, null, 3), i -> i)) {
                assertThat(map.take()).hasValue(same(1));
                assertThatThrownBy(map::take)
                        .isInstanceOf(TaskException.InputFailed.class)
                        .hasMessageContaining("input 2 is null")
                        .hasCauseInstanceOf(NullPointerException.class);
            }
        });
    }

    @Test
    @DisplayName("an iterable that gives no iterator is an input that fails")
    void noIterator() {
        run(() -> {
            try (var map = ParallelMap.<Integer, Integer>open("map", () -> null, i -> i)) {
                assertThatThrownBy(map::take)
                        .isInstanceOf(TaskException.InputFailed.class)
                        .hasMessageContaining("failed after 0")
                        .hasMessageContaining("iterator");
            }
        });
    }

    @Test
    @DisplayName("a stream is closed with the map, when no item runs any more, and also when nothing was taken")
    void streamIsClosed() {
        run(() -> {
            List<String> seen = new ArrayList<>();
            Stream<Integer> inputs = Stream.of(1, 2).onClose(() -> seen.add("closed, inside: " + gates.inside()));
            try (var map = ParallelMap.open(
                    "map", inputs, gates::pass, options -> unlimited(options).withConcurrency(2))) {
                gates.open(1);
                map.take();
                gates.awaitInside(2);
                assertThat(seen).isEmpty();
            }
            ParallelMap.open("unused", Stream.of(1).onClose(() -> seen.add("unused closed")), i -> i)
                    .close();
            assertThat(seen).containsExactly("closed, inside: []", "unused closed");
        });
    }

    @Test
    @DisplayName("a stream that fails to close says so, after the items have ended")
    void streamFailsToClose() {
        run(() -> {
            var map = ParallelMap.open(
                    "map",
                    Stream.of(1, 2).onClose(() -> {
                        throw new IllegalStateException("cannot close");
                    }),
                    i -> i == 1 ? i : gates.pass(i),
                    options -> options.withConcurrency(2));
            map.take();
            gates.awaitInside(2);
            assertThatThrownBy(map::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("cannot close");
            assertThat(gates.inside()).isEmpty();
            map.close();
        });
    }

    @Test
    @DisplayName("as a stream, too: lazy, and closing it closes the map")
    void asStream() {
        run(() -> {
            CountingInputs inputs = CountingInputs.endless();
            var map = ParallelMap.open("map", inputs, i -> i, options -> options.withConcurrency(2));
            try (Stream<ParallelMap.Item<Integer, Integer>> stream = map.stream()) {
                Optional<Integer> found = stream.map(item -> item.outcome().orElseThrow())
                        .filter(i -> i > 20)
                        .findFirst();
                assertThat(found).hasValue(21);
                assertThat(inputs.pulled()).isLessThanOrEqualTo(21 + 4);
            }
            assertThatThrownBy(map::take).isInstanceOf(TaskException.class).hasMessageContaining("is closed");
        });
    }
}
