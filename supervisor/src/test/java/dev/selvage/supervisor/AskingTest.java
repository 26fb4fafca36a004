package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.SupervisorException.Refused;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules 8.7 and 8.8: who may ask a running supervisor for something, and when. */
class AskingTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final Cast cast = new Cast();
    private final ChildSpec<Cast.Line> a = cast.child("a");
    private final ChildSpec<Cast.Line> b = cast.child("b");
    private final ChildSpec<Cast.Line> c = cast.child("c");

    private Supervisor start(SupervisorSpec spec) throws InterruptedException {
        Supervisor supervisor = Supervisor.start(spec.withIntensity(100, DAY));
        cast.forget();
        return supervisor;
    }

    private static void assertRefused(Refused.Why why, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.why()).isEqualTo(why));
    }

    // ---- who asks

    @Test
    @DisplayName("8.7 a child asks its own supervisor for more siblings, and finds others by their specification")
    void fromChild() throws Exception {
        ChildSpec<String> parent = ChildSpec.process("parent", mailbox -> {
            String id = mailbox.receive();
            ChildRef<Cast.Line> added = Supervisor.siblings().orElseThrow().start(cast.child(id));
            cast.add(added.call(Cast.Line.Who::new));
            cast.add(Supervisor.current().orElseThrow().ref(a).call(Cast.Line.Who::new));
            cast.add(Supervisor.current().orElseThrow().name());
            mailbox.receive();
        });
        try (Supervisor app = start(
                SupervisorSpec.oneForOne("app", a, ChildSpec.supervisor(SupervisorSpec.oneForOne("nested", parent))))) {
            app.ref(parent).send("x");
            cast.awaitRecord("+x", "x1", "a1", "app");
            assertThat(app.ref("nested", "x").resolve()).isPresent();
            assertThat(Supervisor.current()).as("not on this thread").isEmpty();
            assertThat(Supervisor.siblings()).isEmpty();
        }
    }

    @Test
    @DisplayName("8.7, known failure 24: a child that asks its supervisor during its own start is told why not")
    void fromChildDuringStart() throws Exception {
        ChildSpec<Void> eager = ChildSpec.process("eager", (mailbox, start) -> {
            try {
                Supervisor.siblings().orElseThrow().start(c);
            } catch (Refused refused) {
                cast.add(refused.why() + ": " + refused.getMessage());
            }
            start.ready();
            Supervisor.siblings().orElseThrow().start(c);
            mailbox.receive();
        });
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", eager))) {
            cast.awaitRecord(
                    "WAITS_FOR_ITSELF: child 'eager' asks its own supervisor 'app' while that waits for its start: both"
                            + " would wait for each other; ask after the start was announced, or from another process",
                    "+c");
            assertThat(app.ref(c).await(DAY)).isPresent();
        }
    }

    @Test
    @DisplayName("8.7, known failure 24: nor does a child ask the supervisor above that waits for its own one to start")
    void fromGrandchildDuringStart() throws Exception {
        ChildSpec<Void> eager = ChildSpec.process(
                "eager",
                (mailbox, start) ->
                        Supervisor.current().orElseThrow().children().start(c));
        assertThatThrownBy(() -> Supervisor.start(SupervisorSpec.oneForOne(
                        "app", ChildSpec.supervisor(SupervisorSpec.oneForOne("nested", eager)))))
                .hasMessageContaining("nested")
                .rootCause()
                .hasMessageStartingWith("child 'nested' asks its own supervisor 'app' while that waits for its start");
    }

    @Test
    @DisplayName("8.7 a child that would end itself, or what it is part of, is refused")
    void endsItself() throws Exception {
        ChildSpec<Void> nested = ChildSpec.supervisor(SupervisorSpec.oneForOne(
                "nested", ChildSpec.<String>process("suicidal", mailbox -> {
                    mailbox.receive();
                    Supervisor app = Supervisor.current().orElseThrow();
                    assertRefused(
                            Refused.Why.WAITS_FOR_ITSELF,
                            () -> Supervisor.siblings()
                                    .orElseThrow()
                                    .find("suicidal")
                                    .terminate());
                    assertRefused(
                            Refused.Why.WAITS_FOR_ITSELF,
                            () -> app.ref("nested").restart());
                    assertRefused(
                            Refused.Why.WAITS_FOR_ITSELF,
                            () -> app.ref("nested").replace(b));
                    assertThatThrownBy(app::close).hasMessageContaining("would wait for itself");
                    assertThatThrownBy(app::join).hasMessageContaining("would wait for itself");
                    cast.add("all refused");
                    mailbox.receive();
                })));
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, nested))) {
            @SuppressWarnings("unchecked")
            ProcessRef<String> process =
                    (ProcessRef<String>) app.child("nested", "suicidal").orElseThrow();
            process.send("go");
            cast.awaitRecord("all refused");
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("8.7 many threads ask at once, and each gets what it asked for")
    void concurrently(ThreadKind kind) throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a));
                Threads threads = new Threads()) {
            for (int thread = 0; thread < 4; thread++) {
                String name = "of " + thread + " ";
                threads.start(kind, name, () -> {
                    for (int round = 0; round < 50; round++) {
                        ChildRef<Cast.Line> added = app.children().start(cast.child(name + round));
                        added.restart();
                        assertThat(added.<String>call(Cast.Line.Who::new)).isEqualTo(name + round + "2");
                        added.terminate();
                        added.delete();
                    }
                });
            }
            for (int crash = 0; crash < 20; crash++) {
                Cast.crashAndAwaitRestart(app, a);
            }
        }
    }

    // ---- at any time

    @Test
    @DisplayName("8.7 what is asked while the supervisor waits for a start is done afterwards")
    void duringStartOfAnother() throws Exception {
        CountDownLatch mayBeReady = new CountDownLatch(1);
        ChildSpec<Void> slow = ChildSpec.process("slow", (mailbox, start) -> {
            cast.add("slow starts");
            mayBeReady.await();
            start.ready();
            mailbox.receive();
        });
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a));
                Threads threads = new Threads()) {
            threads.start(ThreadKind.VIRTUAL, "first", () -> app.children().start(slow));
            cast.awaitRecord("slow starts");
            threads.start(ThreadKind.VIRTUAL, "second", () -> app.children().start(c));
            Threads.awaitTrue("it was asked", () -> app.process().mailboxLength() == 0);
            mayBeReady.countDown();
            assertThat(app.ref(c).await(DAY)).isPresent();
        }
    }

    @Test
    @DisplayName("8.8, known failures 19, 23: after the shutdown began additions and restarts are refused")
    void afterShutdown() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        ChildSpec<Void> slow = ChildSpec.process("slow", mailbox -> {
            try {
                mailbox.receive();
            } finally {
                cast.add("slow ends");
                letGo.await();
            }
        });
        Supervisor app = start(SupervisorSpec.oneForOne("app", slow, a));
        assertThat(app.isStopping()).isFalse();
        app.stop();
        assertThat(app.isStopping()).isTrue();
        cast.awaitRecord("-a", "slow ends");
        assertRefused(Refused.Why.STOPPING, () -> app.children().start(c));
        assertRefused(Refused.Why.STOPPING, () -> app.ref(a).restart());
        letGo.countDown();
        app.close();
        assertThatThrownBy(() -> app.children().start(c))
                .hasMessage("supervisor 'app' has ended; it takes no requests");
        assertRefused(Refused.Why.STOPPING, () -> app.children().start(c));
        assertRefused(Refused.Why.STOPPING, () -> app.ref(a).restart());
        assertThat(app.isStopping()).isTrue();
        assertThat(app.ref(a).await(DAY)).as("never again").isEmpty();
        assertThat(cast.starts("a")).isEqualTo(1);
        assertThat(cast.starts("c")).isZero();
    }

    @Test
    @DisplayName("8.7 a child that is being stopped and asks its supervisor is refused at once, not after its patience")
    void whileBeingStopped() throws Exception {
        FakeTicker ticker = new FakeTicker();
        ChildSpec<Void> asks = ChildSpec.process("asks", mailbox -> {
            try {
                mailbox.receive();
            } finally {
                assertRefused(
                        Refused.Why.WAITS_FOR_ITSELF,
                        () -> Supervisor.siblings().orElseThrow().start(c));
                cast.add("refused; stopping: "
                        + Supervisor.current().orElseThrow().isStopping());
            }
        });
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, asks).withTicker(ticker))) {
            Cast.crash(app, a);
            cast.awaitRecord("-a", "refused; stopping: false", "+a");
            assertThat(ticker.elapsed()).isZero();
        }
    }

    @Test
    @DisplayName("8.7 an interrupt ends the caller's wait; what it asked is done even so")
    void interrupted() throws Exception {
        CountDownLatch mayBeReady = new CountDownLatch(1);
        ChildSpec<Void> slow = ChildSpec.process("slow", (mailbox, start) -> {
            cast.add("slow starts");
            mayBeReady.await();
            start.ready();
            mailbox.receive();
        });
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a));
                Threads threads = new Threads()) {
            Thread caller = threads.start(
                    ThreadKind.VIRTUAL,
                    "caller",
                    () -> assertThatThrownBy(() -> app.children().start(slow))
                            .isInstanceOf(InterruptedException.class));
            cast.awaitRecord("slow starts");
            caller.interrupt();
            caller.join();
            mayBeReady.countDown();
            assertThat(app.ref(slow).await(DAY)).isPresent();
        }
    }

    @Test
    @DisplayName("8.7 await ends when the child runs, when the time is up, and when the tree has ended")
    void await() throws Exception {
        FakeTicker ticker = new FakeTicker();
        Supervisor app = start(SupervisorSpec.oneForOne("app", a, b).withTicker(ticker));
        ChildRef<Cast.Line> ref = app.ref(a);
        assertThat(ref.await(Duration.ZERO)).isPresent();
        ref.terminate();
        assertThat(ref.await(Duration.ZERO)).isEmpty();
        try (Threads threads = new Threads()) {
            Thread timed = threads.start(
                    ThreadKind.PLATFORM,
                    "timed",
                    () -> assertThat(ref.await(Duration.ofSeconds(3))).isEmpty());
            ticker.awaitParked(1);
            ticker.advance(Duration.ofSeconds(3));
            timed.join();
            Thread waiter = threads.start(
                    ThreadKind.VIRTUAL,
                    "waiter",
                    () -> assertThat(ref.await(DAY)).isPresent());
            ticker.awaitParked(1);
            ref.restart();
            waiter.join();
            ref.terminate();
            threads.start(
                    ThreadKind.VIRTUAL, "last", () -> assertThat(ref.await(DAY)).isEqualTo(Optional.empty()));
            ticker.awaitParked(1);
            app.close();
        }
    }
}
