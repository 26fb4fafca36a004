package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import dev.selvage.time.FakeTicker;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Messages to oneself, later (rule 5.7). */
class TimerTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FakeTicker ticker = new FakeTicker();
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    private ProcessScope open() {
        return ProcessScope.open("test", options -> options.withTicker(ticker));
    }

    private void receiveAll(Mailbox<String> mailbox) throws InterruptedException {
        for (; ; ) {
            received.add(mailbox.receive());
        }
    }

    @Test
    @DisplayName("5.7 a message sent after a delay comes when the delay has passed, and not before")
    void after() throws Exception {
        try (ProcessScope scope = open()) {
            scope.start("timed", (Mailbox<String> mailbox) -> {
                mailbox.sendAfter(Duration.ofSeconds(2), "two");
                mailbox.sendAfter(SECOND, "one");
                mailbox.sendAfter(SECOND, "one more");
                receiveAll(mailbox);
            });
            ticker.awaitParked(1);
            ticker.advance(SECOND.minusNanos(1));
            assertThat(received).isEmpty();
            ticker.advance(Duration.ofNanos(1));
            assertThat(received.take()).isEqualTo("one");
            assertThat(received.take()).isEqualTo("one more");
            ticker.awaitParked(1);
            assertThat(received).isEmpty();
            ticker.advance(SECOND);
            assertThat(received.take()).isEqualTo("two");
        }
    }

    @Test
    @DisplayName("5.7 a delay of 0 or less is as soon as possible, behind what is queued already")
    void atOnce() throws Exception {
        try (ProcessScope scope = open()) {
            ProcessRef<String> process = scope.start("timed", (Mailbox<String> mailbox) -> {
                mailbox.self().send("queued");
                mailbox.sendAfter(Duration.ofSeconds(-1), "first");
                mailbox.sendAfter(Duration.ZERO, "second");
                received.add(mailbox.receive());
                received.add(mailbox.receive());
                received.add(mailbox.receive());
            });
            process.join();
            assertThat(received).containsExactly("queued", "first", "second");
        }
    }

    @Test
    @DisplayName("5.7 a message sent every period comes at each multiple, without drift")
    void every() throws Exception {
        try (ProcessScope scope = open()) {
            scope.start("timed", (Mailbox<String> mailbox) -> {
                mailbox.sendEvery(SECOND, "tick");
                receiveAll(mailbox);
            });
            ticker.awaitParked(1);
            ticker.advance(Duration.ofMillis(1_300)); // late for the first
            assertThat(received.take()).isEqualTo("tick");
            ticker.awaitParked(1);
            ticker.advance(Duration.ofMillis(699));
            assertThat(received).isEmpty();
            ticker.advance(Duration.ofMillis(1)); // in time for the second
            assertThat(received.take()).isEqualTo("tick");
        }
    }

    @Test
    @DisplayName("5.7 a process that was busy for many periods finds one message, not a backlog")
    void busy() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch set = new CountDownLatch(1);
        try (ProcessScope scope = open()) {
            scope.start("timed", (Mailbox<String> mailbox) -> {
                mailbox.sendEvery(SECOND, "tick");
                set.countDown();
                busy.await();
                receiveAll(mailbox);
            });
            set.await();
            ticker.advance(Duration.ofSeconds(100));
            busy.countDown();
            assertThat(received.take()).isEqualTo("tick");
            ticker.awaitParked(1);
            assertThat(received).isEmpty();
            ticker.advance(SECOND);
            assertThat(received.take()).isEqualTo("tick");
        }
    }

    @Test
    @DisplayName("5.7 a cancelled timer sends nothing, not even what it has queued already")
    void cancelled() throws Exception {
        try (ProcessScope scope = open()) {
            ProcessRef<String> process = scope.start("timed", (Mailbox<String> mailbox) -> {
                Mailbox.Timer waiting = mailbox.sendAfter(SECOND, "never");
                assertThat(waiting.cancel()).isTrue();
                assertThat(waiting.cancel()).isFalse();

                Mailbox.Timer queued = mailbox.sendAfter(Duration.ZERO, "taken back");
                Mailbox.Timer again = mailbox.sendEvery(Duration.ofNanos(1), "taken back too");
                ticker.advance(SECOND);
                assertThat(mailbox.tryReceive("other"::equals)).isEmpty(); // looks at the timers
                assertThat(mailbox.length()).isEqualTo(2);
                assertThat(queued.cancel()).isTrue();
                assertThat(again.cancel()).isTrue();
                assertThat(mailbox.tryReceive()).isEmpty();
                ticker.advance(SECOND);
                assertThat(mailbox.tryReceive(message -> true)).isEmpty();

                Mailbox.Timer received = mailbox.sendAfter(Duration.ZERO, "received");
                assertThat(mailbox.tryReceive()).contains("received");
                assertThat(received.cancel()).isFalse();
            });
            assertThat(process.join()).isEqualTo(ExitReason.normal());
        }
    }

    @Test
    @DisplayName("5.7 a predicate never sees what a timer took back, in a bounded mailbox either")
    void cancelledInBounded() throws Exception {
        try (ProcessScope scope = open()) {
            ProcessRef<String> process = scope.start(
                    "timed",
                    mailbox -> {
                        Mailbox.Timer queued = mailbox.sendAfter(Duration.ZERO, "taken back");
                        assertThat(mailbox.tryReceive("other"::equals)).isEmpty();
                        mailbox.self().send("kept");
                        queued.cancel();
                        assertThat(mailbox.tryReceive(message -> message.startsWith("k")))
                                .contains("kept");
                        assertThat(mailbox.length()).isZero();
                    },
                    options -> options.withCapacity(1, Mailbox.Overflow.REJECT));
            assertThat(process.join()).isEqualTo(ExitReason.normal());
        }
    }

    @Test
    @DisplayName("5.7 a timer's message is received selectively too, and ends a wait with a time limit of its own")
    void selective() throws Exception {
        try (ProcessScope scope = open()) {
            ProcessRef<String> process = scope.start("timed", (Mailbox<String> mailbox) -> {
                mailbox.self().send("other");
                mailbox.sendAfter(SECOND, "timer");
                received.add(
                        mailbox.receive("timer"::equals, Duration.ofSeconds(5)).orElse("nothing"));
                received.add(mailbox.receive("timer"::equals, SECOND).orElse("nothing"));
                received.add(mailbox.receive());
            });
            ticker.awaitParked(1);
            ticker.advance(SECOND);
            assertThat(received.take()).isEqualTo("timer");
            ticker.awaitParked(1);
            ticker.advance(SECOND);
            process.join();
            assertThat(received).containsExactly("nothing", "other");
        }
    }

    @Test
    @DisplayName("5.7 timers come past the bound of a full mailbox and take no room")
    void bounded() throws Exception {
        try (ProcessScope scope = open()) {
            ProcessRef<String> process = scope.start(
                    "timed",
                    mailbox -> {
                        assertThat(mailbox.self().send("fills it")).isTrue();
                        mailbox.sendAfter(Duration.ZERO, "timer");
                        received.add(mailbox.receive());
                        assertThat(mailbox.self().send("fits")).isTrue();
                        received.add(mailbox.receive());
                        received.add(mailbox.receive());
                    },
                    options -> options.withCapacity(1, Mailbox.Overflow.REJECT));
            assertThat(process.join()).isEqualTo(ExitReason.normal());
            assertThat(received).containsExactly("fills it", "timer", "fits");
        }
    }

    @Test
    @DisplayName("5.7 timers are gone with the process: nobody waits on the clock, and the stop counts before a timer")
    void goneWithTheProcess() throws Exception {
        try (ProcessScope scope = open()) {
            ProcessRef<String> process = scope.start("timed", (Mailbox<String> mailbox) -> {
                mailbox.sendEvery(SECOND, "tick");
                receiveAll(mailbox);
            });
            ticker.awaitParked(1);
            process.stop();
            assertThat(process.join()).isEqualTo(ExitReason.shutdown());
            ticker.advance(Duration.ofDays(1));
            assertThat(received).isEmpty();
            assertThat(ticker.parked()).isZero();
        }
    }

    @Test
    @DisplayName("5.7 only the process itself sets and cancels its timers; a bad period is refused by name")
    void misuse() throws Exception {
        CompletableFuture<Mailbox<String>> leaked = new CompletableFuture<>();
        CompletableFuture<Mailbox.Timer> timer = new CompletableFuture<>();
        try (ProcessScope scope = open()) {
            scope.start("timed", (Mailbox<String> mailbox) -> {
                timer.complete(mailbox.sendAfter(SECOND, "later"));
                leaked.complete(mailbox);
                mailbox.receive();
            });
            Mailbox<String> mailbox = leaked.get();
            assertThatThrownBy(() -> mailbox.sendAfter(SECOND, "x")).isInstanceOf(ProcessException.class);
            assertThatThrownBy(() -> mailbox.sendEvery(SECOND, "x")).isInstanceOf(ProcessException.class);
            assertThatThrownBy(() -> mailbox.trapExits(Object::toString)).isInstanceOf(ProcessException.class);
            assertThatThrownBy(() -> timer.get().cancel())
                    .isInstanceOf(ProcessException.class)
                    .hasMessageContaining("timed");
            ProcessRef<String> checker = scope.start("checker", own -> {
                assertThatThrownBy(() -> own.sendEvery(Duration.ZERO, "x"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("period: PT0S; allowed: more than 0");
                own.sendAfter(Duration.ofSeconds(Long.MAX_VALUE), "never"); // saturates
                assertThat(own.tryReceive()).isEmpty();
            });
            assertThat(checker.join()).isEqualTo(ExitReason.normal());
        }
    }
}
