package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of messages that find a bounded mailbox full (rule 5.1, known failure 4). */
class OverflowTest {
    /** A process that handles nothing until its gate opens. */
    private static final class Gated implements AutoCloseable {
        private final CountDownLatch gate = new CountDownLatch(1);
        private final List<String> handled = new ArrayList<>();
        private final ProcessScope scope = ProcessScope.open("test");
        final ProcessRef<String> process;

        Gated(Mailbox.Overflow overflow) {
            process = scope.start(
                    "gated",
                    mailbox -> {
                        gate.await();
                        for (; ; ) {
                            handled.add(mailbox.receive());
                        }
                    },
                    options -> options.withCapacity(2, overflow));
        }

        void open() {
            gate.countDown();
        }

        List<String> handledAfterStop() throws InterruptedException {
            open();
            process.stop();
            assertThat(process.join()).isEqualTo(ExitReason.shutdown());
            return handled;
        }

        @Override
        public void close() {
            open();
            scope.close();
        }
    }

    @Test
    @DisplayName("5.1 REJECT: a full mailbox refuses, and says so (known failure 4)")
    void reject() throws Exception {
        try (Gated gated = new Gated(Mailbox.Overflow.REJECT)) {
            ProcessRef<String> process = gated.process;
            assertThat(process.send("a")).isTrue();
            assertThat(process.send("b")).isTrue();
            assertThat(process.send("c")).isFalse();
            assertThatThrownBy(() -> process.<String>call(from -> "d"))
                    .isInstanceOf(ProcessException.MailboxFull.class)
                    .hasMessageContaining("gated")
                    .hasMessageContaining("capacity 2");
            assertThat(process.droppedMessages()).isZero();
            assertThat(gated.handledAfterStop()).containsExactly("a", "b");
        }
    }

    @Test
    @DisplayName("5.1 DROP_OLDEST: the oldest makes room and is counted (known failure 4: the sender is never the one "
            + "to fail)")
    void dropOldest() throws Exception {
        try (Gated gated = new Gated(Mailbox.Overflow.DROP_OLDEST)) {
            ProcessRef<String> process = gated.process;
            for (String message : List.of("a", "b", "c", "d")) {
                assertThat(process.send(message)).isTrue();
            }
            assertThat(process.droppedMessages()).isEqualTo(2);
            assertThat(process.mailboxLength()).isEqualTo(2);
            assertThat(gated.handledAfterStop()).containsExactly("c", "d");
        }
    }

    @Test
    @DisplayName("5.1 DROP_NEWEST: the newest queued makes room and is counted")
    void dropNewest() throws Exception {
        try (Gated gated = new Gated(Mailbox.Overflow.DROP_NEWEST)) {
            ProcessRef<String> process = gated.process;
            for (String message : List.of("a", "b", "c", "d")) {
                assertThat(process.send(message)).isTrue();
            }
            assertThat(process.droppedMessages()).isEqualTo(2);
            assertThat(gated.handledAfterStop()).containsExactly("a", "d");
        }
    }

    @Test
    @DisplayName("5.1 a call that is dropped to make room fails at once")
    void droppedCallFails() throws Exception {
        try (Gated gated = new Gated(Mailbox.Overflow.DROP_OLDEST)) {
            ProcessRef<String> process = gated.process;
            FutureTask<String> call = new FutureTask<>(() -> process.call(from -> "call", Duration.ofDays(1)));
            Thread caller = Thread.startVirtualThread(call);
            Waiting.untilParked(caller);
            process.send("b");
            process.send("c");
            assertThatThrownBy(call::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(ProcessException.MailboxFull.class)
                    .hasMessageContaining("dropped");
        }
    }

    @Test
    @DisplayName("5.1 BLOCK: the sender waits for room, first come first served")
    void block() throws Exception {
        try (Gated gated = new Gated(Mailbox.Overflow.BLOCK)) {
            ProcessRef<String> process = gated.process;
            process.send("a");
            process.send("b");
            List<Thread> senders = new ArrayList<>();
            for (String message : List.of("c", "d", "e")) {
                Thread sender = Thread.startVirtualThread(() -> process.send(message));
                Waiting.untilParked(sender);
                senders.add(sender);
            }
            assertThat(process.mailboxLength()).isEqualTo(2);
            gated.open();
            for (Thread sender : senders) {
                sender.join();
            }
            assertThat(gated.handledAfterStop()).containsExactly("a", "b", "c", "d", "e");
        }
    }

    @Test
    @DisplayName("5.1 BLOCK: an interrupted sender is told that it was not accepted, and stays interrupted")
    void blockedSenderIsInterrupted() throws Exception {
        try (Gated gated = new Gated(Mailbox.Overflow.BLOCK)) {
            ProcessRef<String> process = gated.process;
            process.send("a");
            process.send("b");
            CompletableFuture<List<Boolean>> outcome = new CompletableFuture<>();
            Thread sender = Thread.startVirtualThread(() -> outcome.complete(
                    List.of(process.send("c"), Thread.currentThread().isInterrupted())));
            Waiting.untilParked(sender);
            sender.interrupt();
            assertThat(outcome.get()).containsExactly(false, true);
            assertThat(gated.handledAfterStop()).containsExactly("a", "b");
        }
    }

    @Test
    @DisplayName("5.1 BLOCK: senders that wait hear of the stop and of the exit at once")
    void blockedSenderHearsOfTheEnd() throws Exception {
        try (Gated gated = new Gated(Mailbox.Overflow.BLOCK)) {
            ProcessRef<String> process = gated.process;
            process.send("a");
            process.send("b");
            FutureTask<Boolean> send = new FutureTask<>(() -> process.send("c"));
            Waiting.untilParked(Thread.startVirtualThread(send));
            process.stop();
            assertThat(send.get()).isFalse();
            assertThat(process.isAlive()).isTrue();
        }
    }

    @Test
    @DisplayName("5.3 BLOCK: a call waits for room no longer than its timeout")
    void blockedCallTimesOut() {
        try (Gated gated = new Gated(Mailbox.Overflow.BLOCK)) {
            ProcessRef<String> process = gated.process;
            process.send("a");
            process.send("b");
            assertThatThrownBy(() -> process.<String>call(from -> "c", Duration.ofMillis(5)))
                    .isInstanceOf(ProcessException.CallTimeout.class)
                    .hasMessageContaining("2 queued")
                    .hasMessageContaining("PT0.005S");
            assertThat(process.mailboxLength()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("5.1 BLOCK: a process that would wait for room in its own mailbox is refused")
    void fullMailboxOfOneself() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> process = scope.start(
                    "self",
                    mailbox -> {
                        mailbox.self().send("a");
                        mailbox.self().send("b");
                    },
                    options -> options.withCapacity(1, Mailbox.Overflow.BLOCK));
            assertThat(process.join())
                    .isInstanceOfSatisfying(
                            ExitReason.Failed.class,
                            failed -> assertThat(failed.cause())
                                    .isInstanceOf(ProcessException.class)
                                    .hasMessageContaining("self")
                                    .hasMessageContaining("capacity 1"));
        }
    }

    @Test
    @DisplayName("12 a capacity of 0 is refused, naming argument, value and what is allowed")
    void badCapacity() {
        assertThatThrownBy(() -> ProcessOptions.defaults().withCapacity(0, Mailbox.Overflow.BLOCK))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("capacity: 0; allowed: 1 or more");
    }
}
