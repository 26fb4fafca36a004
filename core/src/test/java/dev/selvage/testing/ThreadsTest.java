package dev.selvage.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ThreadsTest {

    @ParameterizedTest
    @EnumSource
    @DisplayName("a thread is of the kind asked for and has its name")
    void kindAndName(ThreadKind kind) {
        try (Threads threads = new Threads()) {
            Thread thread = threads.start(kind, "named", () -> {});
            assertThat(thread.isVirtual()).isEqualTo(kind == ThreadKind.VIRTUAL);
            assertThat(thread.getName()).isEqualTo("named");
        }
        Thread made = kind.factory("prefix-").newThread(() -> {});
        assertThat(made.isVirtual()).isEqualTo(kind == ThreadKind.VIRTUAL);
        assertThat(made.getName()).isEqualTo("prefix-0");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("close waits for every thread")
    void closeJoins(ThreadKind kind) {
        AtomicBoolean ended = new AtomicBoolean();
        CountDownLatch latch = new CountDownLatch(1);
        try (Threads threads = new Threads()) {
            Thread waiter = threads.start(kind, "waiter", () -> {
                latch.await();
                ended.set(true);
            });
            Threads.awaitState(waiter, Thread.State.WAITING);
            latch.countDown();
        }
        assertThat(ended).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("what threads throw fails the test, all of it")
    void failuresFailTheTest(ThreadKind kind) {
        Threads threads = new Threads();
        threads.start(kind, "first", () -> {
            throw new IllegalStateException("one");
        });
        threads.start(kind, "second", () -> {
            throw new AssertionError("two");
        });
        assertThatThrownBy(threads::close)
                .isInstanceOf(AssertionError.class)
                .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(1))
                .satisfies(failure -> assertThat(failure.getMessage() + failure.getSuppressed()[0].getMessage())
                        .contains("first threw java.lang.IllegalStateException: one")
                        .contains("second threw java.lang.AssertionError: two"));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a thread that does not end fails the test with its stack, and is interrupted")
    void hangingThreadFailsTheTest(ThreadKind kind) {
        Threads threads = new Threads(Duration.ofMillis(50));
        Thread hanging = threads.start(kind, "hanging", new CountDownLatch(1)::await);
        assertThatThrownBy(threads::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("hanging")
                .hasMessageContaining("did not end within PT0.05S")
                .hasMessageContaining("CountDownLatch.await");
        Threads.awaitState(hanging, Thread.State.TERMINATED);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a body that is run on a thread of its own fails its caller")
    void runFailsItsCaller(ThreadKind kind) {
        assertThatThrownBy(() -> Threads.run(kind, () -> {
                    throw new Exception("checked");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("checked");
    }
}
