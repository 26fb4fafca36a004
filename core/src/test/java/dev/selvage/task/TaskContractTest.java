package dev.selvage.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.registry.Registry;
import dev.selvage.registry.UniqueRegistry;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How tasks end and how waits for them do, for waiting threads of both kinds. */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class TaskContractTest {
    private static final Duration LONG = Duration.ofDays(1);

    private final ThreadKind kind;

    TaskContractTest(ThreadKind kind) {
        this.kind = kind;
    }

    /** The body runs on a thread of the kind, in a scope which that thread owns. */
    private interface InScope {
        void run(ProcessScope scope) throws Exception;
    }

    private void inScope(InScope body) {
        Threads.run(kind, () -> {
            try (ProcessScope scope = ProcessScope.open("test")) {
                body.run(scope);
            }
        });
    }

    private static <T> Task<T> never(ProcessScope scope, String name) {
        return Task.start(scope, name, () -> {
            new CountDownLatch(1).await();
            throw new AssertionError("nobody opens it");
        });
    }

    // ---- how it ends

    @Test
    @DisplayName("await returns what the body returned, null too, any number of times")
    void value() {
        inScope(scope -> {
            Task<String> task = Task.start(scope, "value", () -> "done");
            assertThat(task.await()).isEqualTo("done");
            assertThat(task.await(LONG)).isEqualTo("done");
            assertThat(task.join()).isEqualTo(new Outcome.Success<>("done"));
            assertThat(Task.start(scope, "null", () -> null).await()).isNull();
        });
    }

    @Test
    @DisplayName("a body that throws is a failure, an Error like an exception, thrown by await with its cause")
    void failure() {
        inScope(scope -> {
            for (Throwable cause : List.of(new IOException("disk full"), new StackOverflowError())) {
                Task<String> task = Task.start(scope, "failing", () -> {
                    if (cause instanceof Error error) {
                        throw error;
                    }
                    throw (Exception) cause;
                });
                assertThat(task.join()).isEqualTo(new Outcome.Failure<>(cause));
                assertThatThrownBy(task::await)
                        .isInstanceOf(TaskException.Failed.class)
                        .hasMessage("task 'failing' failed: " + cause)
                        .hasCause(cause);
                assertThat(task.process().exitReason()).hasValue(ExitReason.failed(cause));
            }
        });
    }

    @Test
    @DisplayName("cancel interrupts the body, and says that it decided the outcome; a second one does not")
    void cancel() {
        inScope(scope -> {
            Task<String> task = never(scope, "endless");
            assertThat(task.cancel()).isTrue();
            assertThat(task.cancel()).isFalse();
            assertThat(task.join()).isEqualTo(new Outcome.Cancelled<>(ExitReason.killed()));
            assertThatThrownBy(task::await)
                    .isInstanceOf(TaskException.Cancelled.class)
                    .hasMessage("task 'endless' ended without a result: killed");
            assertThat(task.cancel()).isFalse();
        });
    }

    @Test
    @DisplayName("cancelling a task that is done changes nothing and says so")
    void cancelTooLate() {
        inScope(scope -> {
            Task<String> done = Task.start(scope, "done", () -> "value");
            done.join();
            assertThat(done.cancel()).isFalse();
            assertThat(done.await()).isEqualTo("value");

            Task<String> failed = Task.start(scope, "failed", () -> {
                throw new IOException("no");
            });
            failed.process().join();
            assertThat(failed.cancel()).isFalse();
            assertThat(failed.join()).isInstanceOf(Outcome.Failure.class);
        });
    }

    @Test
    @DisplayName("a value that comes after the cancel is too late")
    void cancelThenValue() {
        inScope(scope -> {
            CountDownLatch go = new CountDownLatch(1);
            Task<String> task = Task.start(scope, "deaf", () -> awaitDeaf(go));
            Threads.awaitState(task.process().thread(), Thread.State.WAITING);
            assertThat(task.cancel()).isTrue();
            assertThat(task.isDone()).isFalse();
            go.countDown();
            assertThat(task.join()).isEqualTo(new Outcome.Cancelled<>(ExitReason.killed()));
        });
    }

    @Test
    @DisplayName("a task whose process is killed has no result")
    void killed() {
        inScope(scope -> {
            Task<String> task = never(scope, "killed");
            task.process().kill();
            assertThat(task.join()).isEqualTo(new Outcome.Cancelled<>(ExitReason.killed()));
        });
    }

    @Test
    @DisplayName("the closing scope stops a task: no result if it gives way, its value if it returns even so")
    void stoppedByTheScope() {
        CompletableFuture<Task<String>> stopped = new CompletableFuture<>();
        CompletableFuture<Task<String>> returned = new CompletableFuture<>();
        inScope(scope -> {
            stopped.complete(never(scope, "stopped"));
            returned.complete(Task.start(scope, "returning", () -> {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException stop) {
                    return "half";
                }
                return "never";
            }));
            Threads.awaitState(returned.join().process().thread(), Thread.State.WAITING);
        });
        assertThat(stopped.join().poll()).hasValue(new Outcome.Cancelled<>(ExitReason.shutdown()));
        assertThat(returned.join().poll()).hasValue(new Outcome.Success<>("half"));
    }

    @Test
    @DisplayName("a body that fails while it is stopped has failed")
    void failsWhileStopped() {
        CompletableFuture<Task<String>> task = new CompletableFuture<>();
        inScope(scope -> {
            task.complete(Task.start(scope, "failing", () -> {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException stop) {
                    throw new IOException("cannot flush");
                }
                return "never";
            }));
            Threads.awaitState(task.join().process().thread(), Thread.State.WAITING);
        });
        assertThat(task.join().poll())
                .hasValueSatisfying(outcome -> assertThat(outcome)
                        .isInstanceOfSatisfying(
                                Outcome.Failure.class,
                                failure -> assertThat(failure.cause()).hasMessage("cannot flush")));
    }

    @Test
    @DisplayName("4.3 an abandoned task has no result, also when its body returns one later")
    void abandoned() {
        inScope(scope -> {
            CountDownLatch go = new CountDownLatch(1);
            Task<String> task = Task.start(scope, "deaf", () -> awaitDeaf(go));
            Threads.awaitState(task.process().thread(), Thread.State.WAITING);
            task.process().shutdown(Duration.ZERO, Duration.ZERO);
            go.countDown();
            task.process().thread().join();
            assertThat(task.process().isAbandoned()).isTrue();
            assertThat(task.join()).isEqualTo(new Outcome.Cancelled<>(ExitReason.killed()));
        });
    }

    private static String awaitDeaf(CountDownLatch go) {
        return "late, interrupted: " + Threads.awaitDeaf(go);
    }

    // ---- waiting

    @Test
    @DisplayName("a wait that runs out of time ends itself alone: the task runs on")
    void timeout() {
        FakeTicker ticker = new FakeTicker();
        Threads.run(kind, () -> {
            try (ProcessScope scope = ProcessScope.open("test", options -> options.withTicker(ticker));
                    Threads threads = new Threads()) {
                CountDownLatch go = new CountDownLatch(1);
                Task<String> task = Task.start(scope, "slow", () -> {
                    go.await();
                    return "late";
                });
                List<Object> seen = new CopyOnWriteArrayList<>();
                threads.start(kind, "joiner", () -> seen.add(task.join(Duration.ofSeconds(2))));
                threads.start(
                        kind,
                        "awaiter",
                        () -> assertThatThrownBy(() -> task.await(Duration.ofSeconds(2)))
                                .isInstanceOf(TaskException.TimedOut.class)
                                .hasMessage("task 'slow' was not done within PT2S"));
                ticker.awaitParked(2);
                ticker.advance(Duration.ofSeconds(2).minusNanos(1));
                ticker.awaitParked(2);
                ticker.advance(Duration.ofNanos(1));
                threads.join();
                assertThat(seen).containsExactly(new Outcome.TimedOut<>(Duration.ofSeconds(2)));
                assertThat(task.isDone()).isFalse();
                go.countDown();
                assertThat(task.await()).isEqualTo("late");
            }
        });
    }

    @Test
    @DisplayName("12 a timeout of 0 or less does not wait")
    void noTimeout() {
        inScope(scope -> {
            Task<String> running = never(scope, "running");
            Task<String> done = Task.start(scope, "done", () -> "value");
            done.join();
            for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
                assertThat(running.join(none)).isEqualTo(new Outcome.TimedOut<>(none));
                assertThat(done.await(none)).isEqualTo("value");
            }
        });
    }

    @Test
    @DisplayName("poll and isDone do not wait")
    void poll() {
        inScope(scope -> {
            Task<String> task = never(scope, "running");
            assertThat(task.poll()).isEmpty();
            assertThat(task.isDone()).isFalse();
            task.cancel();
            task.join();
            assertThat(task.poll()).hasValue(new Outcome.Cancelled<>(ExitReason.killed()));
            assertThat(task.isDone()).isTrue();
        });
    }

    @Test
    @DisplayName("an interrupt ends a wait, before or meanwhile, and the task runs on")
    void interrupt() {
        inScope(scope -> {
            Task<String> task = never(scope, "running");
            Thread.currentThread().interrupt();
            assertThatThrownBy(task::await).isInstanceOf(InterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            try (Threads threads = new Threads()) {
                Thread waiter = threads.start(
                        kind,
                        "waiter",
                        () -> assertThatThrownBy(() -> task.join(LONG)).isInstanceOf(InterruptedException.class));
                Threads.awaitState(waiter, Thread.State.WAITING, Thread.State.TIMED_WAITING);
                waiter.interrupt();
            }
            assertThat(task.isDone()).isFalse();
        });
    }

    @Test
    @DisplayName("any number of threads may await a task; all get the same outcome")
    void manyWaiters() {
        inScope(scope -> {
            CountDownLatch go = new CountDownLatch(1);
            Task<Object> task = Task.start(scope, "shared", () -> {
                go.await();
                return new Object();
            });
            List<Object> seen = new CopyOnWriteArrayList<>();
            try (Threads threads = new Threads()) {
                for (int i = 0; i < 10; i++) {
                    threads.start(kind, "waiter-" + i, () -> seen.add(task.await()));
                }
                go.countDown();
            }
            assertThat(seen).hasSize(10).containsOnly(task.await());
        });
    }

    @Test
    @DisplayName("a task that awaits itself is refused at once")
    void selfAwait() {
        inScope(scope -> {
            CompletableFuture<Task<Object>> own = new CompletableFuture<>();
            Task<Object> task = Task.start(scope, "selfish", () -> own.get().await());
            own.complete(task);
            assertThat(task.join())
                    .isInstanceOfSatisfying(
                            Outcome.Failure.class,
                            failure -> assertThat(failure.cause())
                                    .isExactlyInstanceOf(TaskException.class)
                                    .hasMessage("task 'selfish' awaits itself and would wait for ever"));
        });
    }

    @Test
    @DisplayName("4.2 whoever learns of the outcome finds the names of the task free")
    void namesAreFree() {
        inScope(scope -> {
            try (UniqueRegistry<String, Integer> names = Registry.unique("names")) {
                for (int i = 0; i < 100; i++) {
                    Task<Integer> task = Task.start(scope, "registering", () -> {
                        names.register("name", 1);
                        return 1;
                    });
                    Threads.awaitTrue("done", () -> task.poll().isPresent());
                    assertThat(names.lookup("name")).isEmpty();
                }
            }
        });
    }

    // ---- what it is

    @Test
    @DisplayName("the body is a process of the scope, with the name that the task was given")
    void isAProcess() {
        inScope(scope -> {
            Task<List<Object>> task = Task.start(
                    scope,
                    "named",
                    () -> List.of(
                            ProcessRef.current().orElseThrow(),
                            Thread.currentThread().getName()));
            assertThat(task.await()).containsExactly(task.process(), "named");
            assertThat(task.name()).isEqualTo("named");
        });
    }

    @Test
    @DisplayName("a task that is done keeps its outcome and nothing of its body, nor does its outcome")
    void nothingIsLeftBehind() {
        inScope(scope -> {
            Object held = new Object();
            WeakReference<Object> reachable = new WeakReference<>(held);
            List<Task<String>> done = List.of(
                    Task.start(scope, "returns", keeping(held, "value")),
                    Task.start(scope, "throws", failing(held)),
                    cancelled(Task.start(scope, "cancelled", keeping(held, "value"))));
            for (Task<String> task : done) {
                task.process().join(); // nobody has asked for the outcome yet
                task.process().thread().join();
            }
            done.get(2).join(); // cancelled before it began, it drops its body for who asks first
            held = null;
            Threads.awaitTrue("what the bodies held is not reachable", () -> {
                System.gc();
                return reachable.get() == null;
            });
            assertThat(done.get(0).await()).isEqualTo("value");
        });
    }

    private static Callable<String> keeping(Object held, String value) {
        return () -> held.hashCode() == 0 ? value : value;
    }

    private static Callable<String> failing(Object held) {
        return () -> {
            throw new IOException("hash " + held.hashCode());
        };
    }

    private static <T> Task<T> cancelled(Task<T> task) {
        task.cancel();
        return task;
    }

    @Test
    @DisplayName("what is printed of a task is its name and how it ended, not its value")
    void printed() {
        inScope(scope -> {
            Task<String> running = never(scope, "a");
            assertThat(running).hasToString("task 'a' (running)");
            running.cancel();
            running.join();
            assertThat(running).hasToString("task 'a' (Cancelled[reason=killed])");
            Task<String> done = Task.start(scope, "b", () -> "secret");
            done.join();
            assertThat(done).hasToString("task 'b' (succeeded)");
        });
    }

    @Test
    @DisplayName("misuse is refused by name: null arguments, a blank name, a scope that is closed or another thread's")
    void misuse() {
        inScope(scope -> {
            assertThatThrownBy(() -> Task.start(null, "n", () -> 1))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("scope");
            assertThatThrownBy(() -> Task.start(scope, null, () -> 1))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("name");
            assertThatThrownBy(() -> Task.start(scope, "n", null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("body");
            assertThatThrownBy(() -> Task.start(scope, "n", () -> 1, null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("options");
            assertThatThrownBy(() -> Task.start(scope, " ", () -> 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("name: ' '; allowed: not blank");
            assertThatThrownBy(() -> Task.start(scope, "n", () -> 1).join(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("timeout");
            try (Threads threads = new Threads()) {
                threads.start(
                        kind,
                        "stranger",
                        () -> assertThatThrownBy(() -> Task.start(scope, "n", () -> 1))
                                .isInstanceOf(ProcessException.class)
                                .hasMessageContaining("belongs to thread"));
            }
            scope.close();
            assertThatThrownBy(() -> Task.start(scope, "n", () -> 1))
                    .isInstanceOf(ProcessException.class)
                    .hasMessageContaining("is closed");
        });
    }
}
