package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.supervisor.SupervisorException.GaveUp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Restarts against stops, kills, crashes and timeouts, on thousands of schedules. */
class SupervisorSimTest {
    private static final Duration DAY = Duration.ofDays(1);

    /**
     * The clock is a patient one: it passes a deadline only when nothing can run. On a hasty one any child may be
     * abandoned at any moment, and then rightly runs beside its successor.
     */
    private static void explore(Class<? extends Scenario> scenario) {
        Explored explored =
                Sim.of(scenario).schedules(1_000).clock(ClockMode.PATIENT).explore();
        assertThat(explored.distinct()).as("different schedules").isGreaterThan(100);
    }

    /** Children that watch each other: what they see wrong is collected, and checked when all have ended. */
    abstract static class Tree implements Scenario {
        final List<String> order = List.of("a", "b", "c");
        final Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
        final AtomicInteger starts = new AtomicInteger();
        final List<String> broken = new CopyOnWriteArrayList<>();

        /** Whether a child may start while one after it runs: only where children are restarted one by one. */
        boolean mayStartBeforeLater() {
            return false;
        }

        ChildSpec<String> child(String id) {
            return ChildSpec.process(id, (mailbox, start) -> {
                enter(id);
                try {
                    start.ready();
                    throw new IllegalStateException(mailbox.receive());
                } finally {
                    leave(id);
                }
            });
        }

        private void enter(String id) {
            starts.incrementAndGet();
            if (running(id).incrementAndGet() != 1) {
                broken.add("two of " + id);
            }
            for (String later : order.subList(order.indexOf(id) + 1, order.size())) {
                if (!mayStartBeforeLater() && running(later).get() != 0) {
                    broken.add(id + " starts while " + later + " runs");
                }
            }
        }

        private void leave(String id) {
            running(id).decrementAndGet();
        }

        AtomicInteger running(String id) {
            return running.computeIfAbsent(id, key -> new AtomicInteger());
        }

        static void crash(Supervisor app, ChildSpec<String> child) {
            app.child(child).ifPresent(process -> process.send("crash"));
        }

        void checkNothingRuns() {
            assertThat(broken).isEmpty();
            running.forEach(
                    (id, count) -> assertThat(count).as("running %s", id).hasValue(0));
        }
    }

    // ---- crashes against a stop

    @Test
    @DisplayName("8.3, 8.6, 8.8 rest_for_one: crashes against a stop; nothing overlaps, nobody comes back")
    void crashesAgainstStop() {
        explore(CrashesAgainstStop.class);
    }

    static class CrashesAgainstStop extends Tree {
        SupervisorSpec spec(ChildSpec<?>... children) {
            return SupervisorSpec.restForOne("app", children);
        }

        @Override
        public void play() throws Exception {
            ChildSpec<String> a = child("a");
            ChildSpec<String> b = child("b");
            ChildSpec<String> c = child("c");
            try (Supervisor app =
                    Supervisor.start(spec(a, b, c).withIntensity(10, DAY).withTicker(Sim.ticker()))) {
                Sim.together(() -> crash(app, a), () -> crash(app, b), app::stop);
                assertThat(app.join()).isEqualTo(ExitReason.shutdown());
                assertThat(app.tree().children())
                        .extracting(SupervisorTree.Child::status)
                        .containsOnly(SupervisorTree.Status.STOPPED);
            }
            checkNothingRuns();
        }
    }

    @Test
    @DisplayName("8.1, 8.6 one_for_all: the same")
    void crashesAgainstStopOneForAll() {
        explore(CrashesAgainstStopOneForAll.class);
    }

    static final class CrashesAgainstStopOneForAll extends CrashesAgainstStop {
        @Override
        SupervisorSpec spec(ChildSpec<?>... children) {
            return SupervisorSpec.oneForAll("app", children);
        }
    }

    @Test
    @DisplayName("8.1, 8.6 one_for_one: the same")
    void crashesAgainstStopOneForOne() {
        explore(CrashesAgainstStopOneForOne.class);
    }

    static final class CrashesAgainstStopOneForOne extends CrashesAgainstStop {
        @Override
        boolean mayStartBeforeLater() {
            return true;
        }

        @Override
        SupervisorSpec spec(ChildSpec<?>... children) {
            return SupervisorSpec.oneForOne("app", children);
        }
    }

    // ---- one event, one restart

    @Test
    @DisplayName("8.3, known failures 8, 20: crashes at once in one_for_one: each counts once, each comes back once")
    void eachCrashCountsOnce() {
        explore(EachCrashCountsOnce.class);
    }

    static final class EachCrashCountsOnce extends Tree {
        @Override
        boolean mayStartBeforeLater() {
            return true;
        }

        @Override
        public void play() throws Exception {
            ChildSpec<String> a = child("a");
            ChildSpec<String> b = child("b");
            try (Supervisor app = Supervisor.start(
                    SupervisorSpec.oneForOne("app", a, b).withIntensity(2, DAY).withTicker(Sim.ticker()))) {
                ProcessRef<String> oldA = app.child(a).orElseThrow();
                ProcessRef<String> oldB = app.child(b).orElseThrow();
                Sim.together(() -> oldA.send("crash"), oldB::kill);
                oldA.join();
                oldB.join();
                while (app.tree().children().stream().anyMatch(child -> child.restarts() != 1)) {
                    Sim.sleep(Duration.ofMillis(1));
                }
                assertThat(app.tree().recentRestarts()).isEqualTo(2);
                assertThat(starts).hasValue(4);
            }
            checkNothingRuns();
        }
    }

    // ---- kill

    @Test
    @DisplayName("8.6 a kill of the supervisor at any moment of starts, restarts and stops leaves nothing running")
    void killAtAnyMoment() {
        explore(KillAtAnyMoment.class);
    }

    static final class KillAtAnyMoment extends Tree {
        @Override
        public void play() throws Exception {
            ChildSpec<String> a = child("a");
            ChildSpec<String> b = child("b");
            SupervisorSpec nested = SupervisorSpec.oneForAll("nested", b, child("c"));
            try (Supervisor app = Supervisor.start(SupervisorSpec.restForOne(
                            "app", a, ChildSpec.supervisor(nested).withStartTimeout(DAY))
                    .withIntensity(10, DAY)
                    .withTicker(Sim.ticker()))) {
                Sim.together(
                        () -> crash(app, b),
                        () -> crash(app, a),
                        () -> app.process().kill(),
                        app::stop);
                assertThat(app.join()).isIn(ExitReason.killed(), ExitReason.shutdown());
            }
            checkNothingRuns();
        }
    }

    @Test
    @DisplayName("3.4, 8.6 a killed nested supervisor is replaced: nothing of the old one overlaps the new one")
    void nestedKilled() {
        explore(NestedKilled.class);
    }

    static final class NestedKilled extends Tree {
        @Override
        public void play() throws Exception {
            ChildSpec<String> b = child("b");
            ChildSpec<String> c = child("c");
            ChildSpec<Void> nested = ChildSpec.supervisor(SupervisorSpec.restForOne("nested", b, c));
            try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", nested)
                    .withIntensity(10, DAY)
                    .withTicker(Sim.ticker()))) {
                ProcessRef<Void> before = app.child(nested).orElseThrow();
                Sim.together(before::kill, () -> crash(app, b), () -> crash(app, c));
                before.join();
                while (app.child(c).isEmpty()) {
                    Sim.sleep(Duration.ofMillis(1));
                }
            }
            checkNothingRuns();
        }
    }

    // ---- start

    @Test
    @DisplayName(
            "8.2 a child that is ready as its time is up: the start succeeds and all run, or fails and nothing does")
    void startAgainstTimeout() {
        explore(StartAgainstTimeout.class);
    }

    static final class StartAgainstTimeout extends Tree {
        @Override
        public void play() throws Exception {
            ChildSpec<Void> slow = ChildSpec.<Void>process("b", (mailbox, start) -> {
                        running("b").incrementAndGet();
                        try {
                            Sim.sleep(Duration.ofMillis(2));
                            start.ready();
                            mailbox.receive();
                        } finally {
                            running("b").decrementAndGet();
                        }
                    })
                    .withStartTimeout(Duration.ofMillis(2));
            try (Supervisor app = Supervisor.start(
                    SupervisorSpec.oneForOne("app", child("a"), slow).withTicker(Sim.ticker()))) {
                assertThat(app.exitReason()).isEmpty();
                assertThat(running("a")).hasValue(1);
                assertThat(running("b")).hasValue(1);
            } catch (SupervisorException.StartFailed failed) {
                assertThat(failed.child()).isEqualTo("b");
            }
            checkNothingRuns();
        }
    }

    @Test
    @DisplayName("8.2, 8.6 an interrupt of the starting thread at any moment: a tree that is closed, or none at all")
    void interruptedStart() {
        explore(InterruptedStart.class);
    }

    static final class InterruptedStart extends Tree {
        @Override
        public void play() throws Exception {
            Thread starter = Sim.start("starter", () -> {
                try (Supervisor app = Supervisor.start(
                        SupervisorSpec.oneForOne("app", child("a"), child("b")).withTicker(Sim.ticker()))) {
                    assertThat(app.exitReason()).isEmpty();
                } catch (InterruptedException ended) {
                    checkNothingRuns();
                }
            });
            starter.interrupt();
            starter.join();
            checkNothingRuns();
        }
    }

    // ---- giving up

    @Test
    @DisplayName("8.4 giving up against a stop: one reason, and nothing runs on")
    void givingUpAgainstStop() {
        explore(GivingUpAgainstStop.class);
    }

    static final class GivingUpAgainstStop extends Tree {
        @Override
        public void play() throws Exception {
            ChildSpec<String> a = child("a");
            ChildSpec<String> b = child("b");
            try (Supervisor app = Supervisor.start(
                    SupervisorSpec.oneForOne("app", a, b).withIntensity(0, DAY).withTicker(Sim.ticker()))) {
                Sim.together(() -> crash(app, a), () -> crash(app, b), app::stop);
                ExitReason reason = app.join();
                if (reason instanceof ExitReason.Failed(Throwable cause)) {
                    assertThat(cause).isInstanceOf(GaveUp.class);
                } else {
                    assertThat(reason).isEqualTo(ExitReason.shutdown());
                }
            }
            assertThat(starts).as("no restart was allowed").hasValue(2);
            checkNothingRuns();
        }
    }

    // ---- close

    @Test
    @DisplayName("8.10 two closes, a crash and an interrupt: both return, after everything has ended")
    void closes() {
        explore(Closes.class);
    }

    static final class Closes extends Tree {
        @Override
        public void play() throws Exception {
            ChildSpec<String> a = child("a");
            Supervisor app = Supervisor.start(
                    SupervisorSpec.oneForAll("app", a, child("b")).withTicker(Sim.ticker()));
            Scenario close = () -> {
                app.close();
                checkNothingRuns();
            };
            Thread interrupted = Sim.start("interrupted", close);
            Sim.together(close, () -> crash(app, a), interrupted::interrupt);
            interrupted.join();
        }
    }
}
