package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Several keys at once: in order, all or none, one time limit, one lease. */
@ParameterizedClass
@EnumSource(HolderKind.class)
class KeyedLocksSeveralTest extends LocksFixture {

    @Test
    @DisplayName("7.1 several keys are locked in sorted order, duplicates once, by one lease over all of them")
    void sortedAndDistinct() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<List<String>> lease = a.call(() -> locks.lockAll(List.of("c", "a", "b", "a", "c")));

            assertThat(lease.key()).containsExactly("a", "b", "c");
            assertThat(lease.holder().thread()).isSameAs(a.thread());
            assertThat(lease.isHeld()).isTrue();
            assertThat(lease).hasToString("keys [a, b, c], holder a");
            assertThat(locks.size()).isEqualTo(3);
            for (String key : List.of("a", "b", "c")) {
                assertThat(tryLock(b, key)).isEmpty();
            }
            lease.close();
            assertThat(lease.isHeld()).isFalse();
            assertThat(locks.size()).isZero();
            lock(b, "a");
            lease.close();
            assertThat(locks.size()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "7.1 several keys: a wait that times out leaves none of them locked, and its limit is for all together")
    void oneTimeLimit() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> first = lock(b, "b");
            lock(b, "c");
            Step<Optional<Lease<List<String>>>> step =
                    a.begin(() -> locks.lockAll(Set.of("c", "b", "a"), Duration.ofSeconds(3)));
            ticker.awaitParked(1);
            assertThat(waiters("b")).isEqualTo(1);
            ticker.advance(Duration.ofSeconds(2));
            first.close();
            Threads.awaitTrue("waits for c", () -> waiters("c") == 1);
            ticker.awaitParked(1);
            ticker.advance(Duration.ofSeconds(1));

            assertThat(step.get()).isEmpty();
            assertThat(locks.size()).isEqualTo(1);
            assertThat(waiters("c")).isZero();
        }
    }

    @Test
    @DisplayName("7.1 several keys: an interrupt leaves none of them locked")
    void interruptLeavesNone() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            lock(actors.start("b"), "b");
            Step<Lease<List<String>>> step = a.beginAndPark(() -> locks.lockAll(List.of("a", "b", "c")));
            Threads.awaitTrue("waits for b", () -> waiters("b") == 1);
            assertThat(locks.isLocked("a")).isTrue();
            a.thread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(step::get);
            assertThat(locks.size()).isEqualTo(1);
            assertThat(locks.isLocked("a")).isFalse();
        }
    }

    @Test
    @DisplayName("7.1 several keys with no time: all that are free, or none")
    void withoutWaiting() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> held = lock(b, "b");
            assertThat(a.call(() -> locks.lockAll(List.of("a", "b"), Duration.ZERO)))
                    .isEmpty();
            assertThat(locks.size()).isEqualTo(1);
            held.close();
            Optional<Lease<List<String>>> both = a.call(() -> locks.lockAll(List.of("a", "b"), Duration.ofNanos(-1)));
            assertThat(both).get().matches(Lease::isHeld);
            both.orElseThrow().close();
            try (Lease<List<String>> none = a.call(() -> locks.lockAll(List.of()))) {
                assertThat(none.key()).isEmpty();
            }
        }
    }

    @Test
    @DisplayName(
            "7.1 several keys, one of them held already: closing the lease over all gives back what it locked only")
    void reentrant() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Lease<String> own = lock(a, "b");
            Lease<List<String>> all = a.call(() -> locks.lockAll(List.of("a", "b")));
            all.close();
            assertThat(own.isHeld()).isTrue();
            assertThat(locks.size()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("7.1 several keys in shared mode: each is shared, and one that cannot be leaves the others free")
    void shared() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<List<String>> ofA = a.call(() -> locks.shared().lockAll(List.of("x", "y")));
            Lease<List<String>> ofB = b.call(() -> locks.shared().lockAll(List.of("y", "z")));
            assertThat(ofA.isHeld() && ofB.isHeld()).isTrue();
            assertThat(locks.size()).isEqualTo(3);
            assertThatExceptionOfType(LockException.Upgrade.class)
                    .isThrownBy(() -> a.call(() -> locks.lockAll(List.of("v", "w", "y"))));
            assertThat(locks.size()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("7.3 the end of the thread releases all of them")
    void released() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Lease<List<String>> lease = a.call(() -> locks.lockAll(List.of("a", "b", "c")));
            a.crash();
            assertThat(lease.isHeld()).isFalse();
            awaitFree();
            lease.close();
        }
    }

    @Test
    @DisplayName("7.1 threads that lock several keys in any order of mention never wait for each other in a circle")
    void noCircle() {
        AtomicIntegerArray inside = new AtomicIntegerArray(4);
        SplittableRandom seeds = new SplittableRandom(1);
        KeyedLocks<Integer> numbers =
                KeyedLocks.create("numbers", options -> options.withOrder(Comparator.reverseOrder()));
        try (Threads threads = new Threads()) {
            for (int i = 0; i < 8; i++) {
                SplittableRandom random = seeds.split();
                threads.start(ThreadKind.VIRTUAL, "several-" + i, () -> {
                    for (int round = 0; round < 300; round++) {
                        Integer[] keys = {random.nextInt(4), random.nextInt(4), random.nextInt(4)};
                        try (Lease<List<Integer>> lease = numbers.lockAll(Arrays.asList(keys))) {
                            assertThat(lease.key()).isSortedAccordingTo(Comparator.reverseOrder());
                            for (int key : lease.key()) {
                                assertThat(inside.incrementAndGet(key)).isEqualTo(1);
                            }
                            Thread.yield();
                            for (int key : lease.key()) {
                                inside.decrementAndGet(key);
                            }
                        }
                    }
                });
            }
        }
        assertThat(numbers.size()).isZero();
    }

    @Test
    @DisplayName("12 keys that do not compare, or compare as the same without being equal, are refused by name")
    void keysWithoutOrder() throws Exception {
        KeyedLocks<Object> objects = KeyedLocks.create("objects");
        Object thing = new Object();
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> objects.lockAll(List.of("text", 1)))
                .withMessageContaining("which do not compare");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> objects.lockAll(List.of(thing, new Object())))
                .withMessageContaining(thing.toString());
        KeyedLocks<String> byLength =
                KeyedLocks.create("texts", options -> options.withOrder(Comparator.comparing(String::length)));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> byLength.lockAll(List.of("one", "two"), Duration.ofDays(1)))
                .withMessage("keys: one and two, which differ but compare as the same; allowed: keys with an order,"
                        + " natural or withOrder");
        objects.lockAll(List.of(thing, thing)).close(); // one key needs no order
        assertThat(objects.size() + byLength.size()).isZero();
    }
}
