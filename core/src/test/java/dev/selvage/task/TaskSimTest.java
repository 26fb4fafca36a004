package dev.selvage.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.process.ProcessScope;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The end of a task against whoever cancels, kills, abandons, awaits it, on thousands of schedules. */
class TaskSimTest {

    private static void explore(Class<? extends Scenario> scenario) {
        Explored explored = Sim.of(scenario).explore();
        assertThat(explored.distinct()).as("different schedules").isGreaterThan(100);
    }

    private static ProcessScope open() {
        return ProcessScope.open("scope", options -> options.withTicker(Sim.ticker()));
    }

    @Test
    @DisplayName("return and failure race with cancels, waits and time limits: one outcome, the same for all, and one "
            + "cancel at most says that it was it")
    void oneOutcome() {
        explore(OneOutcome.class);
    }

    static final class OneOutcome implements Scenario {
        private final AtomicInteger cancels = new AtomicInteger();
        private final List<Outcome<String>> seen = new CopyOnWriteArrayList<>();

        @Override
        public void play() throws Exception {
            boolean fails = Sim.random().nextInt(3) == 0;
            try (ProcessScope scope = open()) {
                Task<String> task = Task.start(scope, "task", () -> {
                    Sim.point();
                    if (fails) {
                        throw new IOException("no");
                    }
                    return "value";
                });
                Sim.together(
                        () -> cancel(task),
                        () -> cancel(task),
                        () -> seen.add(task.join()),
                        () -> joinForAWhile(task),
                        () -> task.poll().ifPresent(seen::add));
                seen.add(task.join());
            }
            assertThat(seen).hasSizeGreaterThanOrEqualTo(2).containsOnly(seen.getFirst());
            Outcome<String> outcome = seen.getFirst();
            assertThat(cancels).hasValue(outcome instanceof Outcome.Cancelled ? 1 : 0);
            assertThat(outcome.isSuccess()).isEqualTo(!fails && cancels.get() == 0);
        }

        private void cancel(Task<String> task) {
            if (task.cancel()) {
                cancels.incrementAndGet();
            }
        }

        private void joinForAWhile(Task<String> task) throws InterruptedException {
            Outcome<String> outcome = task.join(Duration.ofMillis(1));
            if (!(outcome instanceof Outcome.TimedOut)) {
                seen.add(outcome);
            }
        }
    }

    @Test
    @DisplayName("4.3 a task that is abandoned, killed or stopped as it returns has one outcome, the same for all")
    void endedFromOutside() {
        explore(EndedFromOutside.class);
    }

    static final class EndedFromOutside implements Scenario {
        private final List<Outcome<String>> seen = new CopyOnWriteArrayList<>();

        @Override
        public void play() throws Exception {
            List<Task<String>> tasks = new ArrayList<>();
            try (ProcessScope scope = open()) {
                Task<String> task = Task.start(scope, "task", () -> {
                    Sim.point();
                    return "value";
                });
                tasks.add(task);
                Sim.together(
                        () -> {
                            end(task);
                            seen.add(task.join());
                        },
                        () -> seen.add(task.join()),
                        () -> task.poll().ifPresent(seen::add));
            }
            tasks.getFirst().process().thread().join();
            seen.add(tasks.getFirst().join());
            assertThat(seen).hasSizeGreaterThanOrEqualTo(2).containsOnly(seen.getFirst());
        }

        private static void end(Task<String> task) throws InterruptedException {
            switch (Sim.random().nextInt(3)) {
                case 0 -> task.process().shutdown(Duration.ZERO, Duration.ZERO);
                case 1 -> task.process().kill();
                default -> task.process().stop();
            }
        }
    }

    @Test
    @DisplayName("4.3 what was told of an abandoned task stays so, also when its body returns in that moment")
    void abandonedAsItReturns() {
        explore(AbandonedAsItReturns.class);
    }

    static final class AbandonedAsItReturns implements Scenario {
        @Override
        public void play() throws Exception {
            Task<String> task;
            Outcome<String> told;
            try (ProcessScope scope = open()) {
                task = Task.start(scope, "task", () -> "value");
                Sim.point();
                task.process().shutdown(Duration.ZERO, Duration.ZERO);
                told = task.join();
            }
            task.process().thread().join();
            assertThat(task.join()).isEqualTo(told);
        }
    }
}
