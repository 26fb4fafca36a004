package dev.selvage.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.ExitReason;
import dev.selvage.exit.Lifetime;
import dev.selvage.process.ProcessRef;
import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Items that end, time out, are killed, abandoned, while the owner takes, is interrupted, or leaves. */
class ParallelMapSimTest {
    private static final Duration LIMIT = Duration.ofMillis(2);

    private static void explore(Class<? extends Scenario> scenario) {
        check(Sim.of(scenario).explore());
    }

    private static void explorePatiently(Class<? extends Scenario> scenario) {
        check(Sim.of(scenario).clock(ClockMode.PATIENT).explore());
    }

    private static void check(Explored explored) {
        assertThat(explored.distinct()).as("different schedules").isGreaterThan(100);
    }

    /** What all have in common: a few inputs, bounds that are watched, an owner that checks what it takes. */
    abstract static class Common implements Scenario {
        static final int CONCURRENCY = 2;
        static final int BUFFER = 1;

        final int last = 4;
        final CountingInputs inputs = CountingInputs.upTo(last);
        final AtomicInteger running = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();
        final List<Integer> taken = new ArrayList<>();
        boolean ordered;

        abstract Integer map(Integer input) throws Exception;

        ParallelMapOptions options(ParallelMapOptions options) {
            ordered = Sim.random().nextBoolean();
            return options.withTicker(Sim.ticker())
                    .withConcurrency(CONCURRENCY)
                    .withBuffer(BUFFER)
                    .withOrdered(ordered)
                    .withTimeout(LIMIT)
                    .withInterruptPatience(Duration.ofMillis(1));
        }

        ParallelMap<Integer, Integer> open() {
            return ParallelMap.open("map", inputs, this::counted, this::options);
        }

        private Integer counted(Integer input) throws Exception {
            Lifetime.current().add(new Leaving(running));
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            return map(input);
        }

        void note(ParallelMap.Item<Integer, Integer> item) {
            taken.add(item.input());
            if (item.outcome() instanceof Outcome.Success<Integer>(Integer value)) {
                assertThat(value).isEqualTo(item.input());
            }
            assertThat(inputs.pulled()).as("inputs pulled").isLessThanOrEqualTo(taken.size() + CONCURRENCY + BUFFER);
        }

        void checkAllTaken() {
            List<Integer> all = IntStream.rangeClosed(1, last).boxed().toList();
            assertThat(most.get()).as("running at a time").isLessThanOrEqualTo(CONCURRENCY);
            taken.sort(ordered ? (a, b) -> 0 : Comparator.naturalOrder());
            assertThat(taken).isEqualTo(all);
        }
    }

    /** Counts an item out when its process ends, also by being abandoned: its thread may be slow to leave. */
    private static final class Leaving extends ExitHook {
        private final AtomicInteger running;

        Leaving(AtomicInteger running) {
            super(Phase.AT_EXIT);
            this.running = running;
        }

        @Override
        protected void onExit() {
            running.decrementAndGet();
        }
    }

    @Test
    @DisplayName("items that end as their time does have one result each, in order if asked for, within the bounds")
    void finishAgainstTimeLimit() {
        explore(FinishAgainstTimeLimit.class);
    }

    static final class FinishAgainstTimeLimit extends Common {
        private final List<Integer> returned = new CopyOnWriteArrayList<>();

        @Override
        Integer map(Integer input) throws Exception {
            Duration work = Duration.ofMillis(Sim.random().nextInt(4));
            if (!work.isZero()) {
                Sim.sleep(work);
            }
            returned.add(input);
            return input;
        }

        @Override
        public void play() {
            try (var map = open()) {
                for (var item : map) {
                    note(item);
                    assertThat(item.outcome())
                            .satisfiesAnyOf(
                                    outcome -> assertThat(outcome).isEqualTo(new Outcome.TimedOut<>(LIMIT)),
                                    outcome -> assertThat(outcome).isEqualTo(new Outcome.Success<>(item.input())));
                    if (item.outcome().isSuccess()) {
                        assertThat(returned).contains(item.input());
                    }
                }
            }
            checkAllTaken();
        }
    }

    @Test
    @DisplayName("items that nobody would end time out, also while the owner sleeps; no item is late on a clock that "
            + "waits for all")
    void hangingItems() {
        explorePatiently(HangingItems.class);
    }

    static final class HangingItems extends Common {
        @Override
        Integer map(Integer input) throws Exception {
            Duration start = Sim.elapsed();
            if (input % 2 == 1) {
                try {
                    Sim.sleep(Duration.ofDays(1));
                } finally {
                    assertThat(Sim.elapsed().minus(start))
                            .as("time until the interrupt")
                            .isEqualTo(LIMIT);
                }
            }
            return input;
        }

        @Override
        public void play() throws Exception {
            try (var map = open()) {
                for (var item : map) {
                    note(item);
                    assertThat(item.outcome())
                            .isEqualTo(
                                    item.input() % 2 == 1
                                            ? new Outcome.TimedOut<>(LIMIT)
                                            : new Outcome.Success<>(item.input()));
                    Sim.sleep(Duration.ofMillis(Sim.random().nextInt(1, 10)));
                }
            }
            checkAllTaken();
        }
    }

    @Test
    @DisplayName("3.4 deaf items are abandoned, at the moment of their end too: one result each, nobody waits for long")
    void deafItems() {
        explore(DeafItems.class);
    }

    static final class DeafItems extends Common {
        @Override
        Integer map(Integer input) {
            Duration end = Sim.elapsed().plusMillis(Sim.random().nextInt(5));
            boolean deaf = input % 2 == 1;
            while (deaf && Sim.elapsed().compareTo(end) < 0) {
                try {
                    Sim.sleep(Duration.ofMillis(1));
                } catch (InterruptedException ignoredOnPurpose) {
                    Sim.point();
                }
            }
            return input;
        }

        @Override
        public void play() throws Exception {
            try (var map = open()) {
                for (Optional<ParallelMap.Item<Integer, Integer>> next = map.take();
                        next.isPresent();
                        next = map.take()) {
                    note(next.get());
                }
            }
            checkAllTaken();
        }
    }

    @Test
    @DisplayName("an interrupt of the owner at any moment loses no result and no input")
    void interruptedOwner() {
        explore(InterruptedOwner.class);
    }

    static final class InterruptedOwner extends Common {
        @Override
        Integer map(Integer input) {
            Sim.point();
            return input;
        }

        @Override
        public void play() throws Exception {
            Thread owner = Sim.start("owner", this::takeAll);
            Thread interrupter = Sim.start("interrupter", () -> {
                for (int i = 0; i < 3; i++) {
                    owner.interrupt();
                    Sim.point();
                }
            });
            owner.join();
            interrupter.join();
            checkAllTaken();
        }

        private void takeAll() {
            try (var map = open()) {
                while (taken.size() < last) {
                    try {
                        map.take().ifPresent(this::note);
                    } catch (InterruptedException goesOn) {
                        Sim.point();
                    }
                }
            }
        }
    }

    @Test
    @DisplayName("items that are killed as they end have one result each: theirs, or that they were killed")
    void killedItems() {
        explore(KilledItems.class);
    }

    static final class KilledItems extends Common {
        private final List<ProcessRef<?>> processes = new CopyOnWriteArrayList<>();

        @Override
        Integer map(Integer input) throws Exception {
            processes.add(ProcessRef.current().orElseThrow());
            if (input == 2) {
                processes.forEach(ProcessRef::kill);
                throw new IllegalStateException("killed before");
            }
            Sim.point();
            return input;
        }

        @Override
        ParallelMapOptions options(ParallelMapOptions options) {
            return super.options(options).withoutTimeout();
        }

        @Override
        public void play() {
            try (var map = open()) {
                for (var item : map) {
                    note(item);
                    assertThat(item.outcome())
                            .isIn(new Outcome.Success<>(item.input()), new Outcome.Cancelled<>(ExitReason.killed()));
                    assertThat(item.outcome().isSuccess() && item.input() == 2).isFalse();
                }
            }
            checkAllTaken();
        }
    }

    @Test
    @DisplayName("a map that is closed at any moment leaves no item running and pulls nothing more")
    void leftEarly() {
        explore(LeftEarly.class);
    }

    static final class LeftEarly extends Common {
        @Override
        Integer map(Integer input) throws Exception {
            Sim.sleep(Duration.ofMillis(Sim.random().nextInt(1, 4)));
            return input;
        }

        @Override
        public void play() throws Exception {
            int wanted = Sim.random().nextInt(last);
            int pulled;
            try (var map = open()) {
                while (taken.size() < wanted) {
                    note(map.take().orElseThrow());
                }
                pulled = inputs.pulled();
                if (Sim.random().nextBoolean()) {
                    Sim.sleep(Duration.ofMillis(1));
                }
                if (Sim.random().nextBoolean()) {
                    Thread.currentThread().interrupt();
                }
            }
            Thread.interrupted();
            assertThat(inputs.pulled()).isEqualTo(pulled);
            assertThat(most.get()).isLessThanOrEqualTo(CONCURRENCY);
        }
    }
}
