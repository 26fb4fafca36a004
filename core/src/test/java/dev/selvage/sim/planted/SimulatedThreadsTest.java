package dev.selvage.sim.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.scope.TaskScope;
import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.sim.SimFailure;
import java.time.Duration;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SimulatedThreadsTest {

    @Test
    @DisplayName("virtual threads started by simulated ones are simulated, in whatever way they are started")
    void startedThreadsAreSimulated() {
        assertThat(Sim.of(Starters.class).schedules(300).explore().distinct()).isGreaterThan(100);
    }

    static final class Starters implements Scenario {
        private final AtomicInteger simulated = new AtomicInteger();

        @Override
        public void play() throws InterruptedException {
            Thread first = Thread.startVirtualThread(this::count);
            Thread second = Thread.ofVirtual().name("second").start(this::count);
            Thread third = Thread.ofVirtual().factory().newThread(this::count);
            third.start();
            try (TaskScope scope = TaskScope.open("outer")) {
                scope.fork("forked", this::forkOneMore);
                scope.join();
            }
            first.join();
            second.join();
            third.join();
            assertThat(simulated).hasValue(5);
        }

        private void forkOneMore() {
            count();
            try (TaskScope scope = TaskScope.open("inner")) {
                scope.fork("forked-by-forked", this::count);
            }
        }

        private void count() {
            assertThat(Sim.elapsed())
                    .as("a reading that simulated threads alone can take")
                    .isNotNull();
            simulated.incrementAndGet();
        }
    }

    @Test
    @DisplayName("an exception that nobody caught fails the schedule and names its thread")
    void uncaughtExceptionFails() {
        SimFailure failure = Sim.of(Thrower.class).schedules(1).firstFailure().orElseThrow();
        assertThat(failure)
                .hasMessageStartingWith("thrower threw java.lang.IllegalStateException: thrown on purpose")
                .hasMessageContaining("-Dselvage.sim.seed=" + failure.seed())
                .hasRootCauseMessage("thrown on purpose");
    }

    static final class Thrower implements Scenario {
        @Override
        public void play() throws InterruptedException {
            Sim.start("thrower", () -> {
                        throw new IllegalStateException("thrown on purpose");
                    })
                    .join();
        }
    }

    @Test
    @DisplayName("an exception for which a thread has a handler of its own is handled")
    void handledExceptionPasses() {
        assertThat(Sim.of(HandledThrower.class).schedules(10).firstFailure()).isEmpty();
    }

    static final class HandledThrower implements Scenario {
        private final AtomicInteger handled = new AtomicInteger();

        @Override
        public void play() throws InterruptedException {
            Thread thread = Thread.ofVirtual()
                    .uncaughtExceptionHandler((thrower, exception) -> handled.incrementAndGet())
                    .start(() -> {
                        throw new IllegalStateException("handled");
                    });
            thread.join();
            assertThat(handled).hasValue(1);
        }
    }

    @Test
    @DisplayName("an exploration leaves the JVM's default handler as it was")
    void defaultHandlerIsRestored() {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        assertThat(Sim.of(Thrower.class).schedules(1).firstFailure()).isPresent();
        assertThat(Thread.getDefaultUncaughtExceptionHandler()).isSameAs(before);
    }

    @Test
    @DisplayName("a thread that is left behind fails the schedule, with its stack")
    void leftThreadFails() {
        SimFailure failure = Sim.of(Leaver.class).schedules(1).firstFailure().orElseThrow();
        assertThat(failure)
                .hasMessageStartingWith("threads left behind")
                .hasMessageContaining("\"left\" WAITING")
                .hasMessageContaining("SimulatedThreadsTest$Leaver");
    }

    @Test
    @DisplayName("where threads may be left behind they are ended after the schedule")
    void leftThreadsAreEnded() {
        Left.THREADS.clear();
        assertThat(Sim.of(Leaver.class)
                        .weaving(Leaver.class.getName()) // and not Left, which is shared
                        .leavingThreads()
                        .schedules(20)
                        .firstFailure())
                .isEmpty();
        assertThat(Left.THREADS).hasSize(20).noneMatch(Thread::isAlive);
    }

    /** What scenarios and test share; public, as they have different class loaders. */
    public static final class Left {
        public static final Queue<Thread> THREADS = new ConcurrentLinkedQueue<>();
    }

    static final class Leaver implements Scenario {
        private volatile boolean ended;

        @Override
        public void play() {
            Left.THREADS.add(Sim.start("left", () -> {
                while (!ended) {
                    LockSupport.park(this); // heeds no interrupt
                }
            }));
        }
    }

    @Test
    @DisplayName("a thread left behind with a deadline lives until then")
    void leftThreadWithDeadline() {
        Explored explored = Sim.of(LateThread.class).schedules(10).explore();
        assertThat(explored.simulatedTime()).isEqualTo(Duration.ofHours(explored.schedules()));
    }

    static final class LateThread implements Scenario {
        @Override
        public void play() {
            Sim.start("late", () -> Sim.sleep(Duration.ofHours(1)));
        }
    }

    @Test
    @DisplayName("a schedule without an end fails as a livelock: running, yielding or waking for ever")
    void livelocksFail() {
        assertThat(firstFailure(RunsForEver.class))
                .hasMessageStartingWith("livelock")
                .hasMessageContaining("play");
        assertThat(firstFailure(YieldsForEver.class)).hasMessageStartingWith("livelock");
        assertThat(firstFailure(WakesForEver.class)).hasMessageStartingWith("livelock");
    }

    private static SimFailure firstFailure(Class<? extends Scenario> scenario) {
        return Sim.of(scenario).pointLimit(10_000).schedules(1).firstFailure().orElseThrow();
    }

    static final class RunsForEver implements Scenario {
        private final AtomicInteger count = new AtomicInteger();

        @Override
        public void play() {
            while (count.incrementAndGet() != 0) {
                count.set(1);
            }
        }
    }

    static final class YieldsForEver implements Scenario {
        private volatile boolean ended;

        @Override
        public void play() {
            while (!ended) {
                Thread.yield();
            }
        }
    }

    static final class WakesForEver implements Scenario {
        private volatile boolean ended;

        @Override
        public void play() throws InterruptedException {
            while (!ended) {
                Sim.sleep(Duration.ofSeconds(1));
            }
        }
    }

    @Test
    @DisplayName("a thread that spins until another has run does not keep it from running, under any strategy")
    void spinningIsFair() {
        assertThat(Sim.of(Spinner.class).schedules(1_000).explore().distinct()).isGreaterThan(100);
    }

    static final class Spinner implements Scenario {
        private volatile boolean ready;

        @Override
        public void play() throws InterruptedException {
            Sim.together(this::spin, () -> ready = true, this::spinPolitely);
        }

        private void spin() {
            while (!ready) {
                Sim.point();
            }
        }

        private void spinPolitely() {
            while (!ready) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    @DisplayName("a thread that waits while it is pinned stops the carrier: found by its standstill, with the stack")
    void pinnedCarrierIsFound() {
        assertThatThrownBy(() -> Sim.of(PinnedWaiter.class)
                        .standstillAfter(Duration.ofMillis(300))
                        .explore())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("stood still for PT0.3S")
                .hasMessageContaining("seed 0")
                .hasMessageContaining("WaitsInItsInitializer");
        assertThat(Sim.of(Spinner.class).schedules(10).firstFailure())
                .as("a simulation after that one")
                .isEmpty();
    }

    static final class PinnedWaiter implements Scenario {
        @Override
        public void play() {
            WaitsInItsInitializer.initialize();
        }
    }

    static final class WaitsInItsInitializer {
        static {
            LockSupport.park();
        }

        static void initialize() {
            // done by the call
        }
    }

    @Test
    @DisplayName("what a scenario draws at random comes from the seed")
    void randomNumbersComeFromTheSeed() {
        Explored once = Sim.of(Gambler.class).schedules(200).explore();
        Explored again = Sim.of(Gambler.class).schedules(200).explore();
        assertThat(again).isEqualTo(once);
        assertThat(once.simulatedTime()).isPositive();
    }

    static final class Gambler implements Scenario {
        @Override
        public void play() throws InterruptedException {
            Sim.together(
                    () -> sleep(ThreadLocalRandom.current().nextInt(1_000_000)),
                    () -> sleep(RandomGenerator.getDefault().nextInt(1_000_000)),
                    () -> sleep(new Random().nextInt(1_000_000)),
                    () -> sleep(Sim.random().nextInt(1_000_000)));
        }

        private static void sleep(long nanos) throws InterruptedException {
            Sim.sleep(Duration.ofNanos(nanos));
        }
    }

    @Test
    @DisplayName("waiting for monitors is explored and comes from the seed, too")
    void monitorsReplay() {
        Explored once =
                Sim.of(Monitors.class).clock(ClockMode.PATIENT).schedules(500).explore();
        Explored again =
                Sim.of(Monitors.class).clock(ClockMode.PATIENT).schedules(500).explore();
        assertThat(again).isEqualTo(once);
    }

    static final class Monitors implements Scenario {
        private final Object monitor = new Object();
        private int count;

        @Override
        public void play() throws InterruptedException {
            Sim.together(this::count, this::count, this::count);
            assertThat(count).isEqualTo(9);
        }

        private void count() {
            for (int i = 0; i < 3; i++) {
                synchronized (monitor) {
                    count++;
                }
            }
        }
    }

    @Test
    @DisplayName("a scenario that could not be woven or made is refused")
    void refusesScenarios() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sim.explore(Thread.class))
                .withMessageStartingWith("scenario: java.lang.Thread; allowed: classes whose names start with");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sim.explore(WithParameter.class))
                .withMessageEndingWith("allowed: classes with a constructor without parameters");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sim.of(Spinner.class).schedules(0))
                .withMessage("count: 0; allowed: 1 or more");
    }

    record WithParameter(int parameter) implements Scenario {
        @Override
        public void play() {
            // is never played
        }
    }
}
