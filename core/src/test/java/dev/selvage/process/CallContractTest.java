package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitReason;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How calls end (rules 5.3, 5.4; known failures 1, 2, 3, 6), for callers of both kinds of thread. */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class CallContractTest {
    private static final Duration LONG = Duration.ofDays(1);

    sealed interface Message {}

    record Ask(ReplyTo<String> from) implements Message {}

    record Tell(String what) implements Message {}

    private final ThreadKind kind;

    CallContractTest(ThreadKind kind) {
        this.kind = kind;
    }

    private final class Call {
        final FutureTask<String> task;
        final Thread thread;

        Call(Callable<String> body) {
            task = new FutureTask<>(body);
            thread = kind.unstarted("caller", task);
            thread.start();
        }

        Call whenWaiting() {
            Waiting.untilParked(thread);
            return this;
        }

        String answer() throws Exception {
            return task.get();
        }

        Throwable failure() {
            try {
                throw new AssertionError("answered: " + task.get());
            } catch (ExecutionException e) {
                return e.getCause();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private Call call(ProcessRef<Message> process) {
        return new Call(() -> process.call(Ask::new, LONG));
    }

    @Test
    @DisplayName("5.3 a call ends by the reply, a null reply too")
    void reply() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<Message> process = scope.start("callee", mailbox -> {
                ((Ask) mailbox.receive()).from().reply("answer");
                ((Ask) mailbox.receive()).from().reply(null);
            });
            assertThat(call(process).answer()).isEqualTo("answer");
            assertThat(call(process).answer()).isNull();
        }
    }

    @Test
    @DisplayName("5.4 the callee may fail a call; the caller gets the cause")
    void fail() {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<Message> process = scope.start("callee", mailbox -> {
                ((Ask) mailbox.receive()).from().fail(new IllegalStateException("no"));
            });
            assertThat(call(process).failure())
                    .isInstanceOf(ProcessException.CallFailed.class)
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no");
        }
    }

    @Test
    @DisplayName("5.4 a reply address can be kept and answered later, by any thread; one answer counts")
    void deferredReply() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            CompletableFuture<ReplyTo<String>> kept = new CompletableFuture<>();
            ProcessRef<Message> process = scope.start("callee", mailbox -> {
                kept.complete(((Ask) mailbox.receive()).from());
                mailbox.receive();
            });
            Call call = call(process);
            ReplyTo<String> from = kept.get();
            assertThat(from.reply("first")).isTrue();
            assertThat(from.reply("second")).isFalse();
            assertThat(from.fail(new RuntimeException())).isFalse();
            assertThat(call.answer()).isEqualTo("first");
        }
    }

    @Test
    @DisplayName("5.3 a call in a message queued behind the one that kills the callee fails at once (known failure 1)")
    void queuedBehindACrash() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            CountDownLatch queued = new CountDownLatch(1);
            ProcessRef<Message> process = scope.start("callee", mailbox -> {
                queued.await();
                throw new IllegalStateException("crash on " + mailbox.receive());
            });
            process.send(new Tell("boom"));
            List<Call> calls =
                    List.of(call(process).whenWaiting(), call(process).whenWaiting());
            assertThat(process.mailboxLength()).isEqualTo(3);
            queued.countDown();
            for (Call call : calls) {
                assertThat(call.failure())
                        .isInstanceOfSatisfying(
                                ProcessException.Exited.class,
                                exited -> assertThat(exited.reason()).isInstanceOf(ExitReason.Failed.class))
                        .hasMessageContaining("callee")
                        .hasMessageContaining("boom")
                        .hasCauseInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    @DisplayName("5.3 a call in hand fails at once when the callee dies handling it, of an Error too (known failure 3)")
    void crashWhileHandling() {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<Message> process = scope.start("callee", mailbox -> {
                mailbox.receive();
                throw new StackOverflowError("planned");
            });
            assertThat(call(process).failure())
                    .isInstanceOf(ProcessException.Exited.class)
                    .hasCauseInstanceOf(StackOverflowError.class);
        }
    }

    @Test
    @DisplayName(
            "5.3 deferred calls fail at once when the callee ends, whatever the number and whichever were answered")
    void exitAfterDeferring() throws Exception {
        int count = 200; // past the sweep of answered calls
        try (ProcessScope scope = ProcessScope.open("test")) {
            BlockingQueue<ReplyTo<String>> kept = new LinkedBlockingQueue<>();
            ProcessRef<Message> process = scope.start("callee", mailbox -> {
                for (; ; ) {
                    if (mailbox.receive() instanceof Ask ask) {
                        kept.add(ask.from());
                    } else {
                        return;
                    }
                }
            });
            List<Call> calls = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                calls.add(call(process));
            }
            AtomicInteger answered = new AtomicInteger();
            for (int i = 0; i < count; i++) {
                ReplyTo<String> from = kept.take();
                if (i % 3 == 0) {
                    from.reply("answered");
                    answered.incrementAndGet();
                }
            }
            process.send(new Tell("end"));
            int failed = 0;
            for (Call call : calls) {
                try {
                    assertThat(call.answer()).isEqualTo("answered");
                } catch (ExecutionException e) {
                    assertThat(e.getCause())
                            .isInstanceOfSatisfying(
                                    ProcessException.Exited.class,
                                    exited -> assertThat(exited.reason()).isEqualTo(ExitReason.normal()));
                    failed++;
                }
            }
            assertThat(failed).isEqualTo(count - answered.get());
        }
    }

    @Test
    @DisplayName("5.3 a call to an exited process fails at once, with the reason (known failure 2)")
    void callAfterExit() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<Message> process = scope.start("callee", mailbox -> {
                throw new IllegalStateException("gone");
            });
            process.join();
            assertThat(call(process).failure())
                    .isInstanceOf(ProcessException.Exited.class)
                    .hasMessageContaining("gone");
        }
    }

    @Test
    @DisplayName("5.3 timeout: the error tells state and queue, and the late reply vanishes (known failure 6)")
    void timeout() throws Exception {
        FakeTicker ticker = new FakeTicker();
        try (ProcessScope scope = ProcessScope.open("test", options -> options.withTicker(ticker))) {
            CompletableFuture<ReplyTo<String>> kept = new CompletableFuture<>();
            ProcessRef<Message> process = scope.start("callee", mailbox -> {
                kept.complete(((Ask) mailbox.receive()).from());
                mailbox.receive();
            });
            Call late = new Call(() -> process.call(Ask::new));
            ReplyTo<String> from = kept.get();
            ticker.awaitParked(1);
            ticker.advance(Duration.ofSeconds(5).minusNanos(1));
            assertThat(late.task.isDone()).isFalse();
            ticker.advance(Duration.ofNanos(1));
            assertThat(late.failure())
                    .isInstanceOf(ProcessException.CallTimeout.class)
                    .hasMessage("'callee' (running, 0 queued) did not answer within PT5S");
            assertThat(from.reply("too late")).isFalse();
            process.send(new Tell("end"));
        }
    }

    @Test
    @DisplayName("12 a timeout of 0 or less sends nothing and times out at once")
    void noTimeout() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<Message> process = scope.start("callee", Mailbox::receive);
            for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-3))) {
                assertThat(new Call(() -> process.call(Ask::new, none)).failure())
                        .isInstanceOf(ProcessException.CallTimeout.class)
                        .hasMessageContaining(none.toString());
            }
            assertThat(process.mailboxLength()).isZero();
        }
    }

    @Test
    @DisplayName("5.3 an interrupt ends a waiting call; the late reply vanishes")
    void interrupt() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            CompletableFuture<ReplyTo<String>> kept = new CompletableFuture<>();
            ProcessRef<Message> process = scope.start("callee", mailbox -> {
                kept.complete(((Ask) mailbox.receive()).from());
                mailbox.receive();
            });
            Call call = call(process);
            ReplyTo<String> from = kept.get();
            call.whenWaiting().thread.interrupt();
            assertThat(call.failure()).isInstanceOf(InterruptedException.class);
            assertThat(from.reply("late")).isFalse();
        }
    }

    @Test
    @DisplayName("5.3 a thread that was interrupted before calls nobody")
    void interruptedBefore() {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<Message> process = scope.start("callee", Mailbox::receive);
            Call call = new Call(() -> {
                Thread.currentThread().interrupt();
                return process.call(Ask::new, LONG);
            });
            assertThat(call.failure()).isInstanceOf(InterruptedException.class).hasMessageContaining("callee");
            assertThat(process.mailboxLength()).isZero();
        }
    }

    @Test
    @DisplayName("5.3 a process that calls itself is refused at once")
    void selfCall() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<Message> process = scope.start("selfish", mailbox -> {
                mailbox.self().call(Ask::new);
            });
            assertThat(process.join())
                    .isInstanceOfSatisfying(
                            ExitReason.Failed.class,
                            failed -> assertThat(failed.cause())
                                    .isExactlyInstanceOf(ProcessException.class)
                                    .hasMessageContaining("selfish")
                                    .hasMessageContaining("calls itself"));
        }
    }

    @Test
    @DisplayName("5.3 a message function that throws sends nothing")
    void throwingMessage() {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<Message> process = scope.start("callee", Mailbox::receive);
            Call call = new Call(() -> process.<String>call(
                    from -> {
                        throw new IllegalArgumentException("no message");
                    },
                    LONG));
            assertThat(call.failure()).isInstanceOf(IllegalArgumentException.class);
            assertThat(process.mailboxLength()).isZero();
        }
    }

    @Test
    @DisplayName("5.3 a call keeps no caller and no answer alive, even if its address is kept for ever")
    void nothingIsLeftBehind() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            List<ReplyTo<String>> kept = new ArrayList<>();
            ProcessRef<Message> process = scope.start("callee", mailbox -> {
                for (; ; ) {
                    ReplyTo<String> from = ((Ask) mailbox.receive()).from();
                    kept.add(from);
                    from.reply(new String("answer"));
                }
            });
            Call call = call(process);
            WeakReference<String> answer = new WeakReference<>(call.answer());
            WeakReference<Thread> caller = new WeakReference<>(call.thread);
            call.thread.join();
            call = null;
            Threads.awaitTrue("neither answer nor caller is reachable", () -> {
                System.gc();
                return answer.get() == null && caller.get() == null;
            });
            assertThat(kept).hasSize(1);
        }
    }
}
