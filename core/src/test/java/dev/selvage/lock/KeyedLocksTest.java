package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Locking and giving back, one thread or two, no waiting. */
@ParameterizedClass
@EnumSource(HolderKind.class)
class KeyedLocksTest extends LocksFixture {

    @Test
    @DisplayName("7.1 a free key is granted at once, to a lease that tells its key and holder")
    void aFreeKeyIsGranted() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Lease<String> lease = lock(a, "k");

            assertThat(lease.key()).isEqualTo("k");
            assertThat(lease.isHeld()).isTrue();
            assertThat(lease.holder().name()).isEqualTo("a");
            assertThat(lease.holder().thread()).isSameAs(a.thread());
            assertThat(locks.holder("k")).containsSame(lease.holder());
            assertThat(locks.isLocked("k")).isTrue();
            assertThat(locks.size()).isEqualTo(1);
            assertThat(locks).hasToString("keyed locks users, 1 held");
        }
    }

    @Test
    @DisplayName("7.1 closing the lease frees the key, and nothing of it stays")
    void closeFreesTheKey() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Lease<String> lease = lock(a, "k");
            lease.close();

            assertThat(lease.isHeld()).isFalse();
            assertThat(lease.key()).isEqualTo("k");
            assertThat(lease.holder().name()).isEqualTo("a");
            assertThat(locks.holder("k")).isEmpty();
            assertThat(locks.isLocked("k")).isFalse();
            assertThat(locks.size()).isZero();
            assertThat(lock(a, "k").isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.1 a key that another thread holds is refused by tryLock and by a timeout of 0 or less, at once")
    void aHeldKeyIsRefusedAtOnce() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> lease = lock(a, "k");

            assertThat(tryLock(b, "k")).isEmpty();
            assertThat(b.call(() -> locks.lock("k", Duration.ZERO))).isEmpty();
            assertThat(b.call(() -> locks.lock("k", Duration.ofDays(-1)))).isEmpty();
            assertThat(waiters("k")).isZero();

            lease.close();
            assertThat(tryLock(b, "k")).get().matches(Lease::isHeld);
        }
    }

    @Test
    @DisplayName("7.1 a timeout of 0 or less locks a free key")
    void noTimeIsEnoughForAFreeKey() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            assertThat(a.call(() -> locks.lock("zero", Duration.ZERO))).isPresent();
            assertThat(a.call(() -> locks.lock("less", Duration.ofNanos(-1)))).isPresent();
            assertThat(locks.size()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("7.1 different keys are locked independently of each other")
    void keysAreIndependent() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            lock(a, "one");
            assertThat(tryLock(b, "two")).isPresent();
            assertThat(tryLock(b, "one")).isEmpty();
            assertThat(tryLock(a, "two")).isEmpty();
            assertThat(locks.size()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("7.1 keys are told apart by equals, not by identity")
    void equalKeysAreOneKey() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            lock(a, new StringBuilder("same").toString());
            assertThat(tryLock(b, new StringBuilder("same").toString())).isEmpty();
        }
    }

    @Test
    @DisplayName("7.1 the same thread locks again, and the key is free when the last lease is closed, in any order")
    void reentrantAndCounted() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> first = lock(a, "k");
            Lease<String> second = tryLock(a, "k").orElseThrow();
            Lease<String> third =
                    a.call(() -> locks.lock("k", Duration.ofSeconds(1))).orElseThrow();
            assertThat(locks.size()).isEqualTo(1);

            first.close(); // the outermost is not the last
            assertThat(first.isHeld()).isFalse();
            assertThat(second.isHeld()).isTrue();
            assertThat(tryLock(b, "k")).isEmpty();
            third.close();
            assertThat(third.isHeld()).isFalse();
            assertThat(tryLock(b, "k")).isEmpty();
            Lease<String> fourth = lock(a, "k");
            second.close();
            assertThat(tryLock(b, "k")).isEmpty();
            assertThat(fourth.holder()).isSameAs(first.holder());
            assertThat(fourth.key()).isEqualTo("k");

            fourth.close();
            assertThat(locks.size()).isZero();
            assertThat(tryLock(b, "k")).isPresent();
        }
    }

    @Test
    @DisplayName("7.1 closing one lease twice gives back one lease")
    void aSecondCloseCountsForNothing() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Lease<String> outer = lock(a, "k");
            Lease<String> inner = lock(a, "k");
            Lease<String> innermost = lock(a, "k");
            inner.close();
            inner.close();
            assertThat(innermost.isHeld()).isTrue();
            outer.close();
            outer.close();
            assertThat(innermost.isHeld()).isTrue();
            assertThat(locks.isLocked("k")).isTrue();
            innermost.close();
            assertThat(locks.size()).isZero();
        }
    }

    @Test
    @DisplayName("7.1 a late close never releases a later holder's lock")
    void aLateCloseLeavesTheNextHolderAlone() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> outer = lock(a, "k");
            Lease<String> inner = lock(a, "k");
            outer.close();
            inner.close();
            Lease<String> ofB = lock(b, "k");

            outer.close();
            inner.close();

            assertThat(ofB.isHeld()).isTrue();
            assertThat(tryLock(a, "k")).isEmpty();
            ofB.close();
            Lease<String> again = lock(a, "k");
            outer.close();
            inner.close();
            assertThat(again.isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.1 any thread may close a lease")
    void anotherThreadCloses() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> outer = lock(a, "k");
            Lease<String> inner = lock(a, "k");
            b.call(() -> {
                outer.close();
                inner.close();
                return null;
            });
            assertThat(locks.size()).isZero();
            assertThat(tryLock(b, "k")).isPresent();
        }
    }

    @Test
    @DisplayName("7.3 the lambda form gives the key back when the body returns, and returns its result")
    void withLockReturns() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            int result = a.call(() -> locks.withLock("k", () -> {
                assertThat(locks.holder("k").orElseThrow().thread()).isSameAs(a.thread());
                assertThat(tryLock(b, "k")).isEmpty();
                return 42;
            }));
            assertThat(result).isEqualTo(42);
            assertThat(locks.size()).isZero();
            Object nothing = a.call(() -> locks.withLock("k", () -> null));
            assertThat(nothing).isNull();
        }
    }

    @Test
    @DisplayName("7.3 the lambda form gives the key back when the body throws, and throws the same")
    void withLockThrows() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            IOException failure = new IOException("expected");
            assertThatThrownBy(() -> a.call(() -> locks.withLock("k", () -> {
                        throw failure;
                    })))
                    .isSameAs(failure);
            assertThat(locks.size()).isZero();
            assertThatThrownBy(() -> a.call(() -> locks.withLock("k", Duration.ofSeconds(1), () -> {
                        throw failure;
                    })))
                    .isSameAs(failure);
            assertThat(locks.size()).isZero();
        }
    }

    @Test
    @DisplayName("7.3 the lambda form with a timeout runs its body only if the key was granted in time")
    void withLockInTime() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            assertThat(a.call(() -> locks.withLock("k", Duration.ZERO, () -> "ran")))
                    .contains("ran");
            Lease<String> lease = lock(a, "k");
            Step<Optional<String>> late = b.beginAndPark(() -> locks.withLock("k", Duration.ofSeconds(5), () -> {
                throw new AssertionError("ran");
            }));
            ticker.awaitParked(1);
            ticker.advance(Duration.ofSeconds(5));
            assertThat(late.get()).isEmpty();
            assertThat(lease.isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.3 the lambda form with a timeout refuses a body that returns null, and gives the key back")
    void withLockInTimeRefusesNull() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            assertThatExceptionOfType(NullPointerException.class)
                    .isThrownBy(() -> a.call(() -> locks.withLock("k", Duration.ofSeconds(1), () -> null)))
                    .withMessageContaining("result of body");
            assertThat(locks.size()).isZero();
        }
    }
}
