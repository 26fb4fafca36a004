package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef.Monitor;
import dev.selvage.process.ProcessRef.Snapshot;
import dev.selvage.process.ProcessRef.State;
import dev.selvage.registry.Registry;
import dev.selvage.registry.UniqueRegistry;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What people can see of a process from outside (rules 5.1, 5.6). */
class SnapshotTest {

    @Test
    @DisplayName("5.1, 5.6 name, state, age, mailbox, links, monitors, holdings and stack are readable from outside")
    void running() throws Exception {
        FakeTicker ticker = new FakeTicker();
        try (UniqueRegistry<String, String> registry = Registry.unique("names");
                ProcessScope scope = ProcessScope.open("test", options -> options.withTicker(ticker))) {
            CountDownLatch taken = new CountDownLatch(1);
            CountDownLatch end = new CountDownLatch(1);
            ProcessRef<Object> other = scope.start("other", Mailbox::receive);
            ProcessRef<Object> process = scope.start("shown", mailbox -> {
                registry.register("key", "value");
                mailbox.receive();
                taken.countDown();
                end.await();
                throw new IllegalStateException("planned");
            });
            process.send(42);
            taken.await();
            Waiting.untilParked(process);
            process.send("queued");
            process.send("queued");
            process.link(other);
            ticker.advance(Duration.ofSeconds(3));
            try (Monitor monitor = process.monitor(exit -> {})) {
                Snapshot shown = process.snapshot();
                assertThat(shown.process()).isSameAs(process);
                assertThat(shown.state()).isEqualTo(State.RUNNING);
                assertThat(shown.exitReason()).isEmpty();
                assertThat(shown.age()).isEqualTo(Duration.ofSeconds(3));
                assertThat(shown.mailboxLength()).isEqualTo(2);
                assertThat(shown.longestMailbox()).isEqualTo(2);
                assertThat(shown.droppedMessages()).isZero();
                assertThat(shown.lastMessageType()).contains("java.lang.Integer");
                assertThat(shown.links()).containsExactly(other);
                assertThat(shown.monitors()).isEqualTo(1);
                assertThat(shown.holdings()).singleElement().asString().contains("names", "key", "value");
                assertThat(shown.stack())
                        .anyMatch(frame -> frame.getMethodName().equals("await"));
                assertThat(shown)
                        .hasToString("process 'shown', running, started 3000 ms ago, 2 queued (2 at most),"
                                + " last message java.lang.Integer, links [other], 1 monitors, holds "
                                + shown.holdings());
                assertThat(monitor.cancel()).isTrue();
            }
            other.unlink(process);
            end.countDown();
            ExitReason reason = process.join();
            Snapshot ended = process.snapshot();
            assertThat(ended.state()).isEqualTo(State.EXITED);
            assertThat(ended.exitReason()).contains(reason);
            assertThat(ended.holdings()).isEmpty();
            assertThat(ended.mailboxLength()).isZero();
            assertThat(ended).asString().contains("exited (failed: java.lang.IllegalStateException: planned)");
            process.thread().join();
            assertThat(ended.stack()).isEmpty();
        }
    }

    @Test
    @DisplayName(
            "5.8 a process that was asked to stop is stopping, one that was killed is ending, until its body returns")
    void ending() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            CountDownLatch end = new CountDownLatch(1);
            ProcessRef<String> process = scope.start("shown", mailbox -> Threads.awaitDeaf(end));
            process.stop();
            assertThat(process.snapshot().state()).isEqualTo(State.STOPPING);
            process.kill();
            assertThat(process.snapshot().state()).isEqualTo(State.ENDING);
            assertThat(process).hasToString("process 'shown' (ending)");
            end.countDown();
            process.join();
            assertThat(process).hasToString("process 'shown' (exited, killed)");
        }
    }

    @Test
    @DisplayName("5.1 the high-water mark keeps the greatest length, in steps of 64 at most")
    void highWater() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            CountDownLatch sent = new CountDownLatch(1);
            ProcessRef<Integer> process = scope.start("shown", mailbox -> {
                sent.await();
                for (; ; ) {
                    mailbox.receive();
                }
            });
            for (int i = 0; i < 1_000; i++) {
                process.send(i);
            }
            sent.countDown();
            process.stop();
            process.join();
            assertThat(process.longestMailbox()).isBetween(1_000 - 64, 1_000);
        }
    }
}
