package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import dev.selvage.testing.PinnedEvents;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Nothing is left running behind a block, and closing it is bounded in time (rules 5.0, 5.8, 3.3, 3.4). */
class ProcessScopeTest {

    @Test
    @DisplayName("5.0 close stops and joins every process; queued messages are handled first")
    void closeStopsAndJoins() {
        List<Integer> handled = new ArrayList<>();
        List<ProcessRef<?>> processes = new ArrayList<>();
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<Integer> server = scope.start("server", mailbox -> {
                for (; ; ) {
                    handled.add(mailbox.receive());
                }
            });
            processes.add(server);
            processes.add(scope.run("task", () -> new CountDownLatch(1).await()));
            for (int i = 0; i < 100; i++) {
                server.send(i);
            }
            assertThat(scope.processes()).containsExactlyElementsOf(processes);
        }
        assertThat(handled).hasSize(100);
        assertThat(processes).allSatisfy(process -> {
            assertThat(process.exitReason()).contains(ExitReason.shutdown());
            assertThat(process.thread().isAlive()).isFalse();
        });
    }

    @Test
    @DisplayName("5.0 the name of a process is its thread's, and its owner-view is itself")
    void names() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> process = scope.start("named", Mailbox::receive);
            assertThat(process.name()).isEqualTo("named");
            assertThat(process.thread().getName()).isEqualTo("named");
            assertThat(process.thread().isVirtual()).isTrue();
            assertThat(process).hasToString("process 'named' (running)");
        }
    }

    @Test
    @DisplayName("5.0 a process without a mailbox refuses what is sent to it")
    @SuppressWarnings("unchecked") // what a careless cast would do
    void taskTakesNoMessages() {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> task = (ProcessRef<String>) scope.run("task", () -> new CountDownLatch(1).await());
            assertThat(task.send("message")).isFalse();
            assertThat(task.mailboxLength()).isZero();
        }
    }

    @Test
    @DisplayName("3.3 only the owner starts and closes, and the error names both threads")
    void onlyTheOwner() throws Exception {
        try (ProcessScope scope = ProcessScope.open("owned")) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread other = Thread.ofVirtual().name("intruder").start(() -> {
                try {
                    scope.run("task", () -> {});
                } catch (Throwable t) {
                    thrown.set(t);
                }
            });
            other.join();
            assertThat(thrown.get())
                    .isInstanceOf(ProcessException.class)
                    .hasMessageContaining("owned")
                    .hasMessageContaining("intruder")
                    .hasMessageContaining(Thread.currentThread().getName());
        }
    }

    @Test
    @DisplayName("5.0 a closed scope starts nothing, and says so")
    void closed() {
        ProcessScope scope = ProcessScope.open("gone");
        scope.close();
        scope.close();
        assertThatThrownBy(() -> scope.run("late", () -> {}))
                .isInstanceOf(ProcessException.class)
                .hasMessageContaining("gone")
                .hasMessageContaining("late");
    }

    @Test
    @DisplayName("12 blank names are refused, naming argument and value")
    void blankNames() {
        assertThatThrownBy(() -> ProcessScope.open(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("name: ' '; allowed: not blank");
        try (ProcessScope scope = ProcessScope.open("test")) {
            assertThatThrownBy(() -> scope.run("", () -> {})).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> scope.run("x", null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("task");
        }
    }

    @Test
    @DisplayName("5.8 shutdown: an orderly stop in time is shutdown; after that an interrupt, killed; then abandoned")
    void stages() throws Exception {
        AtomicBoolean release = new AtomicBoolean();
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> orderly = scope.start("orderly", Mailbox::receive);
            assertThat(orderly.shutdown(Duration.ofDays(1), Duration.ofDays(1))).isEqualTo(ExitReason.shutdown());

            ProcessRef<String> deaf = scope.start("deaf", mailbox -> new CountDownLatch(1).await());
            assertThat(deaf.shutdown(Duration.ofMillis(1), Duration.ofDays(1))).isEqualTo(ExitReason.killed());
            assertThat(deaf.isAbandoned()).isFalse();

            ProcessRef<?> stuck = scope.run("stuck", () -> {
                while (!release.get()) {
                    Thread.interrupted();
                    LockSupport.park();
                }
            });
            Waiting.untilParked(stuck);
            assertThat(stuck.shutdown(Duration.ZERO, Duration.ofMillis(1))).isEqualTo(ExitReason.killed());
            assertThat(stuck.isAbandoned()).isTrue();
            release.set(true);
            LockSupport.unpark(stuck.thread());
        }
    }

    @Test
    @DisplayName("5.8 a process that shuts itself down is refused; one that joins itself too")
    void selfShutdown() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            List<String> errors = Collections.synchronizedList(new ArrayList<>());
            scope.run("self", () -> {
                        ProcessRef<?> self = ProcessRef.current().orElseThrow();
                        for (ThrowingRunnable action : List.<ThrowingRunnable>of(
                                () -> self.shutdown(Duration.ZERO, Duration.ZERO),
                                self::join,
                                () -> self.join(Duration.ofDays(1)))) {
                            try {
                                action.run();
                            } catch (ProcessException e) {
                                errors.add(e.getMessage());
                            }
                        }
                    })
                    .join();
            assertThat(errors).hasSize(3).allSatisfy(error -> assertThat(error).contains("'self'"));
        }
    }

    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    @Test
    @DisplayName("3.4 a process that ignores its interrupt does not hang the close (known failure 25); enclosing and "
            + "later scopes work on")
    void closeIsBounded() throws Exception {
        AtomicBoolean release = new AtomicBoolean();
        CompletableFuture<Thread> stuckThread = new CompletableFuture<>();
        List<String> events = Collections.synchronizedList(new ArrayList<>());
        Thread opener = Thread.startVirtualThread(() -> {
            try (ProcessScope outer = ProcessScope.open("outer")) {
                try (ProcessScope inner = ProcessScope.open("inner")) {
                    ProcessRef<?> stuck = inner.run(
                            "stuck",
                            () -> {
                                while (!release.get()) {
                                    Thread.interrupted();
                                    LockSupport.park();
                                }
                            },
                            options -> options.withStopPatience(Duration.ofMillis(1))
                                    .withInterruptPatience(Duration.ofMillis(1)));
                    stuckThread.complete(stuck.thread());
                }
                events.add("inner closed");
                outer.run("still starts", () -> events.add("ran")).join();
                try (ProcessScope later = ProcessScope.open("later")) {
                    later.run("task", () -> events.add("later ran")).join();
                }
                events.add("later closed");
            } catch (InterruptedException e) {
                events.add("interrupted");
            }
            events.add("outer closed");
        });
        Waiting.untilParked(opener);
        stuckThread.get();
        Threads.awaitTrue("the outer scope is closed", () -> events.contains("outer closed"));
        assertThat(opener.isAlive()).as("waits behind for the stuck thread").isTrue();
        release.set(true);
        LockSupport.unpark(stuckThread.get());
        opener.join();
        assertThat(events).containsExactly("inner closed", "ran", "later ran", "later closed", "outer closed");
    }

    @Test
    @DisplayName("3.4 a scope whose stuck process has ended meanwhile makes nobody wait")
    void lateEndIsNoticed() throws Exception {
        AtomicBoolean release = new AtomicBoolean();
        Thread opener = Thread.startVirtualThread(() -> {
            try (ProcessScope outer = ProcessScope.open("outer")) {
                Thread stuckThread;
                try (ProcessScope inner = ProcessScope.open("inner")) {
                    ProcessRef<?> stuck = inner.run(
                            "stuck",
                            () -> {
                                while (!release.get()) {
                                    Thread.interrupted();
                                    LockSupport.park();
                                }
                            },
                            options -> options.withStopPatience(Duration.ZERO).withInterruptPatience(Duration.ZERO));
                    stuckThread = stuck.thread();
                }
                release.set(true);
                LockSupport.unpark(stuckThread);
                joinQuietly(stuckThread);
                assertThat(outer.processes()).isEmpty();
            }
        });
        opener.join();
    }

    private static void joinQuietly(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("5.0 an interrupt of the closing owner is passed on to the processes, the close finished, the status "
            + "set again")
    void interruptedClose() throws Exception {
        AtomicBoolean statusKept = new AtomicBoolean();
        CompletableFuture<ProcessRef<String>> started = new CompletableFuture<>();
        CountDownLatch closing = new CountDownLatch(1);
        Thread opener = Thread.startVirtualThread(() -> {
            try (ProcessScope scope = ProcessScope.open("test")) {
                started.complete(scope.start(
                        "deaf to stops",
                        mailbox -> new CountDownLatch(1).await(),
                        options -> options.withStopPatience(Duration.ofDays(1))));
                closing.countDown();
            }
            statusKept.set(Thread.currentThread().isInterrupted());
        });
        closing.await();
        Waiting.untilParked(opener);
        opener.interrupt();
        opener.join();
        assertThat(started.get().exitReason()).contains(ExitReason.killed());
        assertThat(statusKept).isTrue();
    }

    @Test
    @DisplayName("5.8 each process of a closing scope is given its own patience, and all together the longest")
    void patienceOfEach() throws Exception {
        FakeTicker ticker = new FakeTicker();
        CompletableFuture<List<ProcessRef<?>>> started = new CompletableFuture<>();
        Thread opener = Thread.startVirtualThread(() -> {
            try (ProcessScope scope = ProcessScope.open("test", options -> options.withTicker(ticker))) {
                List<ProcessRef<?>> deaf = new ArrayList<>();
                for (int seconds : List.of(10, 2, 4)) {
                    deaf.add(scope.start(
                            "deaf-" + seconds,
                            mailbox -> new CountDownLatch(1).await(),
                            options -> options.withStopPatience(Duration.ofSeconds(seconds))));
                }
                started.complete(deaf);
            }
        });
        List<ProcessRef<?>> deaf = started.get();
        for (int index : List.of(1, 2, 0)) {
            assertThat(deaf.get(index).isAlive()).isTrue();
            ticker.awaitParked(1);
            ticker.advanceToNextDeadline();
            assertThat(deaf.get(index).join()).isEqualTo(ExitReason.killed());
        }
        opener.join();
        assertThat(ticker.elapsed()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    @DisplayName("5.0 join waits for the processes to end by themselves and leaves the scope open")
    void join() throws Exception {
        List<String> events = Collections.synchronizedList(new ArrayList<>());
        try (ProcessScope scope = ProcessScope.open("test")) {
            scope.run("a", () -> events.add("a"));
            scope.run("b", () -> events.add("b"));
            scope.join();
            assertThat(events).containsExactlyInAnyOrder("a", "b");
            assertThat(scope.run("c", () -> events.add("c")).join()).isEqualTo(ExitReason.normal());
        }
    }

    @Test
    @DisplayName("4.2 a hundred thousand processes leave nothing in their scope")
    void nothingIsLeft() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            for (int i = 0; i < 100_000; i++) {
                scope.run("task", () -> {});
                if (i % 1_000 == 0) {
                    scope.join();
                }
            }
            scope.join();
            assertThat(scope.processes()).isEmpty();
        }
    }

    @Test
    @DisplayName("5.8 who keeps a reference to a process that has ended keeps nothing of its body")
    void bodyIsNotKept() throws Exception {
        List<WeakReference<Object>> captured = new ArrayList<>();
        List<ProcessRef<?>> kept = new ArrayList<>();
        try (ProcessScope scope = ProcessScope.open("test")) {
            kept.add(scope.run("task", using(captured)));
            kept.add(receiving(scope, using(captured)));
            for (ProcessRef<?> process : kept) {
                process.join();
            }
        }
        Threads.awaitTrue("what they used is not reachable", () -> {
            System.gc();
            return captured.stream().allMatch(reference -> reference.get() == null);
        });
        assertThat(kept).allSatisfy(process -> assertThat(process.isAlive()).isFalse());
    }

    /** A variable of the test would keep what it used. */
    private static ProcessRef<String> receiving(ProcessScope scope, TaskBody body) {
        return scope.start("process", mailbox -> body.run());
    }

    private static TaskBody using(List<WeakReference<Object>> captured) {
        Object payload = new Object();
        captured.add(new WeakReference<>(payload));
        return () -> assertThat(payload).isNotNull();
    }

    @Test
    @DisplayName(
            "5.8 two processes failing at the same instant end both, and the close does not hang (known failure 8)")
    void simultaneousFailures() throws Exception {
        for (int round = 0; round < 500; round++) {
            CountDownLatch go = new CountDownLatch(1);
            try (ProcessScope scope = ProcessScope.open("test", o -> o.withExitListener(exit -> {}))) {
                List<ProcessRef<?>> both = new ArrayList<>();
                for (String name : List.of("left", "right")) {
                    both.add(scope.run(name, () -> {
                        go.await();
                        throw new Quiet();
                    }));
                }
                go.countDown();
                for (ProcessRef<?> process : both) {
                    assertThat(process.join()).isInstanceOf(ExitReason.Failed.class);
                }
            }
        }
    }

    @Test
    @DisplayName("3.7 sends, calls, timeouts, monitors and exits pin no carrier")
    void pinsNothing() throws Exception {
        assertThat(PinnedEvents.of(ProcessScopeTest::callsAndExits)).isEmpty();
    }

    private static void callsAndExits() throws Exception {
        for (UnaryOperator<ProcessOptions> mailboxes : List.<UnaryOperator<ProcessOptions>>of(
                options -> options, options -> options.withCapacity(2, Mailbox.Overflow.BLOCK))) {
            try (ProcessScope scope = ProcessScope.open("test")) {
                ProcessRef<ReplyTo<Integer>> server = scope.start(
                        "server",
                        mailbox -> {
                            for (int i = 0; i < 2_000; i++) {
                                mailbox.receive().reply(i);
                                mailbox.receive(Duration.ofNanos(1)).ifPresent(late -> late.reply(0));
                            }
                        },
                        mailboxes);
                for (int c = 0; c < 4; c++) {
                    scope.run("client", () -> {
                        while (isAnswered(server)) {
                            Thread.onSpinWait();
                        }
                    });
                }
                scope.join();
            }
        }
    }

    private static boolean isAnswered(ProcessRef<ReplyTo<Integer>> server) throws InterruptedException {
        try {
            server.<Integer>call(from -> from);
            return true;
        } catch (ProcessException.Exited ended) {
            return false;
        }
    }

    private static final class Quiet extends Exception {
        private static final long serialVersionUID = 1L;

        Quiet() {
            super("planned", null, false, false);
        }
    }
}
