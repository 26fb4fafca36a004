package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Many keys and many deaths. */
class KeyedLocksLoadTest {
    private static final int HOLDERS = 100_000;
    private static final int AT_ONCE = 2_000;
    private static final int MILLION = 1_000_000;

    private final KeyedLocks<Integer> locks = KeyedLocks.create("load");

    @Test
    @DisplayName("7.3 a storm of 100,000 holders that crash, a waiter behind each: no key is lost, no two hold it")
    void crashStorm() throws Exception {
        AtomicIntegerArray inside = new AtomicIntegerArray(HOLDERS);
        AtomicInteger crowds = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        Semaphore places = new Semaphore(AT_ONCE);
        for (int i = 0; i < HOLDERS; i++) {
            int key = i;
            places.acquire();
            Thread holder = Thread.ofVirtual().name("holder").unstarted(() -> {
                locks.tryLock(key).orElseThrow();
                Thread waiter = Thread.ofVirtual().name("waiter").start(() -> {
                    try {
                        locks.lock(key); // and dies with it
                        crowds.addAndGet(inside.incrementAndGet(key) - 1);
                        served.incrementAndGet();
                    } catch (InterruptedException e) {
                        throw new AssertionError("nobody interrupts", e);
                    } finally {
                        places.release();
                    }
                });
                inside.incrementAndGet(key);
                Threads.awaitTrue("it waits", () -> waits(key) || !waiter.isAlive());
                inside.decrementAndGet(key);
                throw new Crash();
            });
            holder.setUncaughtExceptionHandler((crashed, expected) -> {});
            holder.start();
        }
        places.acquire(AT_ONCE);
        Threads.awaitTrue("no key locked: " + locks, () -> locks.size() == 0);
        assertThat(served).hasValue(HOLDERS);
        assertThat(crowds).hasValue(0);
    }

    private boolean waits(int key) {
        return ((LocalKeyedLocks<Integer>) locks).waiters(key) > 0;
    }

    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("expected by the test", null, false, false);
        }
    }

    @Test
    @DisplayName("17 a million distinct keys locked, waited for now and then, and gone leave nothing behind")
    void aMillionKeys() throws Exception {
        KeyedLocks<Long> keys = KeyedLocks.create("million");
        AtomicLong next = new AtomicLong();
        lockUpTo(keys, next, 100_000); // the table has its size, the classes are loaded
        long before = usedAfterCollection();
        lockUpTo(keys, next, MILLION);
        long after = usedAfterCollection();
        assertThat(keys.size()).isZero();
        assertThat(after - before).as("bytes left behind").isLessThan(4_000_000);
    }

    private static void lockUpTo(KeyedLocks<Long> keys, AtomicLong next, long limit) {
        try (Threads threads = new Threads()) {
            for (int i = 0; i < 4; i++) {
                threads.start(ThreadKind.VIRTUAL, "locker-" + i, () -> {
                    for (long key = next.getAndIncrement(); key < limit; key = next.getAndIncrement()) {
                        try (Lease<Long> lease = keys.lock(key);
                                Lease<Long> beside = keys.shared().lock(key - limit);
                                Lease<Long> hot = keys.lock(-1L - limit)) {
                            assertThat(lease.isHeld() && beside.isHeld() && hot.isHeld())
                                    .isTrue();
                        }
                    }
                });
            }
        }
    }

    private static long usedAfterCollection() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
