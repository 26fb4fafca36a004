package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.testing.PinnedEvents;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many threads, few keys, and everything that can happen to them, at random. */
class KeyedLocksStormTest {
    private static final int KEYS = 8;

    /** What one who has a key alone counts for; one who shares it counts for 1. */
    private static final int ALONE = 1_000_000;

    private final KeyedLocks<Integer> locks = KeyedLocks.create("storm");
    private final AtomicIntegerArray inside = new AtomicIntegerArray(KEYS);
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicLong grants = new AtomicLong();

    @ParameterizedTest
    @CsvSource({"VIRTUAL, 4000", "PLATFORM, 400"})
    @DisplayName(
            "7.3 threads that lock, give up, are interrupted and die at random: one holder a key, and nothing left")
    void crashStorm(ThreadKind kind, int count) {
        SplittableRandom seeds = new SplittableRandom(42);
        try (Threads threads = new Threads()) {
            Thread earlier = Thread.currentThread();
            for (int i = 0; i < count; i++) {
                SplittableRandom random = seeds.split();
                Thread thread = threads.start(kind, "storm-" + i, () -> live(random));
                if (seeds.nextInt(4) == 0 && earlier != Thread.currentThread()) {
                    earlier.interrupt();
                }
                earlier = thread;
            }
        }
        assertAllGood(count);
    }

    private void assertAllGood(int count) {
        assertThat(wrong).isEmpty();
        assertThat(grants.get()).isGreaterThan(count);
        Threads.awaitTrue("no key locked: " + locks, () -> locks.size() == 0);
        for (int key = 0; key < KEYS; key++) {
            assertThat(((LocalKeyedLocks<Integer>) locks).waiters(key)).isZero();
            assertThat(locks.tryLock(key)).isPresent();
        }
    }

    /** Locks some keys, in ascending order, and closes most of what it got: its end closes the rest. */
    private void live(SplittableRandom random) {
        for (int key = random.nextInt(3); key < KEYS; key += 1 + random.nextInt(3)) {
            try {
                Optional<Lease<Integer>> lease = lock(locks, key, random.nextInt(4));
                if (lease.isPresent()) {
                    use(lease.get(), random);
                }
            } catch (InterruptedException e) {
                if (random.nextBoolean()) {
                    return; // dies of it, with what it holds
                }
            }
        }
    }

    private static Optional<Lease<Integer>> lock(KeyedLocks<Integer> mode, int key, int way)
            throws InterruptedException {
        return switch (way) {
            case 0 -> mode.tryLock(key);
            case 1 -> mode.lock(key, Duration.ofNanos(50_000));
            case 2 -> mode.lock(key, Duration.ofSeconds(10));
            default -> Optional.of(mode.lock(key));
        };
    }

    private void use(Lease<Integer> lease, SplittableRandom random) throws InterruptedException {
        int key = lease.key();
        grants.incrementAndGet();
        if (inside.incrementAndGet(key) != 1) {
            wrong.add("two inside " + key);
        }
        if (random.nextInt(3) == 0) {
            Thread.yield();
        }
        if (random.nextInt(3) == 0) {
            nest(key);
        }
        inside.decrementAndGet(key);
        if (random.nextInt(4) != 0) {
            lease.close();
            lease.close();
            if (lease.isHeld()) {
                wrong.add("held after its close " + key);
            }
        }
    }

    /** Its own key again: granted at once even if others wait; sometimes not closed. */
    private void nest(int key) {
        Optional<Lease<Integer>> nested = locks.tryLock(key);
        if (nested.isEmpty()) {
            wrong.add("refused to its own holder " + key);
        } else {
            nested.get().close();
        }
    }

    @ParameterizedTest
    @CsvSource({"VIRTUAL, 4000", "PLATFORM, 400"})
    @DisplayName("7.2, 7.3, 7.5 the same of both modes, some handed over: nobody beside one who has a key alone")
    void stormOfBothModes(ThreadKind kind, int count) {
        SplittableRandom seeds = new SplittableRandom(43);
        try (Threads threads = new Threads()) {
            Thread earlier = Thread.currentThread();
            for (int i = 0; i < count; i++) {
                SplittableRandom random = seeds.split();
                Thread heir = earlier;
                Thread thread = threads.start(kind, "storm-" + i, () -> liveInBothModes(random, heir));
                if (seeds.nextInt(4) == 0 && earlier != Thread.currentThread()) {
                    earlier.interrupt();
                }
                earlier = thread;
            }
        }
        assertAllGood(count);
    }

    private void liveInBothModes(SplittableRandom random, Thread heir) {
        for (int key = random.nextInt(3); key < KEYS; key += 1 + random.nextInt(3)) {
            try {
                boolean shared = random.nextInt(3) > 0;
                Optional<Lease<Integer>> lease = lock(shared ? locks.shared() : locks, key, random.nextInt(4));
                if (lease.isPresent()) {
                    beInside(key, shared ? 1 : ALONE, random);
                    leave(lease.get(), heir, random);
                }
            } catch (LockException.Deadlock | LockException.Upgrade gift) {
                return; // what was handed to it is in its way; that goes with it
            } catch (InterruptedException e) {
                if (random.nextBoolean()) {
                    return;
                }
            }
        }
    }

    private void beInside(int key, int weight, SplittableRandom random) {
        grants.incrementAndGet();
        int all = inside.addAndGet(key, weight);
        if (weight == ALONE ? all != ALONE : all >= ALONE) {
            wrong.add("inside " + key + ": " + all);
        }
        if (random.nextInt(3) == 0) {
            Thread.yield();
        }
        inside.addAndGet(key, -weight);
    }

    /** Closes it, hands it over to a thread that may end at any moment, or leaves it to the end of this one. */
    private void leave(Lease<Integer> lease, Thread heir, SplittableRandom random) {
        switch (random.nextInt(8)) {
            case 0 -> {}
            case 1 -> {
                try {
                    lease.handOver(heir);
                } catch (LockException.HandOver ended) {
                    lease.close();
                }
            }
            default -> {
                lease.close();
                if (lease.isHeld()) {
                    wrong.add("held after its close " + lease.key());
                }
            }
        }
    }

    @Test
    @DisplayName("3.7 waiting for a key pins no carrier")
    void pinsNothing() throws Exception {
        assertThat(PinnedEvents.of(this::waitForEachOther))
                .filteredOn(event -> event.stack().contains("dev.selvage.lock"))
                .isEmpty();
        assertThat(locks.size()).isZero();
    }

    private void waitForEachOther() {
        try (Threads threads = new Threads()) {
            for (int i = 0; i < 50; i++) {
                threads.start(ThreadKind.VIRTUAL, "pinned-" + i, () -> {
                    for (int round = 0; round < 50; round++) {
                        Lease<Integer> lease = locks.lock(round % 2);
                        Thread.yield();
                        lease.close();
                    }
                });
            }
        }
    }
}
