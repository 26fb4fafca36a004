package dev.selvage.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.selvage.lock.KeyedLocks;
import dev.selvage.lock.Lease;
import dev.selvage.lock.LockException;
import dev.selvage.lock.LockSnapshot;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of docs/locks.md: each stands here between two marks, compiled and run, and there word for word. */
@DisplayName("The page on keyed locks")
class LocksPageTest {
    private final KeyedLocks<String> locks = KeyedLocks.create("users");
    private final List<String> syncs = new ArrayList<>();
    private final List<String> later = new ArrayList<>();
    private final Row row = new Row();

    /** A row that refuses whoever is late. */
    private static final class Row {
        private String text = "";
        private long greatest;

        synchronized boolean write(String what, long token) {
            if (token < greatest) {
                return false;
            }
            greatest = token;
            text = what;
            return true;
        }
    }

    private synchronized int sync(String user) {
        syncs.add(user);
        return syncs.size();
    }

    private void read(String user) {
        sync("read " + user);
    }

    private void write(String user) {
        sync("wrote " + user);
    }

    private boolean putBack(String user) {
        return later.add(user);
    }

    @AfterEach
    void nothingIsLocked() {
        assertThat(locks.size()).isZero();
    }

    @Test
    @DisplayName("shows each of the examples here word for word, and no other")
    void examplesAreThese() throws IOException {
        PageExamples.areThoseOf(LocksPageTest.class, "locks.md");
    }

    @Test
    @DisplayName("one at a time, as a lambda")
    void lambdas() throws Exception {
        // PAGE: from here
        KeyedLocks<String> locks = KeyedLocks.create("users");

        int synced = locks.withLock("ada", () -> sync("ada")); // waits for its turn

        boolean done = locks.withLockOrElse("ada", () -> sync("ada") > 0, () -> putBack("ada")); // or does not wait

        Optional<Integer> inTime = locks.withLock("ada", Duration.ofSeconds(1), () -> sync("ada"));
        // PAGE: to here
        assertThat(synced).isEqualTo(1);
        assertThat(done).isTrue();
        assertThat(inTime).contains(3);
        assertThat(later).isEmpty();
    }

    @Test
    @DisplayName("one at a time, with a lease")
    void leases() throws Exception {
        // PAGE: from here
        try (Lease<String> lease = locks.lock("ada")) {
            sync(lease.key());
        }
        Optional<Lease<String>> tried = locks.tryLock("ada");
        assertThat(tried).isPresent();
        tried.get().close();
        // PAGE: to here
        assertThat(syncs).containsExactly("ada");
    }

    @Test
    @DisplayName("a holder that dies")
    void death() throws Exception {
        // PAGE: from here
        try (ProcessScope scope = ProcessScope.open("example")) {
            ProcessRef<?> careless = scope.run("careless", () -> {
                locks.lock("bob");
                throw new IllegalStateException("planned");
            });
            careless.join();
            assertThat(locks.isLocked("bob")).isFalse();
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("shared")
    void shared() throws Exception {
        // PAGE: from here
        try (Lease<String> one = locks.shared().lock("ada");
                Lease<String> same = locks.shared().lock("ada")) {
            assertThat(one.isHeld() && same.isHeld()).isTrue();
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("a downgrade")
    void downgrade() throws Exception {
        // PAGE: from here
        try (Lease<String> exclusive = locks.lock("ada")) {
            write("ada");
            Lease<String> reading = locks.shared().lock("ada");
            exclusive.close(); // from here on others read too
            read("ada");
            reading.close();
        }
        // PAGE: to here
        assertThat(syncs).containsExactly("wrote ada", "read ada");
    }

    @Test
    @DisplayName("several at once")
    void several() throws Exception {
        // PAGE: from here
        try (Lease<List<String>> both = locks.lockAll(List.of("bob", "ada"))) {
            assertThat(both.key()).containsExactly("ada", "bob");
        }
        Optional<Lease<List<String>>> inTime = locks.lockAll(List.of("ada", "eve"), Duration.ofMillis(100));
        assertThat(inTime).isPresent();
        inTime.get().close();
        // PAGE: to here
    }

    @Test
    @DisplayName("a deadlock")
    void deadlock() throws Exception {
        CountDownLatch hasBob = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread other = Thread.ofVirtual().name("b").start(() -> {
            try (Lease<String> bob = locks.lock("bob")) {
                hasBob.countDown();
                await().until(() -> locks.isLocked("ada"));
                try (Lease<String> ada = locks.lock("ada")) {
                    assertThat(ada.isHeld() && bob.isHeld()).isTrue();
                }
            } catch (LockException.Deadlock circle) {
                putBack("ada"); // whichever of the two came second
            } catch (InterruptedException | AssertionError e) {
                failure.set(e);
            }
        });
        hasBob.await();
        // PAGE: from here
        try (Lease<String> mine = locks.lock("ada")) {
            locks.lock("bob").close();
        } catch (LockException.Deadlock circle) {
            // deadlock: a waits for key bob of keyed locks users, held by b; b waits for key ada ...
            putBack("ada");
        }
        // PAGE: to here
        other.join();
        assertThat(failure.get()).isNull();
        assertThat(later).containsExactly("ada");
    }

    @Test
    @DisplayName("a lease that is handed over")
    void handOver() throws Exception {
        // PAGE: from here
        try (ProcessScope scope = ProcessScope.open("example")) {
            ProcessRef<Lease<String>> worker = scope.start("worker", mailbox -> {
                try (Lease<String> lease = mailbox.receive()) {
                    sync(lease.key());
                }
            });
            try (Lease<String> lease = locks.lock("ada")) {
                worker.send(lease.handOver(worker.thread()));
            } // the close does nothing: the key is the worker's
            worker.join();
        }
        // PAGE: to here
        assertThat(syncs).containsExactly("ada");
    }

    @Test
    @DisplayName("a fencing token")
    void token() throws Exception {
        // PAGE: from here
        Lease<String> stalled = locks.lock("ada");
        row.write("first", stalled.token());
        stalled.close(); // somebody closed it while its holder was busy
        try (Lease<String> next = locks.lock("ada")) {
            row.write("second", next.token());
            assertThat(row.write("late", stalled.token())).isFalse(); // the row has seen a greater one
        }
        // PAGE: to here
        assertThat(row.text).isEqualTo("second");
    }

    @Test
    @DisplayName("a snapshot")
    void snapshot() throws Exception {
        String before = Thread.currentThread().getName();
        Thread.currentThread().setName("main");
        // PAGE: from here
        Lease<String> lease = locks.lock("ada");
        LockSnapshot<String> snapshot = locks.snapshot();
        assertThat(snapshot.toString().lines())
                .containsExactly(
                        "keyed locks users: 1 key, 1 holder, 0 waiters",
                        "key  mode       state  thread  since  token",
                        "ada  exclusive  holds  main");
        lease.close();
        // PAGE: to here
        Thread.currentThread().setName(before);
    }
}
