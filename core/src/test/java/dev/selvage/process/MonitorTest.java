package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef.Monitor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exactly one notice each (rule 5.6). */
class MonitorTest {

    @Test
    @DisplayName("5.6 monitors stack: each tells once, with the process and its reason")
    void stacked() throws Exception {
        List<Exit> told = Collections.synchronizedList(new ArrayList<>());
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> process = scope.start("watched", Mailbox::receive);
            process.monitor(told::add);
            process.monitor(told::add);
            process.send("end");
            process.join();
        }
        assertThat(told).hasSize(2).allSatisfy(exit -> {
            assertThat(exit.process().name()).isEqualTo("watched");
            assertThat(exit.reason()).isEqualTo(ExitReason.normal());
        });
    }

    @Test
    @DisplayName("5.6 monitors are told in the order in which they were set, whatever was cancelled between")
    void inOrder() throws Exception {
        List<Integer> told = Collections.synchronizedList(new ArrayList<>());
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> process = scope.start("watched", Mailbox::receive);
            List<Monitor> monitors = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                int number = i;
                monitors.add(process.monitor(exit -> told.add(number)));
            }
            monitors.get(0).cancel();
            monitors.get(7).cancel();
            assertThat(monitors(process)).isEqualTo(18);
            process.send("end");
            process.join();
        }
        assertThat(told).hasSize(18).isSorted().doesNotContain(0, 7);
    }

    @Test
    @DisplayName("5.6 a monitor of a dead process tells at once, on this thread")
    void dead() throws Exception {
        List<Thread> told = new ArrayList<>();
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> process = scope.start("watched", mailbox -> {});
            process.join();
            Monitor monitor = process.monitor(exit -> told.add(Thread.currentThread()));
            assertThat(told).containsExactly(Thread.currentThread());
            assertThat(monitor.cancel()).isFalse();
        }
    }

    @Test
    @DisplayName("5.6 a cancelled monitor never tells, and leaves nothing behind")
    void cancelled() throws Exception {
        List<Exit> told = Collections.synchronizedList(new ArrayList<>());
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> process = scope.start("watched", Mailbox::receive);
            Monitor monitor = process.monitor(told::add);
            assertThat(monitors(process)).isEqualTo(1);
            assertThat(monitor.cancel()).isTrue();
            assertThat(monitor.cancel()).isFalse();
            assertThat(monitors(process)).isZero();
            process.send("end");
            process.join();
        }
        assertThat(told).isEmpty();
    }

    @Test
    @DisplayName("5.6 a monitor set or cancelled while the process dies tells exactly once, or not at all if cancelled")
    void racingTheExit() throws Exception {
        for (int round = 0; round < 2_000; round++) {
            AtomicInteger told = new AtomicInteger();
            CountDownLatch go = new CountDownLatch(1);
            boolean cancel = round % 2 == 0;
            boolean cancelled = false;
            try (ProcessScope scope = ProcessScope.open("test")) {
                ProcessRef<String> process = scope.start("watched", mailbox -> go.await());
                go.countDown();
                Monitor monitor = process.monitor(exit -> told.incrementAndGet());
                if (cancel) {
                    cancelled = monitor.cancel();
                }
                process.join();
            }
            assertThat(told.get()).isEqualTo(cancelled ? 0 : 1);
        }
    }

    @Test
    @DisplayName("5.6 a monitor as a message of the mailbox's own type, past the bound of a full mailbox")
    void asMessage() throws Exception {
        List<String> received = Collections.synchronizedList(new ArrayList<>());
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> watched = scope.start("watched", Mailbox::receive);
            CountDownLatch monitored = new CountDownLatch(1);
            CountDownLatch dead = new CountDownLatch(1);
            ProcessRef<String> watcher = scope.start(
                    "watcher",
                    mailbox -> {
                        mailbox.monitor(
                                watched, exit -> "down: " + exit.process().name());
                        monitored.countDown();
                        dead.await();
                        received.add(mailbox.receive());
                        received.add(mailbox.receive());
                    },
                    options -> options.withCapacity(1, Mailbox.Overflow.REJECT));
            monitored.await();
            watcher.send("fills it");
            watched.send("end");
            watched.join();
            dead.countDown();
            assertThat(watcher.join()).isEqualTo(ExitReason.normal());
        }
        assertThat(received).containsExactly("fills it", "down: watched");
    }

    @ParameterizedTest
    @EnumSource(names = {"DROP_OLDEST", "DROP_NEWEST"})
    @DisplayName("5.6 a notice is never what a full mailbox drops, and takes no room of messages")
    void noticeIsNotDropped(Mailbox.Overflow overflow) throws Exception {
        List<String> received = Collections.synchronizedList(new ArrayList<>());
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> watched = scope.start("watched", mailbox -> {});
            watched.join();
            CountDownLatch monitored = new CountDownLatch(1);
            CountDownLatch sent = new CountDownLatch(1);
            ProcessRef<String> watcher = scope.start(
                    "watcher",
                    mailbox -> {
                        mailbox.monitor(watched, exit -> "down 1");
                        monitored.countDown();
                        sent.await();
                        mailbox.monitor(watched, exit -> "down 2");
                        mailbox.self().send("c");
                        for (int i = 0; i < 3; i++) {
                            received.add(mailbox.receive());
                        }
                        assertThat(mailbox.tryReceive()).isEmpty();
                    },
                    options -> options.withCapacity(1, overflow));
            monitored.await();
            assertThat(watcher.send("a")).isTrue();
            assertThat(watcher.send("b")).isTrue();
            assertThat(watcher.droppedMessages()).isEqualTo(1);
            sent.countDown();
            assertThat(watcher.join()).isEqualTo(ExitReason.normal());
            assertThat(watcher.droppedMessages()).isEqualTo(2);
        }
        assertThat(received).containsExactly("down 1", "down 2", "c");
    }

    @Test
    @DisplayName("5.3 joins and calls leave no monitor behind")
    void joinLeavesNothing() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> process = scope.start("watched", Mailbox::receive);
            assertThat(process.join(java.time.Duration.ofMillis(1))).isEmpty();
            Thread joiner = Thread.startVirtualThread(() -> {
                try {
                    process.join();
                } catch (InterruptedException expected) {
                    Thread.currentThread().interrupt();
                }
            });
            Waiting.untilParked(joiner);
            assertThat(monitors(process)).isEqualTo(1);
            joiner.interrupt();
            joiner.join();
            assertThat(monitors(process)).isZero();
        }
    }

    private static int monitors(ProcessRef<?> process) {
        return ((ManagedProcess<?>) process).monitorCount();
    }
}
