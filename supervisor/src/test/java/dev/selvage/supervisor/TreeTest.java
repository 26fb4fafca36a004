package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule 8.9, static part: what can be seen of a tree, and found in it. */
class TreeTest {
    private final Cast cast = new Cast();
    private final FakeTicker ticker = new FakeTicker();
    private final CountDownLatch never = new CountDownLatch(1);
    private final ChildSpec<Cast.Line> a = cast.child("a");
    private final ChildSpec<Cast.Line> b = cast.child("b");
    private final ChildSpec<Cast.Line> c = cast.child("c");
    private final ChildSpec<Void> nested =
            ChildSpec.supervisor(SupervisorSpec.oneForAll("nested", b, c).withIntensity(5, Duration.ofMinutes(1)));

    // ---- text

    @Test
    @DisplayName("8.9 the tree as text: name, strategy, intensity used; id, kind, state and restarts of each child")
    void text() throws Exception {
        ChildSpec<Void> poller = ChildSpec.task("poller", never::await);
        try (Supervisor app = Supervisor.start(
                SupervisorSpec.restForOne("app", a, nested, poller).withTicker(ticker))) {
            assertThat(app.tree()).hasToString("""
                    app: running, rest_for_one, 0 of 3 restarts within 5 s
                    |- a: process, running
                    |- nested: supervisor, running; one_for_all, 0 of 5 restarts within 1 min
                    |  |- b: process, running
                    |  `- c: process, running
                    `- poller: task, running""");

            Cast.crash(app, c);
            Threads.awaitTrue("both run anew", () -> Cast.line(app, "c").restarts() == 1);
            assertThat(app.tree()).hasToString("""
                    app: running, rest_for_one, 0 of 3 restarts within 5 s
                    |- a: process, running
                    |- nested: supervisor, running; one_for_all, 1 of 5 restarts within 1 min
                    |  |- b: process, running, restarted once
                    |  `- c: process, running, restarted once
                    `- poller: task, running""");

            app.stop();
            app.join();
            assertThat(app.tree()).hasToString("""
                    app: stopped, rest_for_one, 0 of 3 restarts within 5 s
                    |- a: process, stopped (shutdown)
                    |- nested: supervisor, stopped (shutdown); one_for_all, 1 of 5 restarts within 1 min
                    |  |- b: process, stopped (shutdown), restarted once
                    |  `- c: process, stopped (shutdown), restarted once
                    `- poller: task, stopped (shutdown)""");
        }
    }

    @Test
    @DisplayName("8.9 the text says how a child ended, why a supervisor did, and shows the last level without a line")
    void textOfEnds() throws Exception {
        SupervisorSpec spec = SupervisorSpec.oneForOne("app", nested, a.withRestart(Restart.TRANSIENT))
                .withIntensity(0, Duration.ofMillis(1500))
                .withTicker(ticker);
        try (Supervisor app = Supervisor.start(spec)) {
            Cast.finish(app, a);
            Cast.awaitStatus(app, "a", Status.ENDED);
            app.child(nested).orElseThrow().kill();
            app.join();

            assertThat(app.tree()).hasToString("""
                    app: ended, one_for_one, 0 of 0 restarts within 1500 ms
                    |- nested: supervisor, stopped (killed); one_for_all, 0 of 5 restarts within 1 min
                    |  |- b: process, stopped (killed)
                    |  `- c: process, stopped (killed)
                    `- a: process, ended (normal)""");
        }
    }

    @Test
    @DisplayName("8.9 the tree can be read while it starts: what waits, starts, runs")
    void duringStart() throws Exception {
        CountDownLatch mayBeReady = new CountDownLatch(1);
        AtomicReference<Supervisor> handle = new AtomicReference<>();
        ChildSpec<Void> observer = ChildSpec.process("observer", (mailbox, start) -> {
            start.ready();
            mailbox.receive();
        });
        ChildSpec<Void> slow = ChildSpec.process("slow", (mailbox, start) -> {
            if (handle.get() != null) {
                cast.add("slow starts");
                mayBeReady.await();
            }
            start.ready();
            mailbox.receive();
        });
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForAll("app", observer, slow, b))) {
            handle.set(app);
            cast.forget();
            Cast.process(app, b);
            app.child(observer).orElseThrow().kill();
            cast.awaitRecord("-b", "slow starts");

            assertThat(app.tree().children())
                    .extracting(SupervisorTree.Child::status)
                    .containsExactly(Status.RUNNING, Status.STARTING, Status.RESTARTING);
            assertThat(app.child(slow)).as("not before it is ready").isEmpty();
            mayBeReady.countDown();
            Cast.process(app, b);
        }
    }

    @Test
    @DisplayName("8.9 the tree can be read while it stops, and never waits for it")
    void duringStop() throws Exception {
        ChildSpec<Void> deaf = ChildSpec.process("deaf", mailbox -> never.await());
        try (Supervisor app =
                Supervisor.start(SupervisorSpec.oneForOne("app", a, deaf, b).withTicker(ticker))) {
            app.stop();
            Cast.awaitStatus(app, "deaf", Status.STOPPING);
            ticker.awaitParked(1);

            assertThat(app.tree()).hasToString("""
                    app: stopping, one_for_one, 0 of 3 restarts within 5 s
                    |- a: process, running
                    |- deaf: process, stopping
                    `- b: process, stopped (shutdown)""");
            assertThat(app).hasToString("supervisor 'app' (stopping)");
            ticker.advance(Duration.ofSeconds(5));
            app.join();
            assertThat(app).hasToString("supervisor 'app' (ended, shutdown)");
        }
    }

    @Test
    @DisplayName("8.9 any number of threads read the tree while it restarts, and each sees every child once")
    void readersAndRestarts() throws Exception {
        try (Supervisor app = Supervisor.start(
                        SupervisorSpec.oneForAll("app", a, b, c).withIntensity(1_000, Duration.ofDays(1)));
                Threads threads = new Threads()) {
            CountDownLatch enough = new CountDownLatch(1);
            for (ThreadKind kind : ThreadKind.values()) {
                threads.start(kind, "reader", () -> {
                    while (enough.getCount() > 0) {
                        SupervisorTree tree = app.tree();
                        assertThat(tree.children())
                                .extracting(SupervisorTree.Child::id)
                                .containsExactly("a", "b", "c");
                        assertThat(tree.toString()).startsWith("app: running");
                        app.child(b)
                                .ifPresent(process -> assertThat(process.name()).isEqualTo("b"));
                    }
                });
            }
            for (int round = 0; round < 100; round++) {
                Cast.crashAndAwaitRestart(app, c);
            }
            enough.countDown();
        }
    }

    // ---- lookup

    @Test
    @DisplayName("8.9 a specification finds its process at any depth, typed, also when options were added to it")
    void findsBySpec() throws Exception {
        try (Supervisor app =
                Supervisor.start(SupervisorSpec.oneForOne("app", a.withRestart(Restart.TRANSIENT), nested))) {
            ProcessRef<Cast.Line> found = app.child(a).orElseThrow();
            assertThat(found.<String>call(Cast.Line.Who::new)).isEqualTo("a1");
            assertThat(app.child(c).orElseThrow().<String>call(Cast.Line.Who::new))
                    .isEqualTo("c1");
            assertThat(app.child(nested)).isPresent();
            assertThat(app.child(cast.child("a")))
                    .as("the same id is not the same key")
                    .isEmpty();
        }
    }

    @Test
    @DisplayName("8.9 a path of ids finds a process, or nothing")
    void findsByPath() throws Exception {
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", a, nested))) {
            assertThat(app.child("nested", "c").orElseThrow().name()).isEqualTo("c");
            assertThat(app.child("nested").orElseThrow().name()).isEqualTo("nested");
            assertThat(app.child("c")).isEmpty();
            assertThat(app.child("a", "c")).isEmpty();
            assertThat(app.child("nested", "x")).isEmpty();
            assertThatIllegalArgumentException()
                    .isThrownBy(app::child)
                    .withMessage("path: empty; allowed: one id or more");
        }
    }

    @Test
    @DisplayName("known failure 2: after a crash the incarnation of now is found, never one that is known to be dead")
    void findsIncarnationOfNow() throws Exception {
        try (Supervisor app =
                Supervisor.start(SupervisorSpec.oneForOne("app", a).withIntensity(100, Duration.ofDays(1)))) {
            for (int round = 0; round < 50; round++) {
                ProcessRef<Cast.Line> dead = Cast.crash(app, a);
                assertThat(app.child(a)).isNotEqualTo(Optional.of(dead));
                assertThat(Cast.who(app, a)).isEqualTo("a" + (round + 2));
            }
        }
    }

    @Test
    @DisplayName("8.9 nothing is found in a tree that has ended")
    void findsNothingAfterTheEnd() throws Exception {
        Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", a, nested));
        app.close();

        assertThat(List.of(app.child(a), app.child(b), app.child(nested))).allMatch(Optional::isEmpty);
    }

    @Test
    @DisplayName("8.9 the snapshot is a value: it does not change with the tree")
    void snapshotIsAValue() throws Exception {
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", a))) {
            SupervisorTree before = app.tree();
            Cast.crash(app, a, new IOException());
            Threads.awaitTrue("restarted", () -> Cast.line(app, "a").restarts() == 1);

            assertThat(before.recentRestarts()).isZero();
            assertThat(before.children().getFirst().restarts()).isZero();
            assertThat(app.tree()).isNotEqualTo(before);
        }
    }
}
