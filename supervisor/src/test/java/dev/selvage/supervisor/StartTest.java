package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.supervisor.SupervisorException.StartFailed;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 8.2: start in order, each awaited; a failure rolls back. */
class StartTest {
    private final Cast cast = new Cast();
    private final ChildSpec<Cast.Line> a = cast.child("a");
    private final ChildSpec<Cast.Line> b = cast.child("b");
    private final ChildSpec<Cast.Line> c = cast.child("c");

    private static StartFailed failureOf(SupervisorSpec spec) {
        return catchThrowableOfType(
                StartFailed.class, () -> Supervisor.start(spec).close());
    }

    @Test
    @DisplayName("8.2 children start in order, those of a nested supervisor in its place")
    void inOrder() throws Exception {
        SupervisorSpec nested = SupervisorSpec.oneForOne("nested", b, c);
        try (Supervisor app =
                Supervisor.start(SupervisorSpec.oneForOne("app", a, ChildSpec.supervisor(nested), cast.child("d")))) {
            assertThat(cast.record()).containsExactly("+a", "+b", "+c", "+d");
            assertThat(app.tree().status()).isEqualTo(Status.RUNNING);
        }
    }

    @Test
    @DisplayName("8.2 the next child is not started before the one before it has said that it is ready")
    void awaitsReady() throws Exception {
        CountDownLatch mayBeReady = new CountDownLatch(1);
        ChildSpec<Void> slow = ChildSpec.process("slow", (mailbox, start) -> {
            cast.add("slow begins");
            mayBeReady.await();
            cast.add("slow is ready");
            start.ready();
            mailbox.receive();
        });
        AtomicReference<Supervisor> app = new AtomicReference<>();
        try (Threads threads = new Threads()) {
            Thread starter = threads.start(
                    ThreadKind.PLATFORM,
                    "starter",
                    () -> app.set(Supervisor.start(SupervisorSpec.oneForOne("app", slow, b))));
            cast.awaitRecord("slow begins");
            Threads.awaitState(starter, Thread.State.WAITING);
            mayBeReady.countDown();
        }
        app.get().close();
        assertThat(cast.record()).containsExactly("slow begins", "slow is ready", "+b", "-b");
    }

    @Test
    @DisplayName(
            "8.2 a child that throws before it is ready fails the start with its cause; all are stopped in reverse")
    void failureRollsBack() {
        IOException cause = new IOException("no connection");
        cast.failStarts("c", cause);

        StartFailed failure = failureOf(SupervisorSpec.oneForOne("app", a, b, c, cast.child("d")));

        assertThat(failure.supervisor()).isEqualTo("app");
        assertThat(failure.child()).isEqualTo("c");
        assertThat(failure)
                .hasCause(cause)
                .hasMessage("supervisor 'app' could not start: child 'c': java.io.IOException: no connection");
        assertThat(cast.record()).containsExactly("+a", "+b", "!c", "-b", "-a");
    }

    @Test
    @DisplayName("8.2 the failure of a start is thrown where the start was asked for")
    void failureHasCallersStack() {
        cast.failStarts("a", new IOException());

        assertThat(failureOf(SupervisorSpec.oneForOne("app", a)).getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("failureHasCallersStack"));
    }

    @Test
    @DisplayName("8.2 an Error before a child is ready fails the start like an exception")
    void errorFailsStart() {
        Error cause = new AssertionError("broken");
        cast.failStarts("b", cause);

        assertThat(failureOf(SupervisorSpec.oneForOne("app", a, b))).hasCause(cause);
        assertThat(cast.record()).containsExactly("+a", "!b", "-a");
    }

    @Test
    @DisplayName("8.2 a nested supervisor that cannot start fails its parent's start, and each level names its child")
    void nestedFailure() {
        IOException cause = new IOException("no connection");
        cast.failStarts("c", cause);
        SupervisorSpec nested = SupervisorSpec.oneForOne("nested", b, c);

        StartFailed failure = failureOf(SupervisorSpec.oneForOne("app", a, ChildSpec.supervisor(nested)));

        assertThat(failure.child()).isEqualTo("nested");
        assertThat(failure.getCause()).isInstanceOfSatisfying(StartFailed.class, below -> {
            assertThat(below.supervisor()).isEqualTo("nested");
            assertThat(below.child()).isEqualTo("c");
            assertThat(below).hasCause(cause);
        });
        assertThat(cast.record()).containsExactly("+a", "+b", "!c", "-b", "-a");
    }

    @Test
    @DisplayName("8.2 a child that ends before it has said anything has failed to start")
    void endsEarly() {
        ChildSpec<Void> mute = ChildSpec.process("mute", (mailbox, start) -> {});

        StartFailed failure = failureOf(SupervisorSpec.oneForOne("app", a, mute));

        assertThat(failure.child()).isEqualTo("mute");
        assertThat(failure).hasRootCauseMessage("child 'mute' ended before it was ready: normal");
        assertThat(cast.record()).containsExactly("+a", "-a");
    }

    @Test
    @DisplayName("8.2 a child that is not ready in time is killed, and the start has failed")
    void timeout() {
        FakeTicker ticker = new FakeTicker();
        AtomicReference<ProcessRef<?>> slow = new AtomicReference<>();
        ChildSpec<Void> never = ChildSpec.<Void>process("never", (mailbox, start) -> {
                    slow.set(mailbox.self());
                    mailbox.receive();
                })
                .withStartTimeout(Duration.ofSeconds(3));
        AtomicReference<StartFailed> failure = new AtomicReference<>();
        try (Threads threads = new Threads()) {
            threads.start(
                    ThreadKind.PLATFORM,
                    "starter",
                    () -> failure.set(
                            failureOf(SupervisorSpec.oneForOne("app", a, never).withTicker(ticker))));
            Threads.awaitTrue("it has begun", () -> slow.get() != null);
            assertThat(ticker.awaitNextDeadline()).isEqualTo(Duration.ofSeconds(3));
            ticker.advance(Duration.ofSeconds(3));
        }
        assertThat(failure.get()).hasRootCauseMessage("child 'never' was not ready within 3 s");
        assertThat(slow.get().exitReason()).contains(ExitReason.killed());
        assertThat(cast.record()).containsExactly("+a", "-a");
    }

    @Test
    @DisplayName("8.2 a child that declines does not run, is no failure, and is not started anew")
    void declines() throws Exception {
        ChildSpec<Void> unwilling = ChildSpec.process("unwilling", (mailbox, start) -> {
            cast.add("declines");
            start.decline();
        });
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", a, unwilling, b))) {
            assertThat(cast.record()).containsExactly("+a", "declines", "+b");
            assertThat(app.child(unwilling)).isEmpty();
            assertThat(Cast.line(app, "unwilling").status()).isEqualTo(Status.DECLINED);

            Cast.crashAndAwaitRestart(app, b); // whatever came before has been handled
            assertThat(cast.record()).containsExactly("+a", "declines", "+b", "-b", "+b");
        }
    }

    @Test
    @DisplayName("8.2 a child that declines and does not return is stopped by its rule")
    void declinesAndStays() throws Exception {
        ChildSpec<Void> stays = ChildSpec.process("stays", (mailbox, start) -> {
            start.decline();
            try {
                mailbox.receive();
            } finally {
                cast.add("stays is stopped");
            }
        });
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", stays, b))) {
            assertThat(cast.record()).containsExactly("stays is stopped", "+b");
            assertThat(Cast.line(app, "stays").status()).isEqualTo(Status.DECLINED);
        }
    }

    @Test
    @DisplayName("8.2 the first announcement counts: declining after ready is refused, ready after ready does nothing")
    void firstAnnouncementCounts() throws Exception {
        ChildSpec<Void> fickle = ChildSpec.process("fickle", (mailbox, start) -> {
            start.ready();
            start.ready();
            assertThatThrownBy(start::decline)
                    .isInstanceOf(SupervisorException.class)
                    .hasMessage("child 'fickle' cannot decline: it has said that it is ready");
            cast.add("refused");
            mailbox.receive();
        });
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", fickle))) {
            cast.awaitRecord("refused");
            assertThat(app.child(fickle)).isPresent();
        }
    }

    @Test
    @DisplayName("8.2 a process without announcement and a task count as started with their thread")
    void notAwaited() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        ChildSpec<Void> plain =
                ChildSpec.<Void>process("plain", mailbox -> never.await()).withShutdown(Shutdown.brutal());
        ChildSpec<Void> task = ChildSpec.task("task", never::await);
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", plain, task))) {
            assertThat(app.child(plain)).isPresent();
            assertThat(app.child(task)).isPresent();
        }
    }

    @Test
    @DisplayName("8.2 a supervisor without children runs until it is stopped")
    void noChildren() throws Exception {
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForAll("app"))) {
            assertThat(app.exitReason()).isEmpty();
            app.stop();
            assertThat(app.join()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    @DisplayName("8.2 an interrupt of the starting thread ends what was started")
    void interruptedStart() {
        ChildSpec<Void> never = ChildSpec.process("never", (mailbox, start) -> {
            cast.add("never begins");
            mailbox.receive();
        });
        try (Threads threads = new Threads()) {
            Thread starter = threads.start(
                    ThreadKind.PLATFORM,
                    "starter",
                    () -> assertThatThrownBy(() -> Supervisor.start(SupervisorSpec.oneForOne("app", a, never)))
                            .isInstanceOf(InterruptedException.class));
            cast.awaitRecord("+a", "never begins");
            starter.interrupt();
        }
        assertThat(cast.record()).containsExactly("+a", "never begins", "-a");
    }

    @Test
    @DisplayName("8.6 a stop that arrives during the start is honoured: nothing more starts, all is stopped in reverse")
    void stopDuringStart() throws Exception {
        ChildSpec<Void> never = ChildSpec.process("never", (mailbox, start) -> {
            cast.add("never begins");
            try {
                mailbox.receive();
            } finally {
                cast.add("never ends");
            }
        });
        SupervisorSpec spec = SupervisorSpec.oneForOne("app", a, never, b);
        try (Threads threads = new Threads();
                ProcessScope scope = ProcessScope.open("scope")) {
            threads.start(ThreadKind.VIRTUAL, "stopper", () -> {
                cast.awaitRecord("+a", "never begins");
                scope.processes().getFirst().stop();
            });
            assertThatThrownBy(() -> Supervisor.start(spec, scope))
                    .isInstanceOf(SupervisorException.class)
                    .hasMessage("supervisor 'app' was ended while it started: shutdown");
        }
        assertThat(cast.record()).containsExactly("+a", "never begins", "never ends", "-a");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("8.2, 3.4 a late announcement of an abandoned incarnation is not taken for that of its successor")
    void lateAnnouncement(boolean lateIsReady) throws Exception {
        FakeTicker ticker = new FakeTicker();
        CountDownLatch late = new CountDownLatch(1);
        CountDownLatch mayBeReady = new CountDownLatch(1);
        int[] starts = {0};
        ChildSpec<Void> child = ChildSpec.<Void>process("child", (mailbox, start) -> {
                    int attempt = ++starts[0];
                    cast.add("start " + attempt);
                    if (attempt == 2) {
                        Stuck.until(late);
                        announce(start, lateIsReady);
                        cast.add("late");
                    } else if (attempt == 3) {
                        mayBeReady.await();
                    }
                    start.ready();
                    mailbox.receive();
                })
                .withStartTimeout(Duration.ofSeconds(3))
                .withShutdown(Shutdown.brutal().withInterruptTime(Duration.ZERO));
        try (Supervisor app =
                Supervisor.start(SupervisorSpec.oneForOne("app", child).withTicker(ticker))) {
            app.child(child).orElseThrow().kill();
            cast.awaitRecord("start 1", "start 2");
            ticker.advanceToNextDeadline();
            cast.awaitRecord("start 1", "start 2", "start 3");
            late.countDown();
            cast.awaitRecord("start 1", "start 2", "start 3", "late");
            Threads.awaitTrue("it has been noticed", () -> app.process().mailboxLength() == 0);

            assertThat(Cast.line(app, "child").status()).isEqualTo(Status.STARTING);
            mayBeReady.countDown();
            Cast.awaitStatus(app, "child", Status.RUNNING);
            assertThat(Cast.line(app, "child").abandoned()).isEqualTo(1);
        }
    }

    private static void announce(AnnouncingBody.Start start, boolean isReady) {
        if (isReady) {
            start.ready();
        } else {
            start.decline();
        }
    }

    @Test
    @DisplayName("known failure 23: the exit of a start that failed triggers no second restart")
    void noStrayExit() throws Exception {
        try (Supervisor app =
                Supervisor.start(SupervisorSpec.oneForOne("app", a, b).withIntensity(10, Duration.ofDays(1)))) {
            ChildSpec<Cast.Line> crashed = a;
            cast.failStarts("a", new IOException("not now"));
            ProcessRef<Cast.Line> before = Cast.crash(app, crashed);
            Threads.awaitTrue(
                    "the supervisor gave up trying", () -> app.exitReason().isPresent());
            assertThat(before.isAlive()).isFalse();
        }
        // 1 start, then 10 restarts for one crash and nine failed starts; the tenth failed start is one too many
        assertThat(cast.starts("a")).isEqualTo(11);
    }
}
