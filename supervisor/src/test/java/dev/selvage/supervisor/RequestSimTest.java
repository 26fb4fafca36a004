package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitReason;
import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.supervisor.SupervisorException.Refused;
import dev.selvage.time.Backoff;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Requests against crashes, stops and each other, on thousands of schedules. */
class RequestSimTest {
    private static final Duration DAY = Duration.ofDays(1);

    private static void explore(Class<? extends Scenario> scenario) {
        explore(scenario, 1_000);
    }

    private static void explore(Class<? extends Scenario> scenario, int schedules) {
        Explored explored =
                Sim.of(scenario).schedules(schedules).clock(ClockMode.PATIENT).explore();
        assertThat(explored.distinct()).as("different schedules").isGreaterThan(100);
    }

    /** Children that count who of them runs, and fail when they are told to. */
    abstract static class Tree implements Scenario {
        final AtomicInteger running = new AtomicInteger();
        final ChildSpec<String> a = child("a");
        final ChildSpec<String> b = child("b");
        final ChildSpec<String> c = child("c");

        ChildSpec<String> child(String id) {
            return ChildSpec.process(id, (mailbox, start) -> {
                running.incrementAndGet();
                try {
                    start.ready();
                    throw new IllegalStateException(mailbox.receive());
                } finally {
                    running.decrementAndGet();
                }
            });
        }

        static SupervisorSpec patient(SupervisorSpec spec) {
            return spec.withIntensity(10, DAY).withTicker(Sim.ticker());
        }

        /** What came too late is refused; anything else fails the schedule. */
        static void ask(Scenario request) throws Exception {
            try {
                request.play();
            } catch (Refused refused) {
                assertThat(refused.why()).isIn(Refused.Why.STOPPING, Refused.Why.UNKNOWN, Refused.Why.RUNNING);
            }
        }
    }

    @Test
    @DisplayName("8.7, 8.8 requests against crashes and a stop: each is done or refused, and nothing runs on")
    void requestsAgainstStop() {
        explore(RequestsAgainstStop.class);
    }

    static final class RequestsAgainstStop extends Tree {
        @Override
        public void play() throws Exception {
            Supervisor app = Supervisor.start(patient(SupervisorSpec.restForOne("app", a, b)));
            Sim.together(
                    () -> ask(() -> app.children().start(c).terminate()),
                    () -> ask(() -> {
                        app.ref(b).terminate();
                        app.ref(b).delete();
                    }),
                    () -> app.ref(a).send("crash"),
                    app::stop);
            assertThat(app.join()).isEqualTo(ExitReason.shutdown());
            assertThat(running).hasValue(0);
            assertThat(Sim.elapsed()).as("nobody waited for anybody's patience").isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    @DisplayName(
            "8.7 a child that asks while it is stopped for a sibling is refused at once: nobody waits for a patience")
    void childAsksWhileStopped() {
        explore(ChildAsksWhileStopped.class);
    }

    static final class ChildAsksWhileStopped extends Tree {
        @Override
        public void play() throws Exception {
            ChildSpec<String> asker = ChildSpec.process("asker", (mailbox, start) -> {
                start.ready();
                mailbox.receive();
                try {
                    Supervisor.siblings().orElseThrow().find("c").restart();
                } catch (Refused refused) {
                    assertThat(refused.why()).isIn(Refused.Why.WAITS_FOR_ITSELF, Refused.Why.STOPPING);
                }
                mailbox.receive();
            });
            ChildSpec<Void> nested = ChildSpec.supervisor(patient(SupervisorSpec.oneForAll("nested", asker, b, c)));
            Supervisor app = Supervisor.start(patient(SupervisorSpec.oneForOne("app", nested)));
            ChildRef<String> ref = app.ref(asker);
            Sim.together(() -> ref.send("go"), () -> app.ref(b).send("crash"), app::stop);
            assertThat(app.join()).isEqualTo(ExitReason.shutdown());
            assertThat(running).hasValue(0);
            assertThat(Sim.elapsed()).as("nobody waited for anybody's patience").isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    @DisplayName("8.4, 8.7 a child that asks just as its supervisor gives up is refused at once, too")
    void childAsksAsSupervisorGivesUp() {
        explore(ChildAsksAsSupervisorGivesUp.class);
    }

    static class ChildAsksAsSupervisorGivesUp extends Tree {
        final ChildSpec<String> asker = ChildSpec.process("asker", mailbox -> {
            int times = 1;
            while (times < 6 && refusal() == Refused.Why.RUNNING) {
                times++; // so that it may ask at any moment, and need not be stopped to end
            }
            mailbox.receive();
        });

        private static Refused.Why refusal() throws InterruptedException {
            try {
                Supervisor.siblings().orElseThrow().find("asker").delete();
                throw new AssertionError("deleted, though it runs");
            } catch (Refused refused) {
                return refused.why();
            }
        }

        @Override
        public void play() throws Exception {
            Supervisor app = Supervisor.start(
                    patient(SupervisorSpec.oneForOne("app", b, asker)).withIntensity(0, DAY));
            app.ref(b).send("crash");
            assertThat(app.join()).isInstanceOf(ExitReason.Failed.class);
            assertThat(Sim.elapsed()).as("nobody waited for anybody's patience").isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    @DisplayName("8.3, 8.7 and so is one that asks just as it begins to be stopped for a sibling")
    void childAsksAsItIsStopped() {
        explore(ChildAsksAsItIsStopped.class, 3_000); // a planted bug was found on the 1,403rd
    }

    static final class ChildAsksAsItIsStopped extends ChildAsksAsSupervisorGivesUp {
        @Override
        public void play() throws Exception {
            try (Supervisor app = Supervisor.start(patient(SupervisorSpec.restForOne("app", b, asker)))) {
                app.ref(b).send("crash");
                while (app.tree().children().getLast().restarts() == 0) {
                    Sim.sleep(Duration.ofMillis(1));
                }
                assertThat(Sim.elapsed())
                        .as("nobody waited for anybody's patience")
                        .isLessThan(Duration.ofSeconds(1));
            }
        }
    }

    @Test
    @DisplayName("8.5 the end of a backoff against a restart, a terminate and a delete: one of them has the last word")
    void backoffAgainstRequests() {
        explore(BackoffAgainstRequests.class);
    }

    static final class BackoffAgainstRequests extends Tree {
        @Override
        public void play() throws Exception {
            ChildSpec<String> slow = b.withBackoff(Backoff.fixed(Duration.ofMillis(1)));
            try (Supervisor app = Supervisor.start(patient(SupervisorSpec.oneForAll("app", a, slow, c)))) {
                ChildRef<String> ref = app.ref(slow);
                ref.send("crash");
                Sim.together(
                        () -> {
                            Sim.sleep(Duration.ofMillis(1));
                            ask(ref::restart);
                        },
                        () -> {
                            Sim.sleep(Duration.ofMillis(1));
                            ask(ref::terminate);
                        });
                Sim.sleep(Duration.ofMillis(5));
                assertThat(app.tree().children())
                        .filteredOn(child -> !child.id().equals("b"))
                        .extracting(SupervisorTree.Child::status)
                        .containsOnly(SupervisorTree.Status.RUNNING);
                assertThat(running).hasValue(ref.resolve().isPresent() ? 3 : 2);
            }
            assertThat(running).hasValue(0);
        }
    }

    @Test
    @DisplayName("8.7 who awaits a child hears of its restart, and of the end of the tree; no wake-up is lost")
    void awaits() {
        explore(Awaits.class);
    }

    static final class Awaits extends Tree {
        @Override
        public void play() throws Exception {
            try (Supervisor app = Supervisor.start(patient(SupervisorSpec.oneForOne("app", a)))) {
                ChildRef<String> ref = app.ref(a);
                ref.terminate();
                Sim.together(ref::restart, () -> assertThat(ref.await(DAY)).isPresent());
                ref.terminate();
                Sim.together(app::stop, () -> assertThat(ref.await(DAY)).isEmpty());
                assertThat(Sim.elapsed()).isLessThan(Duration.ofSeconds(1));
            }
        }
    }

    @Test
    @DisplayName(
            "8.1, 8.6 dynamic children come and go while the supervisor stops: nothing runs on, nobody is forgotten")
    void dynamicAgainstStop() {
        explore(DynamicAgainstStop.class);
    }

    static final class DynamicAgainstStop extends Tree {
        @Override
        public void play() throws Exception {
            Supervisor pool = Supervisor.start(patient(SupervisorSpec.dynamic("pool")));
            pool.children().start(a).send("crash");
            Sim.together(
                    () -> ask(() -> pool.children().start(b).send("crash")),
                    () -> ask(() -> pool.children().start(b).terminate()),
                    pool::stop);
            assertThat(pool.join()).isEqualTo(ExitReason.shutdown());
            assertThat(running).hasValue(0);
            assertThat(pool.tree().children())
                    .extracting(SupervisorTree.Child::status)
                    .allMatch(status -> status == SupervisorTree.Status.STOPPED);
            assertThat(Sim.elapsed()).isLessThan(Duration.ofSeconds(1));
        }
    }
}
