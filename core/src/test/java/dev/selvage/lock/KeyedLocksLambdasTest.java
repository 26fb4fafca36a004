package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The lambda forms, as programs write them: with and without a result, with the key or something else instead. */
@ParameterizedClass
@EnumSource(HolderKind.class)
class KeyedLocksLambdasTest extends LocksFixture {
    private final List<String> done = new ArrayList<>();

    private void sync(String user) {
        assertThat(locks.isLocked("k")).isTrue();
        done.add("synced " + user);
    }

    private int count(String user) {
        sync(user);
        return done.size();
    }

    private void fail(String user) throws IOException {
        throw new IOException("expected of " + user);
    }

    private void syncAda() {
        sync("ada");
    }

    private int countAda() {
        return count("ada");
    }

    @Test
    @DisplayName("7.1 the lambda form takes a block, a call with a result or without, and a method by name")
    void withAndWithoutResult() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            a.call(() -> {
                locks.withLock("k", () -> sync("ada"));
                locks.withLock("k", () -> {
                    sync("bob");
                });
                locks.withLock("k", this::syncAda);
                locks.withLock("k", () -> count("eve")); // its result is dropped
                int count = locks.withLock("k", () -> count("eve"));
                assertThat(count).isEqualTo(5);
                int byName = locks.withLock("k", this::countAda);
                assertThat(byName).isEqualTo(6);
                locks.withLock("k", () -> done.add("added")); // either form would do
                locks.shared().withLock("k", this::syncAda);
                return null;
            });
            assertThat(done).hasSize(8);
            assertThat(locks.size()).isZero();
        }
    }

    @Test
    @DisplayName("7.3 an action that throws gives the key back, and what it threw is thrown, checked or not")
    void theActionThrows() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            assertThatThrownBy(() -> a.call(() -> {
                        locks.withLock("k", () -> fail("ada"));
                        return null;
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("expected of ada");
            assertThat(locks.size()).isZero();
            assertThatThrownBy(() -> a.call(() -> {
                        locks.withLockOrElse("k", () -> fail("bob"), () -> {});
                        return null;
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("expected of bob");
            assertThatThrownBy(() -> a.call(() -> locks.withLockOrElse(
                            "k",
                            () -> {
                                throw new IllegalStateException("expected");
                            },
                            () -> 1)))
                    .hasMessage("expected");
            assertThat(locks.size()).isZero();
        }
    }

    @Test
    @DisplayName("7.1 withLockOrElse runs the one with the key, or at once the other without it, never both")
    void withLockOrElse() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            String free = a.call(() -> locks.withLockOrElse("k", () -> "synced " + locks.isLocked("k"), () -> "later"));
            assertThat(free).isEqualTo("synced true");
            assertThat(locks.size()).isZero();
            Lease<String> lease = lock(b, "k");
            String held = a.call(() -> locks.withLockOrElse("k", () -> "synced", () -> "later"));
            assertThat(held).isEqualTo("later");
            assertThatThrownBy(() ->
                            a.call(() -> locks.withLockOrElse("k", () -> "synced", () -> fail(List.of("put back")))))
                    .isInstanceOf(IOException.class);
            a.call(() -> {
                locks.withLockOrElse("k", () -> sync("ada"), () -> done.clear());
                locks.withLockOrElse("k", () -> count("ada"), () -> {
                    done.add("put back");
                });
                return null;
            });
            assertThat(done).containsExactly("put back");
            String mine = b.call(() -> locks.withLockOrElse("k", () -> "nested", () -> "later"));
            assertThat(mine).isEqualTo("nested");
            lease.close();
        }
    }

    private String fail(List<String> what) throws IOException {
        throw new IOException("expected: " + what);
    }

    @Test
    @DisplayName("12 withLockOrElse waits for nobody, and so takes no notice of an interrupt")
    void withLockOrElseIgnoresInterrupts() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            lock(actors.start("b"), "held");
            boolean interrupted = a.call(() -> {
                Thread.currentThread().interrupt();
                assertThat(locks.<Integer, RuntimeException>withLockOrElse("k", () -> 1, () -> 2))
                        .isEqualTo(1);
                assertThat(locks.<Integer, RuntimeException>withLockOrElse("held", () -> 1, () -> 2))
                        .isEqualTo(2);
                return Thread.interrupted();
            });
            assertThat(interrupted).isTrue();
        }
    }
}
