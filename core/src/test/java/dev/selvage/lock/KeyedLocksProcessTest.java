package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Keys held by processes: what others find when they learn of the end, and what an abandoned one keeps. */
class KeyedLocksProcessTest {
    private final KeyedLocks<String> locks = KeyedLocks.create("users");

    @RepeatedTest(20)
    @DisplayName("4.2 whoever learns of a process's end, by a failed call, a monitor or join, finds its keys free")
    void keysAreFreeBeforeAnyoneHears() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            CountDownLatch told = new CountDownLatch(1);
            ConcurrentLinkedQueue<String> held = new ConcurrentLinkedQueue<>();
            ProcessRef<Object> process = scope.start("worker", mailbox -> {
                locks.lock("k");
                locks.lock("k");
                mailbox.receive();
                throw new IllegalStateException("expected by the test");
            });
            process.monitor(exit -> {
                noteIfLocked(held, "monitor");
                told.countDown();
            });
            try (Threads threads = new Threads()) {
                threads.start(ThreadKind.VIRTUAL, "caller", () -> {
                    assertThatExceptionOfType(ProcessException.Exited.class)
                            .isThrownBy(() -> process.call(reply -> reply));
                    noteIfLocked(held, "call");
                });
                threads.start(ThreadKind.PLATFORM, "joiner", () -> {
                    assertThat(process.join()).isInstanceOf(ExitReason.Failed.class);
                    noteIfLocked(held, "join");
                    assertThat(locks.size()).isZero();
                });
            }
            told.await();
            assertThat(held).isEmpty();
        }
    }

    private void noteIfLocked(ConcurrentLinkedQueue<String> held, String by) {
        if (locks.size() > 0 || locks.isLocked("k")) {
            held.add(by);
        }
    }

    @Test
    @DisplayName("4.3, 14 an abandoned process keeps its keys until its thread really ends: two holders never run")
    void anAbandonedProcessKeepsItsKeys() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        CountDownLatch holds = new CountDownLatch(1);
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        try (Threads threads = new Threads();
                ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<?> stuck = scope.run("stuck", () -> {
                Lease<String> lease = locks.lock("k");
                holds.countDown();
                awaitUninterruptibly(mayEnd);
                seen.add("runs on, held " + lease.isHeld());
                assertThat(locks.tryLock("k")).isPresent(); // its own already
                assertThatExceptionOfType(LockException.OwnerExited.class)
                        .isThrownBy(() -> locks.tryLock("another"))
                        .withMessage("stuck was declared exited: it cannot lock key another of keyed locks users");
                seen.add("ends");
            });
            holds.await();

            assertThat(stuck.shutdown(Duration.ZERO, Duration.ZERO)).isEqualTo(ExitReason.killed());

            assertThat(stuck.isAbandoned()).isTrue();
            assertThat(stuck.isAlive()).isFalse();
            assertThat(locks.holder("k")).containsSame(stuck);
            assertThat(locks.tryLock("k")).isEmpty();
            threads.start(ThreadKind.VIRTUAL, "waiter", () -> {
                Lease<String> lease = locks.lock("k");
                seen.add("granted");
                lease.close();
            });
            Threads.awaitTrue("waits", () -> waiters("k") == 1);
            assertThat(locks.lock("k", Duration.ofNanos(1))).isEmpty();

            mayEnd.countDown();
            threads.join();
            assertThat(seen).containsExactly("runs on, held true", "ends", "granted");
            assertThat(locks.size()).isZero();
        }
    }

    @Test
    @DisplayName("5.8 a process that is stopped while it waits for a key leaves the queue and ends")
    void stoppedWhileWaiting() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            Lease<String> lease = locks.lock("k");
            ProcessRef<?> waiting = scope.run("waiting", () -> locks.lock("k"));
            Threads.awaitTrue("waits", () -> waiters("k") == 1);
            waiting.stop();
            assertThat(waiting.join()).isEqualTo(ExitReason.shutdown());
            assertThat(waiters("k")).isZero();
            ProcessRef<?> killed = scope.run("killed", () -> locks.lock("k"));
            Threads.awaitTrue("waits", () -> waiters("k") == 1);
            killed.kill();
            assertThat(killed.join()).isEqualTo(ExitReason.killed());
            assertThat(waiters("k")).isZero();
            lease.close();
            assertThat(locks.size()).isZero();
        }
    }

    @Test
    @DisplayName("7.1 the holder of a process's key is its reference")
    void theHolderIsTheProcess() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> process = scope.start("worker", mailbox -> {
                locks.lock("k");
                mailbox.receive();
                mailbox.receive();
            });
            process.send("once");
            Threads.awaitTrue("locked", () -> locks.isLocked("k"));
            assertThat(locks.holder("k")).containsSame(process);
        }
        assertThat(locks.size()).isZero();
    }

    private int waiters(String key) {
        return ((LocalKeyedLocks<String>) locks).waiters(key);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
