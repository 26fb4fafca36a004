package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.ExitReason;
import dev.selvage.exit.Lifetime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One exit, one reason, one order (rules 4.1 to 4.3, 4.5). */
class ExitStepTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    private final class Recorded extends ExitHook {
        private final String what;

        Recorded(String what, Phase phase) {
            super(phase);
            this.what = what;
        }

        @Override
        protected void onExit() {
            events.add(what);
        }
    }

    private ProcessScope scopeThatHears() {
        return ProcessScope.open("test", options -> options.withExitListener(exit -> events.add("scope")));
    }

    /** Runs one body to its end and returns the reason. */
    private static ExitReason reasonOf(ProcessBody<String> body) throws InterruptedException {
        try (ProcessScope scope = ProcessScope.open("test")) {
            return scope.start("tested", body).join();
        }
    }

    @Test
    @DisplayName("4.1 a body that returns is normal; one that throws is failed, an Error like an Exception (known "
            + "failure 3)")
    void reasonsOfTheBody() throws Exception {
        assertThat(reasonOf(mailbox -> {})).isEqualTo(ExitReason.normal());
        Exception exception = new Exception("planned");
        assertThat(reasonOf(mailbox -> {
                    throw exception;
                }))
                .isEqualTo(ExitReason.failed(exception));
        AssertionError error = new AssertionError("planned");
        assertThat(reasonOf(mailbox -> {
                    throw error;
                }))
                .isEqualTo(ExitReason.failed(error));
        assertThat(reasonOf(mailbox -> {
                    throw new InterruptedException("nobody asked");
                }))
                .isInstanceOf(ExitReason.Failed.class);
    }

    @Test
    @DisplayName("4.1 stop is shutdown and kill is killed, also when the body wraps the signal or returns")
    void requestedReasons() throws Exception {
        assertThat(reasonOf(mailbox -> {
                    mailbox.self().stop();
                    mailbox.receive();
                }))
                .isEqualTo(ExitReason.shutdown());
        assertThat(reasonOf(mailbox -> {
                    mailbox.self().stop();
                    try {
                        mailbox.receive();
                    } catch (ProcessException.Stopped stopped) {
                        throw new IllegalStateException("wrapped", stopped);
                    }
                }))
                .isEqualTo(ExitReason.shutdown());
        assertThat(reasonOf(mailbox -> mailbox.self().stop())).isEqualTo(ExitReason.shutdown());
        assertThat(reasonOf(mailbox -> {
                    mailbox.self().kill();
                    throw new IllegalStateException("while being killed");
                }))
                .isEqualTo(ExitReason.killed());
        assertThat(reasonOf(mailbox -> {
                    mailbox.self().stop();
                    throw new IllegalStateException("a failure of its own");
                }))
                .isInstanceOf(ExitReason.Failed.class);
    }

    @Test
    @DisplayName("4.2 the order: not alive, names, locks, calls, monitors, the scope last")
    void order() throws Exception {
        CompletableFuture<ReplyTo<String>> inHand = new CompletableFuture<>();
        CountDownLatch go = new CountDownLatch(1);
        try (ProcessScope scope = scopeThatHears()) {
            ProcessRef<ReplyTo<String>> process = scope.start("dying", mailbox -> {
                ProcessRef<?> self = mailbox.self();
                Lifetime lifetime = Lifetime.current();
                lifetime.add(new Recorded("lock", ExitHook.Phase.AT_THREAD_END));
                lifetime.add(new Recorded("older name", ExitHook.Phase.AT_EXIT));
                lifetime.add(new Recorded("name", ExitHook.Phase.AT_EXIT));
                lifetime.add(new ExitHook(ExitHook.Phase.AT_EXIT) {
                    @Override
                    protected void onExit() {
                        events.add("alive: " + self.isAlive());
                        events.add("reason told: " + self.exitReason().isPresent());
                        events.add("mailbox takes: " + mailbox.self().send(null == inHand ? null : from()));
                    }

                    private ReplyTo<String> from() {
                        return inHand.join();
                    }
                });
                inHand.complete(mailbox.receive());
                go.await();
            });
            process.monitor(exit -> events.add("monitor"));
            FutureTask<Void> call = new FutureTask<>(() -> {
                assertThatThrownBy(() -> process.<String>call(from -> from, Duration.ofDays(1)))
                        .isInstanceOf(ProcessException.Exited.class);
                return null;
            });
            Thread caller = Thread.startVirtualThread(call);
            inHand.get();
            Waiting.untilParked(caller);
            assertThat(events).isEmpty();
            go.countDown();
            process.join();
            call.get();
        }
        assertThat(events)
                .containsExactly(
                        "alive: false",
                        "reason told: false",
                        "mailbox takes: false",
                        "name",
                        "older name",
                        "lock",
                        "monitor",
                        "scope");
    }

    @Test
    @DisplayName("4.2 whoever learns of an exit by a failed call finds every name and lock free")
    void failedCallFindsNamesFree() throws Exception {
        for (int round = 0; round < 500; round++) {
            AtomicBoolean free = new AtomicBoolean();
            try (ProcessScope scope = ProcessScope.open("test")) {
                ProcessRef<ReplyTo<String>> process = scope.start("dying", mailbox -> {
                    Lifetime.current().add(new ExitHook(ExitHook.Phase.AT_THREAD_END) {
                        @Override
                        protected void onExit() {
                            Thread.yield();
                            free.set(true);
                        }
                    });
                });
                assertThatThrownBy(() -> process.<String>call(from -> from))
                        .isInstanceOf(ProcessException.Exited.class);
                assertThat(free).isTrue();
            }
        }
    }

    @Test
    @DisplayName("4.5 a callback that throws changes nothing for others")
    void throwingCallbacks() throws Exception {
        try (ProcessScope scope = ProcessScope.open(
                "test",
                options -> options.withExitListener(exit -> {
                    events.add("scope");
                    throw new IllegalStateException("planned: listener");
                }))) {
            CountDownLatch go = new CountDownLatch(1);
            ProcessRef<String> process = scope.start("tested", mailbox -> {
                Lifetime.current().add(new Recorded("name", ExitHook.Phase.AT_EXIT));
                Lifetime.current().add(new ExitHook(ExitHook.Phase.AT_EXIT) {
                    @Override
                    protected void onExit() {
                        throw new IllegalStateException("planned: hook");
                    }
                });
                go.await();
            });
            process.monitor(exit -> {
                throw new IllegalStateException("planned: monitor");
            });
            process.monitor(exit -> events.add("monitor"));
            go.countDown();
            assertThat(process.join()).isEqualTo(ExitReason.normal());
        }
        assertThat(events).containsExactly("name", "monitor", "scope");
    }

    @Test
    @DisplayName("4.3, 3.4 an abandoned process loses its names and fails its calls at once, and keeps its locks until "
            + "its thread ends")
    void abandoned() throws Exception {
        AtomicBoolean mayEnd = new AtomicBoolean();
        CompletableFuture<ReplyTo<String>> inHand = new CompletableFuture<>();
        List<String> afterwards = Collections.synchronizedList(new ArrayList<>());
        ProcessRef<ReplyTo<String>> stuck;
        Thread opener;
        CompletableFuture<ProcessRef<ReplyTo<String>>> started = new CompletableFuture<>();
        opener = Thread.startVirtualThread(() -> {
            try (ProcessScope scope = scopeThatHears()) {
                started.complete(scope.start(
                        "stuck",
                        mailbox -> {
                            Lifetime.current().add(new Recorded("name", ExitHook.Phase.AT_EXIT));
                            Lifetime.current().add(new Recorded("lock", ExitHook.Phase.AT_THREAD_END));
                            inHand.complete(mailbox.receive());
                            while (!mayEnd.get()) {
                                Thread.interrupted();
                                LockSupport.park();
                            }
                            Thread.interrupted(); // the last interrupt may have come after the last look
                            assertThatThrownBy(mailbox::receive).isInstanceOf(ProcessException.Stopped.class);
                            assertThatThrownBy(
                                            () -> Lifetime.current().add(new Recorded("late", ExitHook.Phase.AT_EXIT)))
                                    .hasMessageContaining("stuck");
                            afterwards.add("body ends");
                        },
                        options -> options.withStopPatience(Duration.ZERO).withInterruptPatience(Duration.ZERO)));
                inHand.join();
                events.add("closing");
            }
            events.add("closed");
        });
        stuck = started.get();
        FutureTask<String> inHandCall = new FutureTask<>(() -> stuck.call(from -> from, Duration.ofDays(1)));
        Thread.startVirtualThread(inHandCall);
        assertThatThrownBy(inHandCall::get).hasCauseInstanceOf(ProcessException.Exited.class);

        assertThat(stuck.join()).isEqualTo(ExitReason.killed());
        assertThat(stuck.isAbandoned()).isTrue();
        assertThat(stuck.isAlive()).isFalse();
        assertThat(stuck.send(inHand.join())).isFalse();
        assertThat(stuck.thread().isAlive()).isTrue();
        Waiting.untilParked(opener); // the JDK makes it wait behind, at its end
        assertThat(events).containsExactly("closing", "name", "scope", "closed");

        mayEnd.set(true);
        LockSupport.unpark(stuck.thread());
        opener.join();
        assertThat(stuck.thread().isAlive()).isFalse();
        assertThat(events).containsExactly("closing", "name", "scope", "closed", "lock");
        assertThat(afterwards).containsExactly("body ends");
    }

    @Test
    @DisplayName("5.6 current() finds the process one is in, from any depth, and none elsewhere")
    void current() throws Exception {
        assertThat(ProcessRef.current()).isEmpty();
        try (ProcessScope scope = ProcessScope.open("test")) {
            CompletableFuture<Optional<ProcessRef<?>>> found = new CompletableFuture<>();
            ProcessRef<?> process = scope.run("tested", () -> found.complete(depth(30)));
            assertThat(found.get())
                    .hasValueSatisfying(current -> assertThat(current).isSameAs(process));
        }
    }

    private static Optional<ProcessRef<?>> depth(int left) {
        return left == 0 ? ProcessRef.current() : depth(left - 1);
    }
}
