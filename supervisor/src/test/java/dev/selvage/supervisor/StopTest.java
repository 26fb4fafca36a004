package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rule 8.6: stop in reverse, one by one, each child by its own rule, in bounded time. */
class StopTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final Cast cast = new Cast();
    private final FakeTicker ticker = new FakeTicker();
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final ChildSpec<Cast.Line> a = cast.child("a");
    private final ChildSpec<Cast.Line> b = cast.child("b");
    private final ChildSpec<Cast.Line> c = cast.child("c");

    @AfterEach
    void endStuckThreads() {
        letGo.countDown();
    }

    private Supervisor start(SupervisorSpec spec) throws InterruptedException {
        Supervisor supervisor = Supervisor.start(spec.withIntensity(100, DAY).withTicker(ticker));
        cast.forget();
        return supervisor;
    }

    /** Ignores stop and interrupt until the test is over. */
    private ChildSpec<Void> stuck(String id) {
        return Stuck.child(id, letGo);
    }

    /** Ends when it is interrupted, not when it is asked to stop. */
    private ChildSpec<Void> deaf(String id) {
        return ChildSpec.process(id, (mailbox, start) -> {
            start.ready();
            try {
                letGo.await();
            } finally {
                cast.add("-" + id);
            }
        });
    }

    // ---- the orderly stop

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DYNAMIC")
    @DisplayName("8.6 children are stopped in reverse, nested ones in their place, by every strategy")
    void reverse(Strategy strategy) throws Exception {
        SupervisorSpec nested = SupervisorSpec.oneForOne("nested", b, c);
        SupervisorSpec spec = switch (strategy) {
            case ONE_FOR_ONE -> SupervisorSpec.oneForOne("app", a, ChildSpec.supervisor(nested), cast.child("d"));
            case REST_FOR_ONE -> SupervisorSpec.restForOne("app", a, ChildSpec.supervisor(nested), cast.child("d"));
            case ONE_FOR_ALL -> SupervisorSpec.oneForAll("app", a, ChildSpec.supervisor(nested), cast.child("d"));
            case DYNAMIC -> throw new AssertionError("stopped all at once");
        };
        Supervisor app = start(spec);
        app.close();

        assertThat(cast.record()).containsExactly("-d", "-c", "-b", "-a");
        assertThat(app.exitReason()).contains(ExitReason.shutdown());
        assertThat(app.tree().status()).isEqualTo(Status.STOPPED);
    }

    @Test
    @DisplayName("5.8, 8.6 a child works off what it was sent before it is stopped")
    void worksOff() throws Exception {
        ChildSpec<String> writer = ChildSpec.<String>process("writer", mailbox -> {
            for (; ; ) {
                cast.add(mailbox.receive());
            }
        });
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", writer))) {
            ProcessRef<String> process = app.child(writer).orElseThrow();
            for (int i = 0; i < 5; i++) {
                process.send("m" + i);
            }
        }
        assertThat(cast.record()).containsExactly("m0", "m1", "m2", "m3", "m4");
    }

    @Test
    @DisplayName("8.6 a task is stopped by an interrupt, at once")
    void task() throws Exception {
        ChildSpec<Void> task = ChildSpec.task("task", () -> {
            try {
                letGo.await();
            } finally {
                cast.add("-task");
            }
        });
        Supervisor app = start(SupervisorSpec.oneForOne("app", task));
        app.close();

        assertThat(cast.record()).containsExactly("-task");
        assertThat(Cast.line(app, "task").lastExit()).contains(ExitReason.shutdown());
        assertThat(ticker.elapsed()).isZero();
    }

    @Test
    @DisplayName("8.6 a brutal child is interrupted at once")
    void brutal() throws Exception {
        Supervisor app = start(SupervisorSpec.oneForOne("app", deaf("deaf").withShutdown(Shutdown.brutal())));
        app.close();

        assertThat(cast.record()).containsExactly("-deaf");
        assertThat(Cast.line(app, "deaf").lastExit()).contains(ExitReason.killed());
        assertThat(ticker.elapsed()).isZero();
    }

    @Test
    @DisplayName("8.6 each child is given its own time, and interrupted after that")
    void ownTime() throws Exception {
        ChildSpec<Void> patient = deaf("patient").withShutdown(Shutdown.after(Duration.ofSeconds(30)));
        Supervisor app = start(SupervisorSpec.oneForOne("app", a, patient, deaf("usual")));
        app.stop();

        assertThat(ticker.advanceToNextDeadline()).isEqualTo(Duration.ofSeconds(5));
        Cast.awaitStatus(app, "patient", Status.STOPPING);
        assertThat(ticker.advanceToNextDeadline()).isEqualTo(Duration.ofSeconds(30));
        assertThat(app.join()).isEqualTo(ExitReason.shutdown());
        assertThat(cast.record()).containsExactly("-usual", "-patient", "-a");
    }

    @Test
    @DisplayName("known failure 25: a child that ignores its interrupt is abandoned and shown; the stop is bounded")
    void stuckIsAbandoned() throws Exception {
        ChildSpec<Void> stuck = stuck("stuck")
                .withShutdown(Shutdown.after(Duration.ofSeconds(2)).withInterruptTime(Duration.ofSeconds(3)));
        Supervisor app = start(SupervisorSpec.oneForOne("app", a, stuck, b));
        ProcessRef<Void> process = app.child(stuck).orElseThrow();
        app.stop();

        Cast.awaitStatus(app, "stuck", Status.STOPPING);
        assertThat(ticker.advanceToNextDeadline()).isEqualTo(Duration.ofSeconds(2));
        assertThat(ticker.advanceToNextDeadline()).isEqualTo(Duration.ofSeconds(3));
        assertThat(app.join()).isEqualTo(ExitReason.shutdown());
        assertThat(cast.record()).containsExactly("-b", "-a");
        assertThat(process.isAbandoned()).isTrue();
        assertThat(process.thread().isAlive()).isTrue();
        assertThat(app.tree()).hasToString("""
                app: stopped, one_for_one, 0 of 100 restarts within 24 h, abandoned threads that run on: 1
                |- a: process, stopped (shutdown)
                |- stuck: process, stopped (killed), abandoned once
                `- b: process, stopped (shutdown)""");
    }

    @Test
    @DisplayName("known failure 25: a stuck child of a nested supervisor does not keep the outer one from stopping")
    void stuckBelow() throws Exception {
        SupervisorSpec nested =
                SupervisorSpec.oneForOne("nested", b, stuck("stuck").withShutdown(Shutdown.brutal()));
        Supervisor app = start(SupervisorSpec.oneForOne("app", a, ChildSpec.supervisor(nested), c));
        app.stop();

        Cast.awaitStatus(app, "stuck", Status.STOPPING);
        assertThat(ticker.advanceToNextDeadline()).isEqualTo(Duration.ofSeconds(1));
        assertThat(app.join()).isEqualTo(ExitReason.shutdown());
        assertThat(cast.record()).containsExactly("-c", "-b", "-a");
    }

    @Test
    @DisplayName("3.4 a stuck child that has to be restarted with others is replaced, and its supervisor goes on")
    void stuckIsReplaced() throws Exception {
        ChildSpec<Void> stuck = stuck("stuck").withShutdown(Shutdown.brutal()).withRestart(Restart.TRANSIENT);
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, stuck))) {
            ProcessRef<Void> before = app.child(stuck).orElseThrow();
            Cast.crash(app, a);
            assertThat(ticker.advanceToNextDeadline()).isEqualTo(Duration.ofSeconds(1));

            Threads.awaitTrue("a new one runs", () -> app.child(stuck).isPresent());
            assertThat(app.child(stuck).orElseThrow()).isNotSameAs(before);
            assertThat(before.isAbandoned()).isTrue();
            assertThat(Cast.line(app, "stuck").abandoned()).isEqualTo(1);
            letGo.countDown();
        }
    }

    // ---- nobody comes back

    @Test
    @DisplayName("known failure 19: after a crash a stop reaches the incarnation of now, and nothing runs on")
    void stopsCurrentIncarnation() throws Exception {
        Supervisor app = start(SupervisorSpec.oneForOne("app", a, b));
        ProcessRef<Cast.Line> now = Cast.crashAndAwaitRestart(app, a);
        app.close();

        assertThat(now.exitReason()).contains(ExitReason.shutdown());
        assertThat(cast.record()).containsExactly("-a", "+a", "-b", "-a");
    }

    @Test
    @DisplayName("8.8, known failure 19: a child that crashes while its supervisor stops is not restarted")
    void crashDuringStop() throws Exception {
        Supervisor app = start(SupervisorSpec.oneForAll("app", a, deaf("slow")));
        app.stop();
        ticker.awaitParked(1); // it waits for slow
        Cast.crash(app, a);
        ticker.advance(Duration.ofSeconds(5));

        assertThat(app.join()).isEqualTo(ExitReason.shutdown());
        assertThat(cast.record()).containsExactly("-a", "-slow");
        assertThat(cast.starts("a")).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "8.6 a stop that arrives during a restart is honoured: what is starting is stopped, the rest not started")
    void stopDuringRestart() throws Exception {
        boolean[] again = {false};
        ChildSpec<Void> slow = ChildSpec.process("slow", (mailbox, start) -> {
            cast.add("+slow");
            if (!again[0]) {
                again[0] = true;
                start.ready();
            }
            try {
                mailbox.receive();
            } finally {
                cast.add("-slow");
            }
        });
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, slow, b))) {
            Cast.crash(app, b);
            cast.awaitRecord("-b", "-slow", "-a", "+a", "+slow");
            app.stop();
            assertThat(app.join()).isEqualTo(ExitReason.shutdown());
            assertThat(cast.record()).containsExactly("-b", "-slow", "-a", "+a", "+slow", "-slow", "-a");
            assertThat(ticker.elapsed()).isZero();
        }
    }

    @Test
    @DisplayName("8.6, 8.8 a stop that arrives while others are stopped for a restart: none of them is started")
    void stopWhileStoppingOthers() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b, deaf("deaf")))) {
            Cast.crash(app, a);
            ticker.awaitParked(1); // it waits for deaf
            app.stop();
            ticker.advance(Duration.ofSeconds(5));

            assertThat(app.join()).isEqualTo(ExitReason.shutdown());
            assertThat(cast.record()).containsExactly("-a", "-deaf", "-b");
        }
    }

    // ---- kill and interrupt

    @Test
    @DisplayName("8.6 a killed supervisor ends its children in the same order, without patience")
    void killed() throws Exception {
        SupervisorSpec nested = SupervisorSpec.oneForOne("nested", b, deaf("deaf"));
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, ChildSpec.supervisor(nested), c))) {
            app.process().kill();

            assertThat(app.join()).isEqualTo(ExitReason.killed());
            assertThat(cast.record()).containsExactly("-c", "-deaf", "-b", "-a");
            assertThat(ticker.elapsed()).isZero();
        }
    }

    @Test
    @DisplayName("8.6 a kill during an orderly stop cuts the patience with all that are left")
    void killedWhileStopping() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", deaf("first"), a, deaf("last")))) {
            app.stop();
            ticker.awaitParked(1);
            app.process().kill();

            assertThat(app.join()).isEqualTo(ExitReason.killed());
            assertThat(cast.record()).containsExactly("-last", "-a", "-first");
            assertThat(ticker.elapsed()).isZero();
        }
    }

    @Test
    @DisplayName("12 an interrupted close ends the tree at once and keeps the interrupt")
    void interruptedClose() throws Exception {
        Supervisor app = start(SupervisorSpec.oneForOne("app", a, deaf("deaf")));
        try (Threads threads = new Threads()) {
            Thread closer = threads.start(ThreadKind.PLATFORM, "closer", () -> {
                app.close();
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                assertThat(app.exitReason()).isPresent();
            });
            ticker.awaitParked(1);
            closer.interrupt();
        }
        assertThat(cast.record()).containsExactly("-deaf", "-a");
    }

    // ---- who may stop, and how often

    @ParameterizedTest
    @EnumSource
    @DisplayName("8.10 any thread may close, any number of times")
    void closeFromAnyThread(ThreadKind kind) throws Exception {
        Supervisor app = start(SupervisorSpec.oneForOne("app", a, b));
        try (Threads threads = new Threads()) {
            for (int i = 0; i < 4; i++) {
                threads.start(kind, "closer " + i, () -> {
                    app.close();
                    assertThat(app.exitReason()).contains(ExitReason.shutdown());
                });
            }
        }
        app.close();
        assertThat(cast.record()).containsExactly("-b", "-a");
    }

    @Test
    @DisplayName("known failure 24: a child that closes or awaits its own supervisor is refused with a clear error")
    void closeFromInside() throws Exception {
        AtomicReference<Supervisor> self = new AtomicReference<>();
        CountDownLatch known = new CountDownLatch(1);
        ChildSpec<Void> inner = ChildSpec.process("inner", (mailbox, start) -> {
            start.ready();
            known.await();
            assertThatThrownBy(() -> self.get().close())
                    .isInstanceOf(SupervisorException.class)
                    .hasMessage(
                            "process 'inner' closes supervisor 'app', which it is part of: it would wait for itself;"
                                    + " ask with stop()");
            assertThatThrownBy(() -> self.get().join()).isInstanceOf(SupervisorException.class);
            assertThatThrownBy(() -> self.get().join(Duration.ofDays(1))).isInstanceOf(SupervisorException.class);
            self.get().stop();
            mailbox.receive();
        });
        SupervisorSpec nested = SupervisorSpec.oneForOne("nested", inner);
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, ChildSpec.supervisor(nested)))) {
            self.set(app);
            known.countDown();

            assertThat(app.join()).isEqualTo(ExitReason.shutdown());
            assertThat(Cast.line(app, "inner").lastExit()).contains(ExitReason.shutdown());
        }
    }

    @Test
    @DisplayName("known failure 24: also from its start, when its supervisor waits for it")
    void closeFromStart() throws Exception {
        AtomicReference<Supervisor> self = new AtomicReference<>();
        AtomicReference<Throwable> refused = new AtomicReference<>();
        ChildSpec<Cast.Line> nosy = ChildSpec.process("nosy", (mailbox, start) -> {
            if (self.get() != null) {
                try {
                    self.get().close();
                } catch (SupervisorException e) {
                    refused.set(e);
                }
            }
            start.ready();
            throw (Exception) ((Cast.Line.Crash) mailbox.receive()).cause();
        });
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", nosy))) {
            self.set(app);
            Cast.crashAndAwaitRestart(app, nosy);

            assertThat(refused.get()).hasMessageContaining("it would wait for itself");
        }
    }

    @Test
    @DisplayName("5.0 the close of the scope that a tree was started in stops the tree in order")
    void closeOfScope() throws Exception {
        SupervisorSpec nested = SupervisorSpec.oneForOne("nested", b, c);
        Supervisor app;
        try (ProcessScope scope = ProcessScope.open("scope")) {
            app = Supervisor.start(SupervisorSpec.oneForOne("app", a, ChildSpec.supervisor(nested)), scope);
            cast.forget();
        }
        assertThat(app.exitReason()).contains(ExitReason.shutdown());
        assertThat(cast.record()).containsExactly("-c", "-b", "-a");
    }

    @Test
    @DisplayName("8.10 join waits for the end, and for no longer than it is told")
    void join() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a))) {
            assertThat(app.join(Duration.ZERO)).isEmpty();
            app.stop();
            assertThat(app.join(DAY)).contains(ExitReason.shutdown());
        }
    }
}
