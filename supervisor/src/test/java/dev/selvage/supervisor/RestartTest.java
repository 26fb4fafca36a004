package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules 8.1 and 8.3: who is stopped and started for whom, and when. */
class RestartTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final Cast cast = new Cast();
    private final ChildSpec<Cast.Line> a = cast.child("a");
    private final ChildSpec<Cast.Line> b = cast.child("b");
    private final ChildSpec<Cast.Line> c = cast.child("c");
    private final ChildSpec<Cast.Line> d = cast.child("d");

    private Supervisor start(SupervisorSpec spec) throws InterruptedException {
        Supervisor supervisor = Supervisor.start(spec.withIntensity(100, DAY));
        cast.forget();
        return supervisor;
    }

    // ---- strategies

    @Test
    @DisplayName("8.1 one_for_one restarts the child that ended and touches no other")
    void oneForOne() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, b, c))) {
            Cast.crashAndAwaitRestart(app, b);

            assertThat(cast.record()).containsExactly("-b", "+b");
            assertThat(Cast.who(app, b)).isEqualTo("b2");
            assertThat(Cast.who(app, a)).isEqualTo("a1");
        }
    }

    @Test
    @DisplayName("8.3, known failure 21: rest_for_one stops the later ones in reverse, and only then starts anything")
    void restForOne() throws Exception {
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, b, c, d))) {
            Cast.crash(app, b);

            cast.awaitRecord("-b", "-d", "-c", "+b", "+c", "+d");
            assertThat(Cast.who(app, a)).isEqualTo("a1");
        }
    }

    @Test
    @DisplayName("8.3 rest_for_one of the last child restarts it alone")
    void restForOneLast() throws Exception {
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, b, c))) {
            Cast.crashAndAwaitRestart(app, c);

            assertThat(cast.record()).containsExactly("-c", "+c");
        }
    }

    @Test
    @DisplayName("8.1 one_for_all stops all others in reverse, then starts all in order")
    void oneForAll() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b, c))) {
            Cast.crash(app, b);

            cast.awaitRecord("-b", "-c", "-a", "+a", "+b", "+c");
        }
    }

    @Test
    @DisplayName("8.1 a nested supervisor is stopped and started with its children as any other child")
    void nested() throws Exception {
        SupervisorSpec nested = SupervisorSpec.oneForOne("nested", b, c);
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, ChildSpec.supervisor(nested), d))) {
            Cast.crash(app, a);

            cast.awaitRecord("-a", "-d", "-c", "-b", "+a", "+b", "+c", "+d");
        }
    }

    @Test
    @DisplayName("8.1 a nested supervisor that was killed stops its children in reverse and is started anew with them")
    void nestedKilled() throws Exception {
        ChildSpec<Void> nested = ChildSpec.supervisor(SupervisorSpec.oneForOne("nested", b, c));
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, nested))) {
            app.child(nested).orElseThrow().kill();

            cast.awaitRecord("-c", "-b", "+b", "+c");
            assertThat(Cast.line(app, "nested").lastExit()).contains(ExitReason.killed());
        }
    }

    // ---- restart types

    @Test
    @DisplayName("8.3 a permanent child is restarted however it ended: done, stopped, killed, failed")
    void permanent() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a))) {
            ProcessRef<Cast.Line> finished = Cast.finish(app, a);
            assertThat(finished.exitReason()).contains(ExitReason.normal());
            ProcessRef<Cast.Line> second = Cast.awaitAnother(app, a, finished);
            second.stop();
            ProcessRef<Cast.Line> third = Cast.awaitAnother(app, a, second);
            third.kill();
            ProcessRef<Cast.Line> fourth = Cast.awaitAnother(app, a, third);
            Cast.crash(app, a);
            Cast.awaitAnother(app, a, fourth);

            assertThat(Cast.who(app, a)).isEqualTo("a5");
            assertThat(Cast.line(app, "a").restarts()).isEqualTo(4);
        }
    }

    @Test
    @DisplayName("8.3 a transient child is restarted after an abnormal end only")
    void transientChild() throws Exception {
        ChildSpec<Cast.Line> worker = a.withRestart(Restart.TRANSIENT);
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", worker, b))) {
            ProcessRef<Cast.Line> failed = Cast.crash(app, worker);
            ProcessRef<Cast.Line> killed = Cast.awaitAnother(app, worker, failed);
            killed.kill();
            Cast.awaitAnother(app, worker, killed);
            Cast.finish(app, worker);
            Cast.awaitStatus(app, "a", Status.ENDED);

            assertThat(cast.starts("a")).isEqualTo(3);
            assertThat(app.child(worker)).isEmpty();
            assertThat(Cast.line(app, "a").lastExit()).contains(ExitReason.normal());
        }
    }

    @Test
    @DisplayName("8.3 a transient child that somebody stopped is not restarted")
    void transientStopped() throws Exception {
        ChildSpec<Cast.Line> worker = a.withRestart(Restart.TRANSIENT);
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", worker, b))) {
            app.child(worker).orElseThrow().stop();
            Cast.awaitStatus(app, "a", Status.ENDED);

            Cast.crashAndAwaitRestart(app, b);
            assertThat(cast.starts("a")).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("8.3 a temporary child is never restarted, counts no restart, and is forgotten")
    void temporary() throws Exception {
        ChildSpec<Cast.Line> guest = a.withRestart(Restart.TEMPORARY);
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", guest, b))) {
            Cast.crash(app, guest);
            Threads.awaitTrue("a is forgotten", () -> Cast.find(app.tree(), "a").isEmpty());

            assertThat(app.child(guest)).isEmpty();
            assertThat(app.tree().recentRestarts()).isZero();
            assertThat(Cast.who(app, b)).as("nobody is restarted for it").isEqualTo("b1");
        }
    }

    @Test
    @DisplayName(
            "8.3 of the siblings, a temporary one is stopped and forgotten, one that had finished is started again")
    void siblings() throws Exception {
        ChildSpec<Cast.Line> guest = b.withRestart(Restart.TEMPORARY);
        ChildSpec<Cast.Line> worker = c.withRestart(Restart.TRANSIENT);
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, guest, worker, d))) {
            Cast.finish(app, worker);
            Cast.awaitStatus(app, "c", Status.ENDED);

            Cast.crash(app, a);

            cast.awaitRecord("-c", "-a", "-d", "-b", "+a", "+c", "+d");
            assertThat(Cast.find(app.tree(), "b")).isEmpty();
            assertThat(Cast.line(app, "c").restarts()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("8.3 of the siblings, one that had been terminated is started again, under one_for_all, too")
    void terminatedSibling() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b, c))) {
            app.ref(b).terminate();
            Cast.crash(app, c);

            cast.awaitRecord("-b", "-c", "-a", "+a", "+b", "+c");
            assertThat(Cast.who(app, b)).isEqualTo("b2");
        }
    }

    @Test
    @DisplayName("8.3 a finished or terminated sibling before the one that ended is left alone by rest_for_one")
    void siblingsBefore() throws Exception {
        ChildSpec<Cast.Line> worker = a.withRestart(Restart.TRANSIENT);
        try (Supervisor app = start(SupervisorSpec.restForOne("app", worker, b, c, d))) {
            Cast.finish(app, worker);
            Cast.awaitStatus(app, "a", Status.ENDED);
            app.ref(b).terminate();
            Cast.crash(app, c);

            cast.awaitRecord("-a", "-b", "-c", "-d", "+c", "+d");
            assertThat(Cast.line(app, "a").status()).isEqualTo(Status.ENDED);
            assertThat(Cast.line(app, "b").status()).isEqualTo(Status.STOPPED);
        }
    }

    @Test
    @DisplayName(
            "8.3 a sibling that was deleted does not come back; one that was replaced comes back as what it is now")
    void deletedAndReplacedSiblings() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b, c))) {
            app.ref(a).terminate();
            app.ref(a).delete();
            app.ref(b).replace(d).terminate();
            Cast.crash(app, c);

            cast.awaitRecord("-a", "-b", "+d", "-d", "-c", "+d", "+c");
            assertThat(app.children().list())
                    .extracting(SupervisorTree.Child::id)
                    .containsExactly("d", "c");
        }
    }

    @Test
    @DisplayName("8.3 a sibling that had finished and now fails to start is tried again as any other")
    void finishedSiblingFails() throws Exception {
        ChildSpec<Cast.Line> worker = b.withRestart(Restart.TRANSIENT);
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, worker, c))) {
            Cast.finish(app, worker);
            Cast.awaitStatus(app, "b", Status.ENDED);
            cast.failNextStarts("b", 1, new IOException("once"));
            Cast.crash(app, a);

            cast.awaitRecord("-b", "-a", "-c", "+a", "!b", "+b", "+c");
            Cast.awaitStatus(app, "c", Status.RUNNING);
            assertThat(app.tree().recentRestarts()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("8.3 a sibling that finishes in the course of a round that is done anew is started anew, too")
    void finishesDuringRound() throws Exception {
        CountDownLatch mayFail = new CountDownLatch(1);
        int[] starts = {0};
        ChildSpec<Void> hesitant = ChildSpec.process("hesitant", (mailbox, start) -> {
            if (++starts[0] == 2) {
                cast.add("hesitates");
                mayFail.await();
                throw new IOException("not yet");
            }
            start.ready();
            mailbox.receive();
        });
        ChildSpec<Cast.Line> worker = a.withRestart(Restart.TRANSIENT);
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", worker, hesitant))) {
            app.child(hesitant).orElseThrow().kill();
            cast.awaitRecord("-a", "+a", "hesitates");
            Cast.finish(app, worker);
            mayFail.countDown();

            cast.awaitRecord("-a", "+a", "hesitates", "-a", "+a");
            Cast.awaitStatus(app, "hesitant", Status.RUNNING);
            assertThat(app.tree().recentRestarts()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("known failure 3: a child that dies of an Error is restarted like any other")
    void error() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a))) {
            ProcessRef<Cast.Line> before = Cast.crash(app, a, new StackOverflowError("deep"));

            Cast.awaitAnother(app, a, before);
            assertThat(Cast.line(app, "a").lastExit().orElseThrow())
                    .isInstanceOfSatisfying(
                            ExitReason.Failed.class,
                            failed -> assertThat(failed.cause()).isInstanceOf(StackOverflowError.class));
        }
    }

    // ---- one event, one restart

    @Test
    @DisplayName("8.3, known failure 20: one event counts one restart, however many are started anew")
    void oneEventOneRestart() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b, c))) {
            Cast.crash(app, a);
            cast.awaitRecord("-a", "-c", "-b", "+a", "+b", "+c");
            Cast.awaitStatus(app, "c", Status.RUNNING);

            assertThat(app.tree().recentRestarts()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "known failure 8: two crashes at the same instant in one_for_all are one round, and nothing is left over")
    void twoCrashesOneForAll() throws Exception {
        CountDownLatch together = new CountDownLatch(1);
        ChildSpec<Void> left = twin("left", together);
        ChildSpec<Void> right = twin("right", together);
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", left, right))) {
            ProcessRef<Void> oldLeft = app.child(left).orElseThrow();
            ProcessRef<Void> oldRight = app.child(right).orElseThrow();
            together.countDown();
            oldLeft.join();
            oldRight.join();
            Threads.awaitTrue(
                    "both run anew",
                    () -> app.child(left).isPresent() && app.child(right).isPresent());
            // the second exit was handled before this one, or never comes
            ProcessRef<Void> newLeft = app.child(left).orElseThrow();
            newLeft.kill();
            Threads.awaitTrue(
                    "both run a third time",
                    () -> Cast.line(app, "right").restarts() == 2
                            && app.child(right).isPresent());

            assertThat(app.tree().recentRestarts()).isEqualTo(2);
            assertThat(Cast.line(app, "left").restarts()).isEqualTo(2);
        }
    }

    /** The first incarnation crashes when the latch opens; later ones wait. */
    private static ChildSpec<Void> twin(String id, CountDownLatch together) {
        boolean[] first = {true};
        return ChildSpec.process(id, (mailbox, start) -> {
            start.ready();
            if (first[0]) {
                first[0] = false;
                together.await();
                throw new IOException(id);
            }
            mailbox.receive();
        });
    }

    @Test
    @DisplayName("8.3 two crashes at the same instant in one_for_one restart both, each once")
    void twoCrashesOneForOne() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, b, c))) {
            ProcessRef<Cast.Line> oldA = Cast.process(app, a);
            ProcessRef<Cast.Line> oldB = Cast.process(app, b);
            oldA.send(new Cast.Line.Crash(new IOException("a")));
            oldB.send(new Cast.Line.Crash(new IOException("b")));
            Cast.awaitAnother(app, a, oldA);
            Cast.awaitAnother(app, b, oldB);

            assertThat(cast.starts("a")).isEqualTo(2);
            assertThat(cast.starts("b")).isEqualTo(2);
            assertThat(app.tree().recentRestarts()).isEqualTo(2);
        }
    }

    // ---- restarts that fail

    @Test
    @DisplayName("8.3, known failure 22: a restart that fails is tried again, and each attempt counts")
    void failingRestart() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, b))) {
            cast.failNextStarts("a", 3, new IOException("not yet"));
            Cast.crash(app, a);

            cast.awaitRecord("-a", "!a", "!a", "!a", "+a");
            Cast.process(app, a);
            assertThat(app.tree().recentRestarts()).isEqualTo(4);
            assertThat(Cast.line(app, "a").restarts())
                    .as("one of them succeeded")
                    .isEqualTo(1);
        }
    }

    @Test
    @DisplayName("8.3 what happened during a failing restart is handled before the next attempt")
    void failingRestartLetsOthersGoFirst() throws Exception {
        CountDownLatch mayFail = new CountDownLatch(1);
        int[] starts = {0};
        ChildSpec<Void> hesitant = ChildSpec.process("hesitant", (mailbox, start) -> {
            int attempt = ++starts[0];
            cast.add("start " + attempt);
            if (attempt == 2) {
                mayFail.await();
                throw new IOException("not yet");
            }
            start.ready();
            mailbox.receive();
        });
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", hesitant, b))) {
            app.child(hesitant).orElseThrow().kill();
            cast.awaitRecord("start 2");
            Cast.crash(app, b);
            mayFail.countDown();

            cast.awaitRecord("start 2", "-b", "+b", "start 3");
        }
    }

    @Test
    @DisplayName("8.3 a restart that was to be tried again, but was done with others meanwhile, is not done twice")
    void retryIsVoidOnceDone() throws Exception {
        CountDownLatch mayFail = new CountDownLatch(1);
        int[] starts = {0};
        ChildSpec<Void> hesitant = ChildSpec.process("hesitant", (mailbox, start) -> {
            int attempt = ++starts[0];
            cast.add("start " + attempt);
            if (attempt == 2) {
                mayFail.await();
                throw new IOException("not yet");
            }
            start.ready();
            mailbox.receive();
        });
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, hesitant))) {
            app.child(hesitant).orElseThrow().kill();
            cast.awaitRecord("start 2");
            Cast.crash(app, a);
            mayFail.countDown();
            cast.awaitRecord("start 2", "-a", "+a", "start 3");

            Cast.crash(app, a); // handled after whatever was left of the first round
            cast.awaitRecord("start 2", "-a", "+a", "start 3", "-a", "+a", "start 4");
            Cast.awaitStatus(app, "hesitant", Status.RUNNING);
            assertThat(app.tree().recentRestarts()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("8.3 in rest_for_one a sibling that fails to start in a round is tried again from there on")
    void siblingFailsRestForOne() throws Exception {
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, b, c))) {
            cast.failNextStarts("b", 1, new IOException("once"));
            Cast.crash(app, a);

            cast.awaitRecord("-a", "-c", "-b", "+a", "!b", "+b", "+c");
            assertThat(Cast.who(app, c)).isEqualTo("c2");
            assertThat(app.tree().recentRestarts()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("8.3 in one_for_all a sibling that fails to start in a round makes all start again")
    void siblingFailsOneForAll() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b, c))) {
            cast.failNextStarts("b", 1, new IOException("once"));
            Cast.crash(app, c);

            cast.awaitRecord("-c", "-b", "-a", "+a", "!b", "-a", "+a", "+b", "+c");
            Cast.awaitStatus(app, "c", Status.RUNNING);
            assertThat(app.tree().recentRestarts()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("8.2 a child that was declined is asked again when its group is restarted")
    void declinedIsAskedAgain() throws Exception {
        boolean[] willing = {false};
        ChildSpec<Cast.Line> choosy = ChildSpec.process("choosy", (mailbox, start) -> {
            if (willing[0]) {
                start.ready();
                mailbox.receive();
            } else {
                start.decline();
            }
        });
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, choosy))) {
            assertThat(app.child(choosy)).isEmpty();
            willing[0] = true;
            Cast.crash(app, a);

            Cast.awaitStatus(app, "choosy", Status.RUNNING);
            assertThat(app.child(choosy)).isPresent();
        }
    }

    @Test
    @DisplayName("known failure 18: a restart waits for nothing: no clock is asked to wait")
    void noDelay() throws Exception {
        FakeTicker ticker = new FakeTicker();
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, b).withTicker(ticker))) {
            Cast.crash(app, a);
            cast.awaitRecord("-a", "-b", "+a", "+b");

            assertThat(ticker.elapsed()).isZero();
        }
    }
}
