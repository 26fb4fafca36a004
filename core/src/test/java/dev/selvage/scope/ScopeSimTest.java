package dev.selvage.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The owner's waits against ending threads and interrupts, on thousands of schedules. */
class ScopeSimTest {

    private static void explore(Class<? extends Scenario> scenario) {
        assertThat(Sim.of(scenario).explore().distinct())
                .as("different schedules")
                .isGreaterThan(100);
    }

    @Test
    @DisplayName("3.3 join and close miss no end of a thread")
    void noEndIsMissed() {
        explore(NoEndIsMissed.class);
    }

    static final class NoEndIsMissed implements Scenario {
        private final AtomicInteger ended = new AtomicInteger();

        @Override
        public void play() throws Exception {
            for (int round = 1; round <= 2; round++) {
                try (TaskScope scope = TaskScope.open("scope")) {
                    Thread first = scope.fork("first", ended::incrementAndGet);
                    Thread second = scope.fork("second", ended::incrementAndGet);
                    if (round == 1) {
                        scope.join();
                        assertThat(first.isAlive() || second.isAlive()).isFalse();
                    }
                }
                assertThat(ended).hasValue(2 * round);
            }
        }
    }

    @Test
    @DisplayName("an interrupt at any moment of join is thrown or kept, never lost, and close still ends the threads")
    void interruptIsNeverLost() {
        explore(InterruptIsNeverLost.class);
    }

    static final class InterruptIsNeverLost implements Scenario {
        @Override
        public void play() throws Exception {
            Thread owner = Thread.currentThread();
            Thread interrupter = Sim.start("interrupter", owner::interrupt);
            boolean thrown = false;
            AtomicInteger ended = new AtomicInteger();
            try (TaskScope scope = TaskScope.open("scope")) {
                scope.fork("quick", ended::incrementAndGet);
                scope.join();
            } catch (InterruptedException interrupt) {
                thrown = true;
            }
            assertThat(ended).hasValue(1);
            while (interrupter.isAlive()) {
                Sim.point();
            }
            assertThat(thrown ^ Thread.interrupted()).isTrue();
        }
    }

    @Test
    @DisplayName("3.4 join and close around abandoned scopes miss no end of their own threads and wait for no other")
    void aroundAbandonedScopes() {
        explore(AroundAbandonedScopes.class);
    }

    static final class AroundAbandonedScopes implements Scenario {
        private final Semaphore release = new Semaphore(0);
        private final AtomicInteger ended = new AtomicInteger();

        @Override
        public void play() throws Exception {
            for (int round = 1; round <= 2; round++) {
                try (TaskScope outer = TaskScope.open("outer")) {
                    outer.fork("parent", () -> {
                        leaveStuck();
                        ended.incrementAndGet();
                    });
                    if (round == 1) {
                        outer.join();
                    } else {
                        leaveStuck();
                        outer.fork("own", ended::incrementAndGet);
                    }
                }
            }
            assertThat(ended).hasValue(3);
            release.release();
        }

        private void leaveStuck() {
            try (TaskScope inner = TaskScope.open("inner")) {
                inner.fork("stuck", () -> {
                    release.acquireUninterruptibly();
                    release.release();
                });
                inner.abandon();
            }
        }
    }

    @Test
    @DisplayName("3.4 a close around an abandoned scope is right at whatever moment the stuck thread ends")
    void stuckThreadEndsMeanwhile() {
        explore(StuckThreadEndsMeanwhile.class);
    }

    static final class StuckThreadEndsMeanwhile implements Scenario {
        private final AtomicInteger ended = new AtomicInteger();

        @Override
        public void play() throws Exception {
            try (TaskScope outer = TaskScope.open("outer")) {
                outer.fork("parent", () -> {
                    leaveRunning();
                    ended.incrementAndGet();
                });
                leaveRunning();
                outer.fork("own", ended::incrementAndGet);
            }
            assertThat(ended).hasValue(2);
        }

        private static void leaveRunning() {
            try (TaskScope inner = TaskScope.open("inner")) {
                inner.fork("slow", Sim::point);
                inner.abandon();
            }
        }
    }
}
