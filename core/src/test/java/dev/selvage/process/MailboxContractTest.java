package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What every mailbox does, whatever queue is behind it. */
@ParameterizedClass
@EnumSource(MailboxContractTest.Kind.class)
class MailboxContractTest {

    enum Kind {
        UNBOUNDED(options -> options),
        BLOCKING(options -> options.withCapacity(100_000, Mailbox.Overflow.BLOCK)),
        REJECTING(options -> options.withCapacity(100_000, Mailbox.Overflow.REJECT)),
        DROPPING_OLDEST(options -> options.withCapacity(100_000, Mailbox.Overflow.DROP_OLDEST)),
        DROPPING_NEWEST(options -> options.withCapacity(100_000, Mailbox.Overflow.DROP_NEWEST));

        final UnaryOperator<ProcessOptions> options;

        Kind(UnaryOperator<ProcessOptions> options) {
            this.options = options;
        }
    }

    private final Kind kind;

    MailboxContractTest(Kind kind) {
        this.kind = kind;
    }

    /** Runs a body in a process of its own and returns what it returned. */
    private <M, T> T inProcess(Body<M, T> body, List<M> queuedBefore) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        CountDownLatch queued = new CountDownLatch(1);
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<M> process = scope.start(
                    "tested",
                    mailbox -> {
                        queued.await();
                        try {
                            result.complete(body.run(mailbox));
                        } catch (Throwable t) {
                            result.completeExceptionally(t);
                        }
                    },
                    kind.options);
            queuedBefore.forEach(process::send);
            queued.countDown();
            return result.get();
        }
    }

    private interface Body<M, T> {
        T run(Mailbox<M> mailbox) throws Exception;
    }

    @Test
    @DisplayName("5.1 the messages of one sender arrive in the order in which it sent them")
    void keepsTheOrderOfEachSender() throws Exception {
        int senders = 4;
        int each = 5_000;
        List<int[]> received = new ArrayList<>();
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<int[]> receiver = scope.start(
                    "receiver",
                    mailbox -> {
                        for (int i = 0; i < senders * each; i++) {
                            received.add(mailbox.receive());
                        }
                    },
                    kind.options);
            for (int s = 0; s < senders; s++) {
                int sender = s;
                scope.run("sender-" + s, () -> {
                    for (int i = 0; i < each; i++) {
                        assertThat(receiver.send(new int[] {sender, i})).isTrue();
                    }
                });
            }
            assertThat(receiver.join()).isEqualTo(ExitReason.normal());
        }
        for (int s = 0; s < senders; s++) {
            int sender = s;
            assertThat(received.stream().filter(m -> m[0] == sender).map(m -> m[1]))
                    .as("messages of sender %s", s)
                    .containsExactlyElementsOf(IntStream.range(0, each).boxed().toList());
        }
    }

    @Test
    @DisplayName("5.2 tryReceive takes what is there and never waits")
    void tryReceive() throws Exception {
        List<Optional<String>> taken =
                inProcess(mailbox -> List.of(mailbox.tryReceive(), mailbox.tryReceive()), List.of("a"));
        assertThat(taken).containsExactly(Optional.of("a"), Optional.empty());
    }

    @Test
    @DisplayName("5.2 receive(Duration) of 0 or less looks once and does not wait")
    void receiveWithoutWaiting() throws Exception {
        List<Optional<String>> taken = inProcess(
                mailbox -> List.of(
                        mailbox.receive(Duration.ZERO),
                        mailbox.receive(Duration.ofSeconds(-1)),
                        mailbox.receive(Duration.ZERO)),
                List.of("a", "b"));
        assertThat(taken).containsExactly(Optional.of("a"), Optional.of("b"), Optional.empty());
    }

    @Test
    @DisplayName("5.2 selective receive takes the first match in arrival order; the rest keep theirs")
    void selectiveReceive() throws Exception {
        List<Integer> taken = inProcess(
                mailbox -> {
                    List<Integer> order = new ArrayList<>();
                    order.add(mailbox.receive(n -> n % 2 == 0));
                    order.add(mailbox.receive(n -> n > 4));
                    order.add(mailbox.receive());
                    order.add(mailbox.tryReceive(n -> n == 6).orElseThrow());
                    order.add(mailbox.receive());
                    order.add(mailbox.receive());
                    assertThat(mailbox.tryReceive()).isEmpty();
                    return order;
                },
                List.of(1, 2, 3, 4, 5, 6));
        assertThat(taken).containsExactly(2, 5, 1, 6, 3, 4);
    }

    @Test
    @DisplayName("5.2 selective receive waits for a match that comes later, past what does not match")
    void selectiveReceiveWaits() throws Exception {
        AtomicReference<String> got = new AtomicReference<>();
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> process = scope.start(
                    "tested",
                    mailbox -> {
                        got.set(mailbox.receive(s -> s.startsWith("x")) + mailbox.receive() + mailbox.receive());
                    },
                    kind.options);
            process.send("a");
            Waiting.untilParked(process);
            process.send("b");
            Waiting.untilParked(process);
            process.send("x");
            assertThat(process.join()).isEqualTo(ExitReason.normal());
        }
        assertThat(got).hasValue("xab");
    }

    @Test
    @DisplayName("5.2 a predicate that throws takes nothing away")
    void throwingPredicate() throws Exception {
        List<Integer> left = inProcess(
                mailbox -> {
                    assertThatThrownBy(() -> mailbox.receive(n -> {
                                throw new IllegalStateException("planned");
                            }))
                            .isInstanceOf(IllegalStateException.class);
                    return List.of(mailbox.receive(), mailbox.receive());
                },
                List.of(1, 2));
        assertThat(left).containsExactly(1, 2);
    }

    @Test
    @DisplayName("5.1 send to an exited process never throws and tells the truth")
    void sendToExited() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> process = scope.start("tested", mailbox -> mailbox.receive(), kind.options);
            assertThat(process.send("go")).isTrue();
            process.join();
            assertThat(process.send("late")).isFalse();
            assertThat(process.isAlive()).isFalse();
            assertThat(process.mailboxLength()).isZero();
        }
    }

    @Test
    @DisplayName("12 a null message is refused, naming the argument")
    void nullMessage() {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> process = scope.start("tested", Mailbox::receive, kind.options);
            assertThatThrownBy(() -> process.send(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("message");
            assertThatThrownBy(() -> process.call(from -> null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("message");
        }
    }

    @Test
    @DisplayName("5.1 the length of the mailbox is readable from outside, in both halves of the queue")
    void length() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            CountDownLatch queued = new CountDownLatch(1);
            CountDownLatch taken = new CountDownLatch(1);
            CountDownLatch seen = new CountDownLatch(1);
            ProcessRef<Integer> process = scope.start(
                    "tested",
                    mailbox -> {
                        queued.await();
                        mailbox.receive();
                        taken.countDown();
                        seen.await();
                    },
                    kind.options);
            for (int i = 0; i < 5; i++) {
                process.send(i);
            }
            assertThat(process.mailboxLength()).isEqualTo(5);
            queued.countDown();
            taken.await();
            assertThat(process.mailboxLength()).isEqualTo(4);
            process.send(5);
            assertThat(process.mailboxLength()).isEqualTo(5);
            seen.countDown();
            process.join();
            assertThat(process.mailboxLength()).isZero();
        }
    }

    @Test
    @DisplayName("5.1 only the process itself receives from its mailbox")
    void onlyItselfReceives() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            CompletableFuture<Mailbox<String>> leaked = new CompletableFuture<>();
            ProcessRef<String> process = scope.start(
                    "tested",
                    mailbox -> {
                        leaked.complete(mailbox);
                        mailbox.receive();
                    },
                    kind.options);
            Mailbox<String> mailbox = leaked.get();
            assertThat(mailbox.self()).isSameAs(process);
            assertThatThrownBy(mailbox::receive)
                    .isInstanceOf(ProcessException.class)
                    .hasMessageContaining("tested")
                    .hasMessageContaining(Thread.currentThread().getName());
            assertThatThrownBy(mailbox::tryReceive).isInstanceOf(ProcessException.class);
        }
    }

    @Test
    @DisplayName("5.8 an orderly stop is handled after what was queued before it; what comes later is refused")
    void orderlyStop() throws Exception {
        List<Integer> handled = new ArrayList<>();
        CountDownLatch stopped = new CountDownLatch(1);
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<Integer> process = scope.start(
                    "tested",
                    mailbox -> {
                        stopped.await();
                        for (; ; ) {
                            handled.add(mailbox.receive());
                        }
                    },
                    kind.options);
            process.send(1);
            process.send(2);
            process.stop();
            process.stop();
            assertThat(process.send(3)).isFalse();
            assertThatThrownBy(() -> process.<Integer>call(from -> 4))
                    .isInstanceOf(ProcessException.Exited.class)
                    .hasMessageContaining("tested")
                    .hasMessageContaining("stopping");
            stopped.countDown();
            assertThat(process.join()).isEqualTo(ExitReason.shutdown());
        }
        assertThat(handled).containsExactly(1, 2);
    }

    @Test
    @DisplayName("5.8 the stop is told again by every later receive, selective ones too")
    void stopIsSticky() throws Exception {
        List<String> told = new ArrayList<>();
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> process = scope.start(
                    "tested",
                    mailbox -> {
                        for (int i = 0; i < 2; i++) {
                            try {
                                mailbox.receive();
                            } catch (ProcessException.Stopped stop) {
                                told.add(stop.getMessage());
                            }
                        }
                        try {
                            mailbox.receive(s -> true);
                        } catch (ProcessException.Stopped stop) {
                            told.add("selective");
                        }
                        mailbox.tryReceive();
                    },
                    kind.options);
            Waiting.untilParked(process);
            process.stop();
            assertThat(process.join()).isEqualTo(ExitReason.shutdown());
        }
        assertThat(told).hasSize(3).element(0).asString().contains("tested");
    }

    @Test
    @DisplayName("5.2 an interrupt ends a waiting receive, and counts before a message that is there")
    void interruptEndsReceive() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> waiting = scope.start("waiting", Mailbox::receive, kind.options);
            Waiting.untilParked(waiting);
            waiting.kill();
            assertThat(waiting.join()).isEqualTo(ExitReason.killed());
        }
        String queued = inProcess(
                mailbox -> {
                    Thread.currentThread().interrupt();
                    assertThatThrownBy(mailbox::receive)
                            .isInstanceOf(InterruptedException.class)
                            .hasMessageContaining("tested");
                    return mailbox.receive();
                },
                List.of("kept"));
        assertThat(queued).isEqualTo("kept");
    }

    @Test
    @DisplayName("5.9 an idle process waits without a time limit: it is woken, it does not poll")
    void idleProcessDoesNotPoll() {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> process = scope.start("idle", Mailbox::receive, kind.options);
            Waiting.untilParked(process);
            assertThat(process.thread().getState()).isEqualTo(Thread.State.WAITING);
        }
    }
}
