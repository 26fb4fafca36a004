package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.SupervisorSpec.AutoShutdown;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.time.Backoff;
import dev.selvage.time.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule 8.8: a supervisor ends by itself because significant children have. */
class AutoShutdownTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final Cast cast = new Cast();
    private final ChildSpec<Cast.Line> a =
            cast.child("a").withRestart(Restart.TRANSIENT).withSignificant();
    private final ChildSpec<Cast.Line> b =
            cast.child("b").withRestart(Restart.TEMPORARY).withSignificant();
    private final ChildSpec<Cast.Line> c = cast.child("c").withRestart(Restart.TRANSIENT);

    private Supervisor start(AutoShutdown when) throws InterruptedException {
        return Supervisor.start(SupervisorSpec.oneForOne("app")
                .withAutoShutdown(when)
                .withIntensity(100, DAY)
                .withChildren(List.of(a, b, c)));
    }

    @Test
    @DisplayName("8.8 any_significant: a transient significant child that ends normally ends the supervisor, in order")
    void anyTransient() throws Exception {
        try (Supervisor app = start(AutoShutdown.ANY_SIGNIFICANT)) {
            Cast.finish(app, a);
            assertThat(app.join()).isEqualTo(ExitReason.shutdown());
            assertThat(cast.record()).containsExactly("+a", "+b", "+c", "-a", "-c", "-b");
            assertThat(app.tree().status()).isEqualTo(Status.ENDED);
        }
    }

    @Test
    @DisplayName("8.8 any_significant: a temporary significant child ends the supervisor however it ended")
    void anyTemporary() throws Exception {
        try (Supervisor app = start(AutoShutdown.ANY_SIGNIFICANT)) {
            Cast.crash(app, b);
            assertThat(app.join()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    @DisplayName("8.8 a significant child that is started anew, and one that is not significant, end nobody")
    void othersEndNobody() throws Exception {
        try (Supervisor app = start(AutoShutdown.ANY_SIGNIFICANT)) {
            Cast.crashAndAwaitRestart(app, a);
            Cast.finish(app, c);
            Cast.awaitStatus(app, "c", Status.ENDED);
            assertThat(Cast.who(app, a)).isEqualTo("a2");
            assertThat(app.exitReason()).isEmpty();
        }
    }

    @Test
    @DisplayName("8.8 that somebody terminated a significant child ends nobody")
    void terminatedEndsNobody() throws Exception {
        try (Supervisor app = start(AutoShutdown.ANY_SIGNIFICANT)) {
            app.ref(a).terminate();
            app.ref(b).terminate();
            assertThat(Cast.who(app, c)).isEqualTo("c1");
        }
    }

    @Test
    @DisplayName("8.8 all_significant: the last active significant child ends the supervisor")
    void all() throws Exception {
        try (Supervisor app = start(AutoShutdown.ALL_SIGNIFICANT)) {
            Cast.finish(app, a);
            Cast.awaitStatus(app, "a", Status.ENDED);
            assertThat(Cast.who(app, b)).isEqualTo("b1");
            Cast.crash(app, b);
            assertThat(app.join()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    @DisplayName("8.8 all_significant: one that was terminated is not active")
    void allButTerminated() throws Exception {
        try (Supervisor app = start(AutoShutdown.ALL_SIGNIFICANT)) {
            app.ref(a).terminate();
            Cast.finish(app, b);
            assertThat(app.join()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    @DisplayName(
            "8.3, 8.8 all_significant: one that had ended is active again from when it is to come back with its group")
    void allWithGroup() throws Exception {
        FakeTicker ticker = new FakeTicker();
        ChildSpec<Cast.Line> first =
                cast.child("first").withRestart(Restart.TRANSIENT).withSignificant();
        ChildSpec<Cast.Line> frail = cast.child("frail").withBackoff(Backoff.fixed(DAY));
        try (Supervisor app = Supervisor.start(SupervisorSpec.restForOne("app")
                .withAutoShutdown(AutoShutdown.ALL_SIGNIFICANT)
                .withTicker(ticker)
                .withChildren(List.of(first, frail, a)))) {
            Cast.finish(app, a);
            Cast.crash(app, frail);
            Cast.finish(app, first);
            Cast.settle(app);
            assertThat(Cast.line(app, "a").status()).isEqualTo(Status.RESTARTING);
            ticker.awaitParked(1);
            ticker.advance(DAY);
            Cast.process(app, a);
            assertThat(Cast.line(app, "first").status()).as("was not behind it").isEqualTo(Status.ENDED);
            Cast.finish(app, a);
            assertThat(app.join()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    @DisplayName("8.8 all_significant in a dynamic supervisor: it ends with the last of them")
    void dynamic() throws Exception {
        try (Supervisor pool =
                Supervisor.start(SupervisorSpec.dynamic("pool").withAutoShutdown(AutoShutdown.ALL_SIGNIFICANT))) {
            ChildRef<Cast.Line> first = pool.children().start(b);
            ChildRef<Cast.Line> second = pool.children().start(b);
            ProcessRef<Cast.Line> process = first.resolve().orElseThrow();
            first.send(new Cast.Line.Finish());
            process.thread().join();
            assertThat(second.<String>call(Cast.Line.Who::new)).isEqualTo("b2");
            second.send(new Cast.Line.Crash(new IOException("planned")));
            assertThat(pool.join()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    @DisplayName("8.8 a permanent supervisor that shut down is started anew by the one above, a transient one is not")
    void nested() throws Exception {
        SupervisorSpec nested = SupervisorSpec.oneForOne("nested")
                .withAutoShutdown(AutoShutdown.ANY_SIGNIFICANT)
                .withChildren(List.of(a));
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", ChildSpec.supervisor(nested)))) {
            Cast.awaitAnother(app, a, Cast.finish(app, a));
            assertThat(Cast.line(app, "nested").lastExit()).contains(ExitReason.shutdown());
        }
        ChildSpec<Void> transientOne = ChildSpec.supervisor(nested).withRestart(Restart.TRANSIENT);
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", transientOne))) {
            Cast.finish(app, a);
            Cast.awaitStatus(app, "nested", Status.ENDED);
            assertThat(app.exitReason()).isEmpty();
        }
    }

    @Test
    @DisplayName("8.8, 12 bad combinations are refused at construction, by name")
    void combinations() {
        ChildSpec<Cast.Line> permanent = cast.child("p");
        assertThatIllegalArgumentException()
                .isThrownBy(permanent::withSignificant)
                .withMessage("restart: permanent for 'p', which is significant; allowed: transient or temporary for a"
                        + " significant child");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> a.withRestart(Restart.PERMANENT))
                .withMessageStartingWith("restart: permanent for 'a'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SupervisorSpec.oneForOne("app", a))
                .withMessage("children: 'a' of supervisor 'app' is significant, but the automatic shutdown is never;"
                        + " allowed: significant children once withAutoShutdown has said when they end it");
        SupervisorSpec spec = SupervisorSpec.oneForOne("app")
                .withAutoShutdown(AutoShutdown.ALL_SIGNIFICANT)
                .withChildren(List.of(a));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.withAutoShutdown(AutoShutdown.NEVER))
                .withMessageContaining("'a'");
    }
}
