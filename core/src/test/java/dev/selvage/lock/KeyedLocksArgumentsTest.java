package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KeyedLocksArgumentsTest {
    private final KeyedLocks<String> locks = KeyedLocks.create("users");

    @Test
    @DisplayName("12 null arguments are refused by name")
    void nullsAreRefused() {
        refusesNull("name", () -> KeyedLocks.create(null));
        refusesNull("options", () -> KeyedLocks.create("users", null));
        refusesNull("options", () -> KeyedLocks.create("users", options -> null));
        refusesNull("ticker", () -> KeyedLocks.create("users", options -> options.withTicker(null)));
        refusesNull("key", () -> locks.lock(null));
        refusesNull("key", () -> locks.lock(null, Duration.ZERO));
        refusesNull("timeout", () -> locks.lock("k", null));
        refusesNull("key", () -> locks.tryLock(null));
        refusesNull("key", () -> locks.holder(null));
        refusesNull("key", () -> locks.isLocked(null));
        refusesNull("key", () -> locks.withLock(null, () -> 1));
        refusesNull("body", () -> locks.withLock("k", (LockedBody<Integer, Exception>) null));
        refusesNull("action", () -> locks.withLock("k", (LockedAction<Exception>) null));
        refusesNull("body", () -> locks.withLockOrElse("k", null, () -> 1));
        refusesNull("otherwise", () -> locks.withLockOrElse("k", () -> 1, null));
        refusesNull("action", () -> locks.withLockOrElse("k", null, () -> {}));
        refusesNull("otherwise", () -> locks.withLockOrElse("k", () -> {}, null));
        refusesNull("key", () -> locks.withLockOrElse(null, () -> 1, () -> 2));
        refusesNull("key", () -> locks.shared().lock(null));
        refusesNull("keys", () -> locks.lockAll(null));
        refusesNull("keys", () -> locks.lockAll(null, Duration.ZERO));
        refusesNull("timeout", () -> locks.lockAll(List.of("k"), null));
        refusesNull("key", () -> locks.lockAll(Arrays.asList("k", null)));
        refusesNull("order", () -> KeyedLocks.create("users", options -> options.withOrder(null)));
        refusesNull("timeout", () -> locks.withLock("k", null, () -> 1));
        refusesNull("body", () -> locks.withLock("k", Duration.ZERO, null));
        assertThat(locks.size()).isZero();
    }

    private static void refusesNull(String name, ThrowingCallable call) {
        assertThatExceptionOfType(NullPointerException.class).isThrownBy(call).withMessage(name);
    }

    @Test
    @DisplayName("12 a name must not be blank; it is kept")
    void names() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> KeyedLocks.create(" "))
                .withMessage("name: ' '; allowed: not blank");
        assertThat(locks.name()).isEqualTo("users");
        assertThat(locks).hasToString("keyed locks users, 0 held");
    }
}
