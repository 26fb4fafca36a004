package dev.selvage.sim.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.sim.SimFailure;
import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SimulatedTimeTest {

    @Test
    @DisplayName("waits end in the order of their deadlines, and days of them take no time")
    void waitsEndInOrder() {
        Explored explored = Sim.of(ThreeSleepers.class)
                .clock(ClockMode.PATIENT)
                .schedules(500)
                .explore();
        assertThat(explored.simulatedTime()).isEqualTo(Duration.ofDays(3L * explored.schedules()));
    }

    static final class ThreeSleepers implements Scenario {
        private final List<Integer> woken = new CopyOnWriteArrayList<>();

        @Override
        public void play() throws InterruptedException {
            Sim.together(() -> sleep(3), () -> sleep(1), () -> sleep(2));
            assertThat(woken).containsExactly(1, 2, 3);
            assertThat(Sim.elapsed()).isEqualTo(Duration.ofDays(3));
        }

        private void sleep(int days) throws InterruptedException {
            Sim.sleep(Duration.ofDays(days));
            woken.add(days);
        }
    }

    @Test
    @DisplayName("a timed wait that was unparked leaves no deadline behind")
    void unparkedWaitIsCancelled() {
        Explored explored = Sim.of(UnparkedSleeper.class)
                .clock(ClockMode.PATIENT)
                .schedules(500)
                .explore();
        assertThat(explored.simulatedTime()).isZero();
        assertThat(explored.distinct()).isGreaterThan(3);
    }

    static final class UnparkedSleeper implements Scenario {
        @Override
        public void play() throws InterruptedException {
            Thread sleeper = Sim.start("sleeper", () -> Sim.ticker().parkNanos(this, Long.MAX_VALUE));
            LockSupport.unpark(sleeper);
            sleeper.join();
            assertThat(Sim.elapsed()).isZero();
        }
    }

    @Test
    @DisplayName("a patient clock lets no timeout pass while somebody can run, a hasty one does")
    void patientAndHasty() {
        Sim.of(ShortTimeout.class).clock(ClockMode.PATIENT).schedules(1_000).explore();

        assertThat(Sim.of(ShortTimeout.class)
                        .clock(ClockMode.HASTY)
                        .schedules(100)
                        .firstFailure())
                .isPresent();
        assertThat(Sim.of(ShortTimeout.class).schedules(100).firstFailure()).isPresent();
    }

    static final class ShortTimeout implements Scenario {
        private final AtomicInteger done = new AtomicInteger();

        @Override
        public void play() throws InterruptedException {
            Sim.together(this::await, this::work);
        }

        private void work() {
            for (int i = 0; i < 20; i++) {
                done.incrementAndGet();
            }
        }

        private void await() {
            Deadline deadline = Deadline.after(Duration.ofNanos(1), Sim.ticker());
            while (!deadline.hasPassed()) {
                deadline.park(this);
            }
            assertThat(done).as("done when the time is up").hasValue(20);
        }
    }

    @Test
    @DisplayName("what reads or waits on the system's clock means the simulated one in woven classes")
    void systemClockIsSimulated() {
        Explored explored = Sim.of(SystemClock.class).schedules(200).explore();
        assertThat(explored.simulatedTime()).isEqualTo(Duration.ofHours(4L * explored.schedules()));
    }

    static final class SystemClock implements Scenario {
        @Override
        public void play() throws InterruptedException {
            long start = System.nanoTime();
            Sim.sleep(Duration.ofHours(1));
            LockSupport.parkNanos(this, TimeUnit.HOURS.toNanos(1));
            LockSupport.parkNanos(TimeUnit.HOURS.toNanos(1));
            Ticker.system().parkNanos(this, TimeUnit.HOURS.toNanos(1));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isEqualTo(Duration.ofHours(4));
            assertThat(Ticker.system().nanoTime()).isEqualTo(System.nanoTime());
        }
    }

    @Test
    @DisplayName("an interrupt ends a sleep before its time")
    void interruptEndsSleep() {
        assertThat(Sim.of(InterruptedSleeper.class)
                        .clock(ClockMode.PATIENT)
                        .schedules(500)
                        .explore()
                        .simulatedTime())
                .isZero();
    }

    static final class InterruptedSleeper implements Scenario {
        @Override
        public void play() throws InterruptedException {
            Thread sleeper = Sim.start(
                    "sleeper",
                    () -> assertThatThrownBy(() -> Sim.sleep(Duration.ofHours(1)))
                            .isInstanceOf(InterruptedException.class));
            sleeper.interrupt();
            sleeper.join();
        }
    }

    @Test
    @DisplayName("time passes for a thread that spins on the clock, and for one that spins until another has slept")
    void spinningMakesTimePass() {
        Explored explored = Sim.of(Spinners.class).schedules(500).explore();
        assertThat(explored.simulatedTime()).isGreaterThanOrEqualTo(Duration.ofSeconds(explored.schedules()));
    }

    static final class Spinners implements Scenario {
        private volatile boolean slept;

        @Override
        public void play() throws InterruptedException {
            Deadline deadline = Deadline.after(Duration.ofMillis(1), Sim.ticker());
            while (!deadline.hasPassed()) {
                Thread.onSpinWait();
            }
            Sim.together(this::spin, this::sleep);
        }

        private void spin() {
            while (!slept) {
                Thread.yield();
            }
        }

        private void sleep() throws InterruptedException {
            Sim.sleep(Duration.ofSeconds(1));
            slept = true;
        }
    }

    @Test
    @DisplayName("readings that are compared instead of subtracted are found out by an overflow")
    void overflowIsFound() {
        SimFailure failure =
                Sim.of(ComparesReadings.class).schedules(100).firstFailure().orElseThrow();
        assertThat(failure).hasMessageContaining("[later reading]");
    }

    static final class ComparesReadings implements Scenario {
        @Override
        public void play() throws InterruptedException {
            long before = Sim.ticker().nanoTime();
            Sim.sleep(Duration.ofSeconds(1));
            assertThat(Sim.ticker().nanoTime()).as("later reading").isGreaterThan(before);
        }
    }

    @Test
    @DisplayName("a timed wait inside the JDK cannot be simulated: the schedule fails and says so")
    void machineClockIsRefused() {
        SimFailure failure =
                Sim.of(TimedCondition.class).schedules(1).firstFailure().orElseThrow();
        assertThat(failure)
                .hasMessageStartingWith("a timed wait on the machine's clock")
                .hasMessageContaining("TimedCondition.play");
    }

    static final class TimedCondition implements Scenario {
        @Override
        public void play() throws InterruptedException {
            ReentrantLock lock = new ReentrantLock();
            Condition condition = lock.newCondition();
            lock.lock();
            try {
                assertThat(condition.await(1, TimeUnit.HOURS)).isFalse();
            } finally {
                lock.unlock();
            }
        }
    }

    @Test
    @DisplayName("the simulated ticker belongs to simulated threads")
    void tickerOutsideIsRefused() {
        assertThatThrownBy(() -> Sim.ticker().nanoTime())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not a simulated thread");
        assertThatThrownBy(() -> Sim.ticker().parkNanos(this, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(Sim::elapsed).isInstanceOf(IllegalStateException.class);
    }
}
