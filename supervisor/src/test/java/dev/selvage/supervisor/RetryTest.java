package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.SupervisorException.GaveUp;
import dev.selvage.supervisor.SupervisorException.Refused;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import dev.selvage.time.FakeTicker;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules 8.3 to 8.5: what a start that fails in the course of a restart counts for, and what it does not. */
class RetryTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final FakeTicker ticker = new FakeTicker();
    private final Cast cast = new Cast();
    private final ChildSpec<Cast.Line> a = cast.child("a");

    /** Waits 1 s, 2 s, 4 s...; stable after 10 s. */
    private final ChildSpec<Cast.Line> b = cast.child("b").withBackoff(Backoff.exponential(SECOND, DAY));

    private Supervisor start(ChildSpec<?>... children) throws InterruptedException {
        Supervisor supervisor = Supervisor.start(SupervisorSpec.oneForOne("app", children)
                .withIntensity(100, DAY)
                .withTicker(ticker));
        cast.forget();
        return supervisor;
    }

    private void assertWaits(Supervisor app, long seconds) {
        Cast.settle(app);
        assertThat(Cast.line(app, "b").nextTry()).contains(Duration.ofSeconds(seconds));
        ticker.awaitParked(1);
    }

    @Test
    @DisplayName("8.4, known failure 22: a start that fails counts with the child's own limit, too")
    void countsWithTheChild() throws Exception {
        IOException cause = new IOException("down");
        ChildSpec<Cast.Line> frail = cast.child("frail").withIntensity(2, DAY);
        try (Supervisor app = start(a, frail)) {
            cast.failStarts("frail", cause);
            Cast.crash(app, frail);

            assertThat(app.join())
                    .isInstanceOfSatisfying(
                            ExitReason.Failed.class,
                            failed -> assertThat(failed.cause())
                                    .isInstanceOf(GaveUp.class)
                                    .hasMessageContaining("its own limit")
                                    .hasCause(cause));
            assertThat(cast.record()).containsExactly("-frail", "!frail", "!frail", "-a");
        }
    }

    @Test
    @DisplayName("8.5 a start that fails is no stable run, however long the child had run before")
    void isNoStableRun() throws Exception {
        try (Supervisor app = start(a, b)) {
            ticker.advance(DAY);
            cast.failNextStarts("b", 1, new IOException("not yet"));
            Cast.crash(app, b);
            assertWaits(app, 1);
            ticker.advance(SECOND);
            cast.awaitRecord("-b", "!b");
            assertWaits(app, 2);
        }
    }

    @Test
    @DisplayName("8.5 the time that a start takes is no part of a stable run")
    void startIsNoStableRun() throws Exception {
        CountDownLatch mayBeReady = new CountDownLatch(1);
        int[] starts = {0};
        ChildSpec<Void> slow = ChildSpec.<Void>process("b", (mailbox, start) -> {
                    if (++starts[0] == 2) {
                        cast.add("is slow");
                        mayBeReady.await();
                    }
                    start.ready();
                    mailbox.receive();
                })
                .withStartTimeout(DAY)
                .withBackoff(Backoff.exponential(SECOND, DAY));
        try (Supervisor app = start(a, slow)) {
            app.child(slow).orElseThrow().kill();
            Threads.awaitTrue("it waits", () -> Cast.line(app, "b").nextTry().isPresent());
            assertWaits(app, 1);
            ticker.advance(SECOND);
            cast.awaitRecord("is slow");
            ticker.advance(SECOND.multipliedBy(10));
            mayBeReady.countDown();
            app.ref(slow).await(DAY).orElseThrow().kill();
            Threads.awaitTrue("it waits", () -> Cast.line(app, "b").nextTry().isPresent());
            assertWaits(app, 2);
        }
    }

    @Test
    @DisplayName("8.3, 8.7 a child whose start has failed is restarting until the next attempt: it cannot be deleted")
    void isRestarting() throws Exception {
        CountDownLatch mayFail = new CountDownLatch(1);
        int[] starts = {0};
        ChildSpec<Void> hesitant = ChildSpec.<Void>process("b", (mailbox, start) -> {
                    if (++starts[0] == 2) {
                        cast.add("hesitates");
                        mayFail.await();
                        throw new IOException("not yet");
                    }
                    start.ready();
                    mailbox.receive();
                })
                .withStartTimeout(DAY);
        try (Supervisor app = start(a, hesitant);
                Threads threads = new Threads()) {
            app.child(hesitant).orElseThrow().kill();
            cast.awaitRecord("hesitates");
            Thread asker = threads.start(
                    ThreadKind.PLATFORM,
                    "asker",
                    () -> assertThatThrownBy(() -> app.ref(hesitant).delete())
                            .isInstanceOf(Refused.class)
                            .hasMessageContaining("; terminate it first"));
            Threads.awaitState(asker, Thread.State.WAITING); // its request is in the queue, ahead of the failure
            mayFail.countDown();
            asker.join();
            assertThat(app.ref(hesitant).await(DAY)).isPresent();
        }
    }

    @Test
    @DisplayName("3.2, known failure 23: a start that failed leaves nothing behind, not even its process in memory")
    void leavesNothing() throws Exception {
        List<WeakReference<ProcessRef<?>>> failed = new CopyOnWriteArrayList<>();
        ChildSpec<Void> hesitant = ChildSpec.process("b", (mailbox, start) -> {
            if (failed.size() < 3) {
                failed.add(new WeakReference<>(mailbox.self()));
                throw new IOException("not yet");
            }
            start.ready();
            mailbox.receive();
        });
        try (Supervisor app = start(a)) {
            assertThatThrownBy(() -> app.children().start(hesitant)).isInstanceOf(SupervisorException.class);
            assertThatThrownBy(() -> app.children().start(hesitant)).isInstanceOf(SupervisorException.class);
            assertThatThrownBy(() -> app.children().start(hesitant)).isInstanceOf(SupervisorException.class);
            app.children().start(hesitant);
            Threads.awaitTrue("they are collected", () -> {
                System.gc();
                return failed.stream().allMatch(process -> process.get() == null);
            });
        }
    }
}
