package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import dev.selvage.supervisor.SupervisorException.GaveUp;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.time.Backoff;
import dev.selvage.time.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule 8.5: a child waits for its restart, and its supervisor does not. */
class BackoffTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final FakeTicker ticker = new FakeTicker();
    private final Cast cast = new Cast();
    private final ChildSpec<Cast.Line> a = cast.child("a");
    private final ChildSpec<Cast.Line> c = cast.child("c");

    /** Waits 1 s, 2 s, 4 s, 8 s, 8 s...; stable after 10 s. */
    private final ChildSpec<Cast.Line> b =
            cast.child("b").withBackoff(Backoff.exponential(SECOND, SECOND.multipliedBy(8)));

    private Supervisor start(SupervisorSpec spec) throws InterruptedException {
        Supervisor supervisor = Supervisor.start(spec.withIntensity(100, DAY).withTicker(ticker));
        cast.forget();
        return supervisor;
    }

    private void crashAndAwaitWait(Supervisor app, ChildSpec<Cast.Line> child) throws InterruptedException {
        Cast.crash(app, child);
        Cast.settle(app);
        assertThat(Cast.line(app, child.id()).nextTry()).isPresent();
        ticker.awaitParked(1);
    }

    // ---- the wait

    @Test
    @DisplayName("8.5 a child is started anew when its backoff is over, not before; it shows as restarting")
    void waits() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, b, c))) {
            crashAndAwaitWait(app, b);
            ticker.advance(SECOND.minusNanos(1));
            assertThat(Cast.line(app, "b").nextTry()).contains(Duration.ofNanos(1));
            assertThat(Cast.who(app, a)).isEqualTo("a1");
            assertThat(app.ref(b).resolve()).isEmpty();
            assertThat(cast.record()).containsExactly("-b");

            ticker.advance(Duration.ofNanos(1));
            assertThat(Cast.who(app, b)).isEqualTo("b2");
            assertThat(Cast.line(app, "b").nextTry()).isEmpty();
        }
    }

    @Test
    @DisplayName("8.5 the text of the tree says how long a child still waits")
    void text() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", b))) {
            crashAndAwaitWait(app, b);
            ticker.advance(Duration.ofMillis(400));
            assertThat(app.tree().toString().lines().skip(1))
                    .containsExactly("`- b: process, restarting in 600 ms (failed: "
                            + "java.lang.IllegalStateException: crash of b)");
        }
    }

    @Test
    @DisplayName("8.5 the wait grows with each failure in a row, to its ceiling, and starts over after a stable time")
    void growsAndStartsOver() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", b))) {
            for (int seconds : new int[] {1, 2, 4, 8, 8}) {
                crashAndAwaitWait(app, b);
                assertThat(Cast.line(app, "b").nextTry()).contains(Duration.ofSeconds(seconds));
                ticker.advance(Duration.ofSeconds(seconds));
                Cast.process(app, b);
            }
            ticker.advance(Duration.ofSeconds(10).minusNanos(1));
            crashAndAwaitWait(app, b);
            assertThat(Cast.line(app, "b").nextTry()).as("not stable yet").contains(SECOND.multipliedBy(8));
            ticker.advance(SECOND.multipliedBy(8));
            Cast.process(app, b);

            ticker.advance(Duration.ofSeconds(10));
            crashAndAwaitWait(app, b);
            assertThat(Cast.line(app, "b").nextTry()).as("stable").contains(SECOND);
        }
    }

    @Test
    @DisplayName("8.5 jitter spreads the waits; the ceiling holds")
    void jitter() throws Exception {
        ChildSpec<Cast.Line> jittery = cast.child("b")
                .withBackoff(Backoff.exponential(SECOND, SECOND.multipliedBy(2)).withFullJitter());
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", jittery))) {
            for (int crash = 0; crash < 20; crash++) {
                crashAndAwaitWait(app, jittery);
                Duration wait = Cast.line(app, "b").nextTry().orElseThrow();
                assertThat(wait).isPositive().isLessThanOrEqualTo(SECOND.multipliedBy(2));
                ticker.advance(wait);
                Cast.process(app, jittery);
            }
        }
    }

    @Test
    @DisplayName("8.5, known failure 22: a failing restart counts, waits again, and ends in giving up, not in a loop")
    void failingRestart() throws Exception {
        IOException cause = new IOException("down");
        SupervisorSpec spec =
                SupervisorSpec.oneForOne("app", b).withIntensity(3, DAY).withTicker(ticker);
        try (Supervisor app = Supervisor.start(spec)) {
            cast.forget();
            cast.failStarts("b", cause);
            crashAndAwaitWait(app, b);
            assertThat(app.tree().budget().remaining()).isEqualTo(2);
            ticker.advance(SECOND);
            cast.awaitRecord("-b", "!b");
            Cast.settle(app); // so that it waits for the next try, and for that only
            assertThat(ticker.advanceToNextDeadline()).isEqualTo(SECOND.multipliedBy(2));
            cast.awaitRecord("-b", "!b", "!b");
            Cast.settle(app);
            assertThat(ticker.advanceToNextDeadline()).isEqualTo(SECOND.multipliedBy(4));
            assertThat(app.join())
                    .isInstanceOfSatisfying(
                            ExitReason.Failed.class,
                            failed -> assertThat(failed.cause())
                                    .isInstanceOf(GaveUp.class)
                                    .hasMessageContaining(
                                            "needs one restart more than the 3 within 24 h that are allowed")
                                    .hasMessageContaining("could not start")
                                    .hasCause(cause));
            assertThat(cast.record()).containsExactly("-b", "!b", "!b", "!b");
        }
    }

    @Test
    @DisplayName("8.5 a backoff that throws, or gives nothing, is no wait: the supervisor goes on")
    void throwingBackoff() throws Exception {
        ChildSpec<Cast.Line> odd = a.withBackoff((attempt, random) -> {
            if (attempt == 1) {
                throw new IllegalStateException("planned");
            }
            return null;
        });
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", odd))) {
            Cast.crashAndAwaitRestart(app, odd);
            Cast.crashAndAwaitRestart(app, odd);
            assertThat(Cast.who(app, odd)).isEqualTo("a3");
        }
    }

    // ---- what can be done meanwhile

    @Test
    @DisplayName("8.5 the supervisor serves requests and restarts others while a child waits")
    void servesMeanwhile() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, b))) {
            crashAndAwaitWait(app, b);
            app.children().start(c);
            Cast.crashAndAwaitRestart(app, a);
            assertThat(cast.record()).containsExactly("-b", "+c", "-a", "+a");
            assertThat(ticker.elapsed()).isZero();
        }
    }

    @Test
    @DisplayName("8.5 the wait can be cut short")
    void cutShort() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, b))) {
            crashAndAwaitWait(app, b);
            assertThat(app.ref(b).restart()).isPresent();
            assertThat(Cast.who(app, b)).isEqualTo("b2");
            ticker.advance(DAY);
            app.children().start(c); // handled behind whatever the time has brought
            assertThat(cast.starts("b"))
                    .as("the wait that was cut short is over")
                    .isEqualTo(2);
        }
    }

    @Test
    @DisplayName("8.5 a wait that was cut short by a start that fails goes on, counted")
    void cutShortInVain() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, b))) {
            crashAndAwaitWait(app, b);
            cast.failNextStarts("b", 1, new IOException("not yet"));
            assertThatThrownBy(() -> app.ref(b).restart()).isInstanceOf(SupervisorException.StartFailed.class);
            app.children().start(c);
            assertThat(Cast.line(app, "b").nextTry()).contains(SECOND.multipliedBy(2));
            assertThat(app.tree().recentRestarts()).isEqualTo(2);
            ticker.advance(SECOND.multipliedBy(2));
            assertThat(Cast.who(app, b)).isEqualTo("b3");
        }
    }

    @Test
    @DisplayName("8.5 the wait can be cancelled: terminate; the child can be deleted then")
    void cancelled() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, b))) {
            crashAndAwaitWait(app, b);
            assertThatThrownBy(() -> app.ref(b).delete()).hasMessageContaining("is restarting; terminate it first");
            app.ref(b).terminate();
            assertThat(Cast.line(app, "b").status()).isEqualTo(Status.STOPPED);
            ticker.advance(DAY);
            app.children().start(c);
            app.ref(b).delete();
            assertThat(cast.record()).containsExactly("-b", "+c");
        }
    }

    @Test
    @DisplayName("8.5 a child that waits can be replaced")
    void replaced() throws Exception {
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, b, c))) {
            crashAndAwaitWait(app, b);
            app.ref(b).replace(cast.child("d"));
            ticker.advance(DAY);
            cast.awaitRecord("-b", "-c", "+d", "+c");
        }
    }

    @Test
    @DisplayName("8.5, 8.6 a shutdown during a backoff is not held up, and nothing comes back")
    void shutdownMeanwhile() throws Exception {
        Supervisor app = start(SupervisorSpec.restForOne("app", a, b, c));
        crashAndAwaitWait(app, b);
        app.close();
        assertThat(cast.record()).containsExactly("-b", "-c", "-a");
        assertThat(ticker.elapsed()).isZero();
        ticker.advance(DAY);
        assertThat(app.tree().children())
                .extracting(SupervisorTree.Child::status)
                .containsOnly(Status.STOPPED);
    }

    // ---- with others

    @Test
    @DisplayName("8.9 the text of the tree says with whom those are restarted that do not wait for themselves")
    void textOfOthers() throws Exception {
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, b, c))) {
            crashAndAwaitWait(app, b);
            assertThat(app.tree().toString().lines().skip(2))
                    .containsExactly(
                            "|- b: process, restarting in 1 s (failed: java.lang.IllegalStateException: crash of b)",
                            "`- c: process, restarting with b (shutdown)");
        }
    }

    @Test
    @DisplayName("8.3, 8.5 those that are stopped for a child wait with it, and are started with it, in order")
    void siblingsWait() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b, c))) {
            crashAndAwaitWait(app, b);
            assertThat(cast.record()).containsExactly("-b", "-c", "-a");
            assertThat(app.tree().children())
                    .extracting(SupervisorTree.Child::status)
                    .containsOnly(Status.RESTARTING);
            ticker.advance(SECOND);
            cast.awaitRecord("-b", "-c", "-a", "+a", "+b", "+c");
        }
    }

    @Test
    @DisplayName("8.5 when the one that waits is terminated, those that went with it are started without it")
    void terminatedSiblingsGoOn() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b, c))) {
            crashAndAwaitWait(app, b);
            app.ref(b).terminate();
            cast.awaitRecord("-b", "-c", "-a", "+a", "+c");
        }
    }

    @Test
    @DisplayName("8.5 when one of several that wait in one_for_one is terminated, the others go on waiting")
    void terminatedStartsNoStranger() throws Exception {
        ChildSpec<Cast.Line> other = cast.child("d").withBackoff(Backoff.fixed(DAY));
        try (Supervisor app = start(SupervisorSpec.oneForOne("app", a, b, other))) {
            crashAndAwaitWait(app, other);
            crashAndAwaitWait(app, b);
            app.ref(b).terminate();
            assertThat(Cast.line(app, "d").nextTry()).contains(DAY);
            assertThat(cast.record()).containsExactly("-d", "-b");
        }
    }

    @Test
    @DisplayName("8.5 one that goes with another can be terminated: it is left out")
    void terminatedFollower() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b, c))) {
            crashAndAwaitWait(app, b);
            app.ref(c).terminate();
            ticker.advance(SECOND);
            cast.awaitRecord("-b", "-c", "-a", "+a", "+b");
            assertThat(Cast.line(app, "c").status()).isEqualTo(Status.STOPPED);
        }
    }

    @Test
    @DisplayName("8.5 one that goes with another is restarted with it")
    void restartedFollower() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b, c))) {
            crashAndAwaitWait(app, b);
            app.ref(c).restart();
            assertThat(cast.record()).containsExactly("-b", "-c", "-a", "+a", "+b", "+c");
        }
    }

    @Test
    @DisplayName("8.3, 8.5 when a child before the one that waits ends, its restart takes that one along")
    void overtaken() throws Exception {
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, b, c))) {
            crashAndAwaitWait(app, b);
            Cast.crash(app, a);
            cast.awaitRecord("-b", "-c", "-a", "+a", "+b", "+c");
            Cast.process(app, c);
            ticker.advance(DAY);
            app.ref(a).restart();
            assertThat(cast.starts("b")).isEqualTo(2);
        }
    }

    @Test
    @DisplayName(
            "8.3, 8.5 one that had finished or been terminated before waits with its group, and is started with it")
    void finishedWaitsToo() throws Exception {
        ChildSpec<Cast.Line> worker = c.withRestart(Restart.TRANSIENT);
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b, worker))) {
            Cast.finish(app, worker);
            Cast.awaitStatus(app, "c", Status.ENDED);
            app.ref(a).terminate();
            crashAndAwaitWait(app, b);
            assertThat(app.tree().children())
                    .extracting(SupervisorTree.Child::status)
                    .containsOnly(Status.RESTARTING);
            ticker.advance(SECOND);
            cast.awaitRecord("-c", "-a", "-b", "+a", "+b", "+c");
        }
    }

    @Test
    @DisplayName("8.5 who is terminated while its group waits is left out until the group runs again, whatever fails")
    void terminatedFollowerStaysOut() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b, c))) {
            crashAndAwaitWait(app, b);
            app.ref(c).terminate();
            cast.failNextStarts("b", 1, new IOException("not yet"));
            ticker.advance(SECOND);
            cast.awaitRecord("-b", "-c", "-a", "+a", "!b", "-a");
            Cast.settle(app);
            assertThat(ticker.advanceToNextDeadline()).isEqualTo(SECOND.multipliedBy(2));
            cast.awaitRecord("-b", "-c", "-a", "+a", "!b", "-a", "+a", "+b");
            Cast.process(app, b);
            assertThat(Cast.line(app, "c").status()).isEqualTo(Status.STOPPED);

            cast.forget();
            Cast.crash(app, a);
            cast.awaitRecord("-a", "-b", "+a", "+b", "+c");
        }
    }

    @Test
    @DisplayName("8.3, 8.5 a wait is void once a child before it ended: nobody is started ahead of what it depends on")
    void waitIsVoidWhileAnotherWaits() throws Exception {
        ChildSpec<Cast.Line> slow = a.withBackoff(Backoff.fixed(SECOND.multipliedBy(5)));
        try (Supervisor app = start(SupervisorSpec.restForOne("app", slow, b, c))) {
            crashAndAwaitWait(app, b);
            crashAndAwaitWait(app, slow);
            assertThat(Cast.line(app, "b").nextTry()).as("goes with a").isEmpty();
            ticker.advance(SECOND.multipliedBy(5).minusNanos(1));
            app.ref("c").terminate(); // handled behind whatever the time has brought
            assertThat(cast.record()).containsExactly("-b", "-c", "-a");
            ticker.advance(Duration.ofNanos(1));
            cast.awaitRecord("-b", "-c", "-a", "+a", "+b");
        }
    }

    @Test
    @DisplayName("8.3, 8.5 one that was added behind a child that waits, and ends, waits until that one is back")
    void addedBehind() throws Exception {
        ChildSpec<Cast.Line> d = cast.child("d");
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, b, c))) {
            crashAndAwaitWait(app, b);
            app.children().start(d);
            Cast.crash(app, d);
            Cast.settle(app);
            assertThat(app.tree().recentRestarts())
                    .as("it is a restart of its own")
                    .isEqualTo(2);
            assertThat(Cast.line(app, "d").nextTry()).as("goes with b").isEmpty();
            assertThat(cast.record()).containsExactly("-b", "-c", "+d", "-d");
            ticker.advance(SECOND);
            cast.awaitRecord("-b", "-c", "+d", "-d", "+b", "+c", "+d");
        }
    }

    @Test
    @DisplayName("8.3, 8.5, known failure 21: who was started behind a child that waits is stopped before that starts")
    void startedMeanwhile() throws Exception {
        ChildSpec<Cast.Line> d = cast.child("d");
        ChildSpec<Cast.Line> guest = cast.child("e").withRestart(Restart.TEMPORARY);
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, b, c))) {
            crashAndAwaitWait(app, b);
            app.children().start(d);
            app.children().start(guest);
            ticker.advance(SECOND);
            cast.awaitRecord("-b", "-c", "+d", "+e", "-e", "-d", "+b", "+c", "+d");
            assertThat(Cast.find(app.tree(), "e")).as("temporary, so gone").isEmpty();
        }
    }

    @Test
    @DisplayName("8.5 a wait that is cut short by a round in which a sibling fails names that sibling")
    void cutShortFailsOfSibling() throws Exception {
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b, c))) {
            crashAndAwaitWait(app, b);
            cast.failNextStarts("a", 1, new IOException("once"));
            assertThatThrownBy(() -> app.ref(c).restart())
                    .isInstanceOfSatisfying(
                            SupervisorException.StartFailed.class,
                            failed -> assertThat(failed.child()).isEqualTo("a"));
            cast.awaitRecord("-b", "-c", "-a", "!a", "+a", "+b", "+c");
        }
    }

    @Test
    @DisplayName("8.3, 8.7 a child that waits can be replaced by a temporary one, which waits for nothing")
    void replacedByTemporary() throws Exception {
        ChildSpec<Cast.Line> guest = cast.child("d").withRestart(Restart.TEMPORARY);
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, b, c))) {
            crashAndAwaitWait(app, b);
            app.ref(b).replace(guest);
            cast.awaitRecord("-b", "-c", "+d", "+c");
            assertThat(Cast.line(app, "d").status()).isEqualTo(Status.RUNNING);
        }
    }

    @Test
    @DisplayName("8.3, 8.7 one that goes with another can be replaced by a temporary one, which goes when that is back")
    void followerReplacedByTemporary() throws Exception {
        ChildSpec<Cast.Line> guest = cast.child("d").withRestart(Restart.TEMPORARY);
        try (Supervisor app = start(SupervisorSpec.restForOne("app", a, b, c))) {
            crashAndAwaitWait(app, b);
            app.ref(c).replace(guest);
            assertThat(cast.record()).containsExactly("-b", "-c", "+d");
            ticker.advance(SECOND);
            cast.awaitRecord("-b", "-c", "+d", "-d", "+b");
            Cast.process(app, b);
            assertThat(app.children().count()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("8.7 a temporary one that takes the place of a child that waits, and fails to start, is forgotten")
    void replacedByTemporaryThatFails() throws Exception {
        ChildSpec<Cast.Line> guest = cast.child("d").withRestart(Restart.TEMPORARY);
        try (Supervisor app = start(SupervisorSpec.oneForAll("app", a, b, c))) {
            crashAndAwaitWait(app, b);
            cast.failStarts("d", new IOException("never"));
            assertThatThrownBy(() -> app.ref(b).replace(guest)).isInstanceOf(SupervisorException.StartFailed.class);
            cast.awaitRecord("-b", "-c", "-a", "!d", "+a", "+c");
            assertThat(Cast.find(app.tree(), "d")).isEmpty();
        }
    }
}
