package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitReason;
import dev.selvage.supervisor.SupervisorTree.Event;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import dev.selvage.time.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule 8.9: what listeners hear of a tree. */
class EventTest {
    private final Cast cast = new Cast();
    private final FakeTicker ticker = new FakeTicker();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final CountDownLatch never = new CountDownLatch(1);

    private String text(Event event) {
        return switch (event) {
            case Event.Started started ->
                "started " + started.child() + " " + started.process().name();
            case Event.Declined declined -> "declined " + declined.child();
            case Event.Exited exited -> "exited " + exited.child() + " " + shortly(exited.reason());
            case Event.StartFailed failed ->
                "failed " + failed.child() + " " + failed.cause().getMessage();
            case Event.Restarting restarting ->
                "restarting " + restarting.child() + " " + shortly(restarting.reason()) + " " + restarting.restarts()
                        + " " + restarting.delay();
            case Event.Abandoned abandoned -> "abandoned " + abandoned.child() + " " + isIn(abandoned.stack());
            case Event.AbandonedEnded ended -> "abandoned ended " + ended.child();
            case Event.Ready ready -> "ready " + ready.supervisor();
            case Event.GaveUp gaveUp ->
                "gave up " + gaveUp.supervisor() + " " + gaveUp.cause().child();
            case Event.Stopping stopping -> "stopping " + stopping.supervisor();
            case Event.Ended ended -> "ended " + ended.supervisor();
            case Event.Missed missed -> "missed " + missed.events();
        };
    }

    private static boolean isIn(List<StackTraceElement> stack) {
        return stack.stream().anyMatch(frame -> frame.getClassName().equals(Stuck.class.getName()));
    }

    private static String shortly(ExitReason reason) {
        return reason instanceof ExitReason.Failed(Throwable cause) ? cause.getMessage() : reason.toString();
    }

    private Consumer<Event> listener() {
        return event -> heard.add(text(event));
    }

    private void awaitHeard(String... texts) {
        Threads.awaitTrue("heard " + List.of(texts) + ", is " + heard, () -> heard.size() >= texts.length);
        assertThat(heard).containsExactly(texts);
    }

    @Test
    @DisplayName("8.9 a listener hears in order what happens: starts, exits, restarts, failed starts, the stop")
    void inOrder() throws Exception {
        ChildSpec<Cast.Line> a = cast.child("a").withBackoff(Backoff.fixed(Duration.ofSeconds(1)));
        ChildSpec<Void> none = ChildSpec.resource("none", () -> null);
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", a, none)
                .withListener(listener())
                .withTicker(ticker))) {
            awaitHeard("started a a", "declined none", "ready app");
            heard.clear();
            cast.failNextStarts("a", 1, new IOException("not yet"));
            Cast.crash(app, a);
            ticker.advanceToNextDeadline();
            awaitHeard(
                    "exited a crash of a",
                    "restarting a crash of a 0 PT1S",
                    "failed a not yet",
                    "restarting a not yet 0 PT1S");
            heard.clear();
            ticker.advanceToNextDeadline();
            awaitHeard("started a a");
            heard.clear();
            app.stop();
            app.join();
        }
        awaitHeard("stopping app", "exited a shutdown", "ended app");
    }

    @Test
    @DisplayName("8.9 a listener hears of the supervisors below, and of giving up; one below hears of its own only")
    void nested() throws Exception {
        List<String> below = new CopyOnWriteArrayList<>();
        ChildSpec<Cast.Line> a = cast.child("a");
        ChildSpec<Void> nested = ChildSpec.supervisor(SupervisorSpec.oneForOne("nested", a)
                .withIntensity(0, Duration.ofSeconds(1))
                .withListener(event -> below.add(text(event))));
        try (Supervisor app =
                Supervisor.start(SupervisorSpec.oneForOne("app", nested).withListener(listener()))) {
            Cast.crash(app, a);
            Threads.awaitTrue("all runs anew", () -> heard.contains("restarting nested " + gaveUpText() + " 0 PT0S"));
            Cast.process(app, a);
            Threads.awaitTrue("heard", () -> heard.size() == 13 && below.size() == 8);
            assertThat(heard)
                    .containsExactly(
                            "started a a",
                            "ready nested",
                            "started nested nested",
                            "ready app",
                            "exited a crash of a",
                            "gave up nested a",
                            "stopping nested",
                            "ended nested",
                            "exited nested " + gaveUpText(),
                            "restarting nested " + gaveUpText() + " 0 PT0S",
                            "started a a",
                            "ready nested",
                            "started nested nested");
            assertThat(below)
                    .containsExactly(
                            "started a a",
                            "ready nested",
                            "exited a crash of a",
                            "gave up nested a",
                            "stopping nested",
                            "ended nested",
                            "started a a",
                            "ready nested");
        }
    }

    private static String gaveUpText() {
        return "supervisor 'nested' gave up: child 'a' needs one restart more than the 0 within 1 s that are allowed;"
                + " it last ended (failed: java.lang.IllegalStateException: crash of a)";
    }

    @Test
    @DisplayName("8.9, known failure 25: a listener hears of an abandoned child with its stack, and of its end at last")
    void abandoned() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        ChildSpec<Void> stuck =
                Stuck.child("stuck", end).withShutdown(Shutdown.brutal().withInterruptTime(Duration.ZERO));
        try (Supervisor app =
                Supervisor.start(SupervisorSpec.oneForOne("app", stuck).withListener(listener()))) {
            app.ref(stuck).terminate();
            awaitHeard("started stuck stuck", "ready app", "abandoned stuck true", "exited stuck killed");
            assertThat(app.tree().stuckThreads()).isEqualTo(1);
            end.countDown();
            Threads.awaitTrue("the end is heard", () -> heard.contains("abandoned ended stuck"));
            assertThat(app.tree().stuckThreads()).isZero();
        }
    }

    @Test
    @DisplayName("8.9 a listener that throws hears the next event all the same")
    void failing() throws Exception {
        Supervisor app = Supervisor.start(
                SupervisorSpec.oneForOne("app", cast.child("a")).withListener(event -> {
                    heard.add(text(event));
                    throw new IllegalStateException("planned");
                }));
        app.close();
        awaitHeard("started a a", "ready app", "stopping app", "exited a shutdown", "ended app");
    }

    @Test
    @DisplayName("8.9 a listener that never returns holds nobody up, and what it misses is counted")
    void slow() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        ChildSpec<Cast.Line> a = cast.child("a");
        int most = Hearing.LONGEST_QUEUE;
        try (Supervisor app = Supervisor.start(SupervisorSpec.dynamic("app").withListener(event -> {
            try {
                goOn.await();
            } catch (InterruptedException nobodyDoesThat) {
                Thread.currentThread().interrupt();
            }
            heard.add(text(event));
        }))) {
            for (int child = 0; child < most / 2 + 50; child++) {
                app.children().start(a).terminate();
            }
            goOn.countDown();
            Threads.awaitTrue("all is heard", () -> heard.size() >= most + 1);
            assertThat(heard).filteredOn(text -> text.startsWith("missed")).containsExactly("missed 101");
        }
    }

    @Test
    @DisplayName("8.9 a listener runs on a thread of its own, one event after the other, and leaves no thread behind")
    void ownThread() throws Exception {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", cast.child("a"))
                .withListener(event -> threads.add(Thread.currentThread())));
        app.close();
        Threads.awaitTrue("all was heard", () -> threads.size() == 5);
        assertThat(threads)
                .allMatch(Thread::isVirtual)
                .extracting(Thread::getName)
                .containsOnly("listener of app");
        Threads.awaitTrue("they have ended", () -> threads.stream().noneMatch(Thread::isAlive));
        assertThat(never.getCount()).isOne();
    }
}
