package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.SupervisorException.GaveUp;
import dev.selvage.supervisor.SupervisorException.StartFailed;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule 8.4: how many restarts a supervisor allows, and what happens after. */
class IntensityTest {
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private final Cast cast = new Cast();
    private final FakeTicker ticker = new FakeTicker();
    private final ChildSpec<Cast.Line> a = cast.child("a");
    private final ChildSpec<Cast.Line> b = cast.child("b");
    private final ChildSpec<Cast.Line> c = cast.child("c");

    private Supervisor start(SupervisorSpec spec) throws InterruptedException {
        Supervisor supervisor = Supervisor.start(spec.withTicker(ticker));
        cast.forget();
        return supervisor;
    }

    private static GaveUp gaveUp(ExitReason reason) {
        assertThat(reason).isInstanceOf(ExitReason.Failed.class);
        Throwable cause = ((ExitReason.Failed) reason).cause();
        assertThat(cause).isInstanceOf(GaveUp.class);
        return (GaveUp) cause;
    }

    @Test
    @DisplayName(
            "8.4 N restarts are allowed; the N+1st stops all in reverse and fails with child, count and last cause")
    void givesUp() throws Exception {
        IOException last = new IOException("the last");
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, b, c).withIntensity(2, PERIOD))) {
            Cast.crashAndAwaitRestart(app, b);
            Cast.crashAndAwaitRestart(app, b);
            cast.forget();
            Cast.crash(app, b, last);

            GaveUp gaveUp = gaveUp(app.join());
            assertThat(gaveUp.supervisor()).isEqualTo("app");
            assertThat(gaveUp.child()).isEqualTo("b");
            assertThat(gaveUp.restarts()).isEqualTo(2);
            assertThat(gaveUp.period()).isEqualTo(PERIOD);
            assertThat(gaveUp)
                    .hasCause(last)
                    .hasMessage("supervisor 'app' gave up: child 'b' needs one restart more than the 2"
                            + " within 5 s that are allowed; it last ended (failed: java.io.IOException: the last)");
            assertThat(cast.record()).containsExactly("-b", "-c", "-a");
            assertThat(app.tree().status()).isEqualTo(Status.ENDED);
        }
    }

    @Test
    @DisplayName("8.4 restarts of all children count together")
    void countsAllChildren() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, b, c).withIntensity(2, PERIOD))) {
            Cast.crashAndAwaitRestart(app, a);
            Cast.crashAndAwaitRestart(app, b);
            Cast.crash(app, c);

            assertThat(gaveUp(app.join()).child()).isEqualTo("c");
        }
    }

    @Test
    @DisplayName("8.4 with an intensity of 0 the first crash ends the supervisor")
    void zero() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a).withIntensity(0, PERIOD))) {
            Cast.crash(app, a);

            assertThat(gaveUp(app.join()).restarts()).isZero();
            assertThat(cast.starts("a")).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("8.4 a restart counts no more once it is one period old, to the nanosecond")
    void windowSlides() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a).withIntensity(1, PERIOD))) {
            for (int times = 0; times < 20; times++) {
                Cast.crashAndAwaitRestart(app, a);
                ticker.advance(PERIOD);
            }
            Cast.crashAndAwaitRestart(app, a);
            ticker.advance(PERIOD.minusNanos(1));
            Cast.crash(app, a);

            assertThat(gaveUp(app.join()).restarts()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("known failure 20: a child that starts well each time does not reset the count")
    void successDoesNotReset() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a).withIntensity(3, PERIOD))) {
            for (int times = 1; times <= 3; times++) {
                Cast.crashAndAwaitRestart(app, a);
                assertThat(Cast.who(app, a)).isEqualTo("a" + (times + 1));
                ticker.advance(Duration.ofSeconds(1));
            }
            Cast.crash(app, a);

            assertThat(gaveUp(app.join()).restarts()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName(
            "known failure 22: a child that cannot be restarted is tried as often as the intensity allows, no more")
    void failingRestartGivesUp() throws Exception {
        IOException cause = new IOException("for good");
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, b).withIntensity(3, PERIOD))) {
            cast.failStarts("a", cause);
            Cast.crash(app, a);

            GaveUp gaveUp = gaveUp(app.join());
            assertThat(gaveUp).hasCause(cause).hasMessageContaining("it last could not start (" + cause + ")");
            assertThat(cast.record()).containsExactly("-a", "!a", "!a", "!a", "-b");
        }
    }

    @Test
    @DisplayName(
            "8.4 giving up escalates: the parent sees an abnormal end and restarts the whole supervisor, transient too")
    void escalates() throws Exception {
        ChildSpec<Void> nested = ChildSpec.supervisor(
                        SupervisorSpec.oneForOne("nested", a, b).withIntensity(1, PERIOD))
                .withRestart(Restart.TRANSIENT);
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", nested, c).withIntensity(1, PERIOD))) {
            Cast.crashAndAwaitRestart(app, a);
            ProcessRef<Cast.Line> last = Cast.crash(app, a);
            Cast.awaitAnother(app, a, last);
            Cast.process(app, b);

            assertThat(cast.record()).containsExactly("-a", "+a", "-a", "-b", "+a", "+b");
            assertThat(gaveUp(Cast.line(app, "nested").lastExit().orElseThrow()).child())
                    .isEqualTo("a");
            assertThat(app.tree().recentRestarts()).isEqualTo(1);
            SupervisorTree below = Cast.line(app, "nested").supervisor().orElseThrow();
            assertThat(below.recentRestarts())
                    .as("a new supervisor counts anew")
                    .isZero();
        }
    }

    @Test
    @DisplayName("8.4 giving up goes up level by level, and the cause tells the way down")
    void escalatesToTheTop() throws Exception {
        ChildSpec<Void> nested =
                ChildSpec.supervisor(SupervisorSpec.oneForOne("nested", a).withIntensity(0, PERIOD));
        IOException cause = new IOException("deep");
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", nested, c).withIntensity(0, PERIOD))) {
            Cast.crash(app, a, cause);

            GaveUp top = gaveUp(app.join());
            assertThat(top.child()).isEqualTo("nested");
            assertThat(top.getCause())
                    .isInstanceOfSatisfying(
                            GaveUp.class, below -> assertThat(below.child()).isEqualTo("a"));
            assertThat(top).hasRootCause(cause);
            assertThat(cast.record()).containsExactly("-a", "-c");
        }
    }

    @Test
    @DisplayName("8.4 a nested supervisor that cannot start again counts with its parent")
    void nestedCannotRestart() throws Exception {
        ChildSpec<Void> nested =
                ChildSpec.supervisor(SupervisorSpec.oneForOne("nested", a, b).withIntensity(0, PERIOD));
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", nested, c).withIntensity(2, PERIOD))) {
            cast.failStarts("b", new IOException("for good"));
            Cast.crash(app, a);

            GaveUp gaveUp = gaveUp(app.join());
            assertThat(gaveUp.getCause()).isInstanceOf(StartFailed.class);
            assertThat(cast.record()).containsExactly("-a", "-b", "+a", "!b", "-a", "+a", "!b", "-a", "-c");
        }
    }

    @Test
    @DisplayName("8.4 ends that ask for no restart count nothing")
    void normalEndsDoNotCount() throws Exception {
        ChildSpec<Cast.Line> worker = a.withRestart(Restart.TRANSIENT);
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", worker, b).withIntensity(0, PERIOD))) {
            Cast.finish(app, worker);
            Cast.awaitStatus(app, "a", Status.ENDED);

            assertThat(app.tree().recentRestarts()).isZero();
            assertThat(app.exitReason()).isEmpty();
        }
    }

    @Test
    @DisplayName("8.4 a supervisor that stops its children to give up restarts none that crashes meanwhile")
    void noRestartWhileGivingUp() throws Exception {
        ChildSpec<Void> fragile = ChildSpec.process("fragile", (mailbox, start) -> {
            cast.add("+fragile");
            start.ready();
            try {
                mailbox.receive();
            } finally {
                cast.add("-fragile");
                throwWhenStopped();
            }
        });
        try (Supervisor app =
                start(SupervisorSpec.oneForOne("app", a, fragile, b).withIntensity(0, PERIOD))) {
            Cast.crash(app, b);
            app.join();

            assertThat(cast.record()).containsExactly("-b", "-fragile", "-a");
        }
    }

    private static void throwWhenStopped() {
        throw new IllegalStateException("crash while stopping");
    }

    @Test
    @DisplayName("8.4 the tree shows how many restarts count now")
    void treeShowsUse() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a).withIntensity(3, PERIOD))) {
            Cast.crashAndAwaitRestart(app, a);
            assertThat(app.tree().recentRestarts()).isEqualTo(1);

            ticker.advance(PERIOD);
            Threads.awaitTrue("none counts", () -> app.tree().recentRestarts() == 0);
            assertThat(Cast.line(app, "a").restarts()).as("but it did happen").isEqualTo(1);
        }
    }

    @Test
    @DisplayName("8.4 a child may have a limit of its own, beside its supervisor's")
    void ownIntensity() throws Exception {
        ChildSpec<Cast.Line> frail = a.withIntensity(2, PERIOD);
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", frail, c).withIntensity(100, Duration.ofDays(1)))) {
            for (int crash = 0; crash < 10; crash++) {
                Cast.crashAndAwaitRestart(app, c);
            }
            Cast.crashAndAwaitRestart(app, frail);
            Cast.crashAndAwaitRestart(app, frail);
            assertThat(Cast.line(app, "a").budget().orElseThrow().remaining()).isZero();
            assertThat(Cast.line(app, "a"))
                    .hasToString("a: process, running, restarted 2 times, 2 of 2 restarts within 5 s of its own");
            ticker.advance(PERIOD);
            assertThat(Cast.line(app, "a").budget().orElseThrow().remaining()).isEqualTo(2);
            Cast.crashAndAwaitRestart(app, frail);
            Cast.crashAndAwaitRestart(app, frail);
            Cast.crash(app, frail);
            assertThat(app.join())
                    .isInstanceOfSatisfying(
                            ExitReason.Failed.class,
                            failed -> assertThat(failed.cause()).isInstanceOfSatisfying(GaveUp.class, gaveUp -> {
                                assertThat(gaveUp.child()).isEqualTo("a");
                                assertThat(gaveUp.restarts()).isEqualTo(2);
                                assertThat(gaveUp.period()).isEqualTo(PERIOD);
                                assertThat(gaveUp).hasMessageContaining("its own limit");
                            }));
        }
    }
}
