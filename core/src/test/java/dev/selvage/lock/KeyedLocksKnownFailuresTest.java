package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What went wrong elsewhere, by the numbers of the list of known failures. Number 14 is in KeyedLocksProcessTest. */
class KeyedLocksKnownFailuresTest {
    private final FakeTicker ticker = new FakeTicker();
    private final KeyedLocks<Object> locks = KeyedLocks.create("users", options -> options.withTicker(ticker));

    @ParameterizedTest
    @EnumSource
    @DisplayName("13 a waiter that timed out is never granted the key afterwards: it goes to the next, or is free")
    void aTimedOutWaiterIsGrantedNothing(HolderKind kind) throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor holder = actors.start("holder");
            Actor impatient = actors.start("impatient");
            Actor next = actors.start("next");
            Lease<Object> lease = holder.call(() -> locks.lock("k"));
            Step<Optional<Lease<Object>>> gaveUp = impatient.begin(() -> locks.lock("k", Duration.ofSeconds(1)));
            ticker.awaitParked(1);
            Step<Lease<Object>> waits = next.beginAndPark(() -> locks.lock("k"));

            ticker.advance(Duration.ofSeconds(1));
            assertThat(gaveUp.get()).isEmpty();
            lease.close();

            assertThat(waits.get().holder().name()).isEqualTo("next");
            waits.get().close();
            assertThat(locks.size()).isZero();
            assertThat(locks.holder("k")).isEmpty();
        }
    }

    @Test
    @DisplayName("13 the queue behind a long holder keeps nothing of those who gave up")
    void theQueueKeepsNothingOfThoseWhoLeft() throws Exception {
        Lease<Object> lease = locks.lock("k");
        try (Threads threads = new Threads()) {
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < 50; i++) {
                    threads.start(
                            ThreadKind.VIRTUAL,
                            "impatient",
                            () -> assertThat(locks.lock("k", Duration.ofSeconds(1)))
                                    .isEmpty());
                }
                Threads.awaitTrue("50 wait", () -> waiters("k") == 50);
                ticker.awaitParked(50);
                ticker.advance(Duration.ofSeconds(1));
                threads.join();
                assertThat(waiters("k")).isZero();
            }
        }
        lease.close();
        assertThat(locks.size()).isZero();
    }

    @Test
    @DisplayName("14 there is no keeper that could restart: a second set of the same name is another set of locks")
    void aSecondSetIsAnother() throws Exception {
        KeyedLocks<Object> second = KeyedLocks.create("users");
        Lease<Object> lease = locks.lock("k");
        Lease<Object> other = second.lock("k");
        other.close();
        assertThat(lease.isHeld()).isTrue();
        assertThat(second.size()).isZero();
        lease.close();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("15 an interrupted wait gives back nothing: the holder holds, the next waiter waits")
    void anInterruptedWaitReleasesNothing(HolderKind kind) throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor holder = actors.start("holder");
            Actor interrupted = actors.start("interrupted");
            Lease<Object> lease = holder.call(() -> locks.lock("k"));
            Step<Integer> step = interrupted.beginAndPark(() -> locks.withLock("k", () -> 1));
            interrupted.thread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(step::get);

            assertThat(lease.isHeld()).isTrue();
            assertThat(interrupted.call(() -> locks.tryLock("k"))).isEmpty();
            assertThat(locks.holder("k")).containsSame(lease.holder());
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("16 nested use of one key does not wait for itself")
    void nestedUseDoesNotDeadlock(HolderKind kind) throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor actor = actors.start("a");
            int depth = actor.call(() -> nest(100));
            assertThat(depth).isEqualTo(100);
            assertThat(locks.size()).isZero();
        }
    }

    private int nest(int levels) throws InterruptedException {
        return levels == 0 ? 0 : locks.withLock("k", () -> 1 + nest(levels - 1));
    }

    /** A key whose hash code is that of all its kind. */
    private record Colliding(int number) {
        @Override
        public int hashCode() {
            return 1;
        }
    }

    @Test
    @DisplayName("16 keys with equal hash codes share nothing: crossed use does not deadlock")
    void keysShareNoStripe() throws Exception {
        CyclicBarrier bothHold = new CyclicBarrier(2);
        try (Threads threads = new Threads()) {
            for (int i = 0; i < 2; i++) {
                int own = i;
                threads.start(ThreadKind.VIRTUAL, "crossed-" + i, () -> {
                    Lease<Object> first = locks.lock(new Colliding(own));
                    bothHold.await();
                    Lease<Object> second = locks.lock(new Colliding(own + 2)); // a stripe lock would wait here
                    second.close();
                    first.close();
                });
            }
        }
        List<Lease<Object>> leases = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            leases.add(locks.lock(new Colliding(i)));
        }
        assertThat(locks.size()).isEqualTo(200);
        leases.forEach(Lease::close);
        assertThat(locks.size()).isZero();
    }

    @Test
    @DisplayName("17 a hundred thousand keys that were locked leave nothing behind")
    void theTableDoesNotGrow() throws Exception {
        for (int i = 0; i < 100_000; i++) {
            locks.lock(i).close();
        }
        assertThat(locks.size()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("17 whether a key is wanted any more is decided in one step: no two hold it, none is lost")
    void removalIsAtomic(ThreadKind kind) {
        int rounds = 5_000;
        AtomicInteger inside = new AtomicInteger();
        ConcurrentLinkedQueue<Integer> crowds = new ConcurrentLinkedQueue<>();
        int[] count = new int[1];
        try (Threads threads = new Threads()) {
            for (int i = 0; i < 4; i++) {
                threads.start(kind, "user-" + i, () -> {
                    for (int round = 0; round < rounds; round++) {
                        Lease<Object> lease = locks.lock("k");
                        if (inside.incrementAndGet() != 1) {
                            crowds.add(round);
                        }
                        count[0]++; // plain: the lock's memory effects make it exact
                        inside.decrementAndGet();
                        lease.close();
                    }
                });
            }
        }
        assertThat(crowds).isEmpty();
        assertThat(count[0]).isEqualTo(4 * rounds);
        assertThat(locks.size()).isZero();
    }

    private int waiters(Object key) {
        return ((LocalKeyedLocks<Object>) locks).waiters(key);
    }
}
