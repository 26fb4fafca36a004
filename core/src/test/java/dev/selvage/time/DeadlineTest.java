package dev.selvage.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineTest {

    private final FakeTicker ticker = new FakeTicker();

    @Test
    @DisplayName("what is left shrinks as time passes, across the overflow of the clock, and is never negative")
    void remainingShrinks() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(3), ticker);
        assertThat(deadline.remainingNanos()).isEqualTo(3_000_000_000L);

        ticker.advance(Duration.ofSeconds(2));
        assertThat(deadline.remainingNanos()).isEqualTo(1_000_000_000L);
        assertThat(deadline.hasPassed()).isFalse();

        ticker.advance(Duration.ofSeconds(1));
        assertThat(deadline.remainingNanos()).isZero();
        assertThat(deadline.hasPassed()).isTrue();

        ticker.advance(Duration.ofDays(365));
        assertThat(deadline.remainingNanos()).isZero();
        assertThat(deadline.hasPassed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT-2562047788015215H-30M-8S"})
    @DisplayName("a timeout of 0 or less has passed already")
    void zeroOrLessHasPassed(Duration timeout) {
        Deadline deadline = Deadline.after(timeout, ticker);

        assertThat(deadline.hasPassed()).isTrue();
        assertThat(deadline.isNever()).isFalse();
        deadline.park(this); // returns at once
        assertThat(ticker.parked()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1281024H", "PT2562047788015215H"})
    @DisplayName("a timeout beyond 146 years never passes")
    void tooLongIsNever(Duration timeout) {
        assertThat(Deadline.after(timeout, ticker)).isSameAs(Deadline.never());
    }

    @Test
    @DisplayName("a timeout of 146 years is measured, not taken for ever or for a past one")
    void longestIsMeasured() {
        Deadline deadline = Deadline.after(Duration.ofNanos(Long.MAX_VALUE / 2 - 1), ticker);
        assertThat(deadline.isNever()).isFalse();
        assertThat(deadline.hasPassed()).isFalse();
        assertThat(deadline.remainingNanos()).isEqualTo(Long.MAX_VALUE / 2 - 1);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a wait without a deadline parks until it is unparked")
    void neverParks(ThreadKind kind) {
        Deadline never = Deadline.never();
        assertThat(never.isNever()).isTrue();
        assertThat(never.hasPassed()).isFalse();
        assertThat(never.remainingNanos()).isEqualTo(Long.MAX_VALUE);

        try (Threads threads = new Threads()) {
            Thread waiter = threads.start(kind, "waiter", () -> never.park(this));
            Threads.awaitState(waiter, Thread.State.WAITING);
            assertThat(LockSupport.getBlocker(waiter)).isSameAs(this);
            LockSupport.unpark(waiter);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("one deadline bounds several waits together")
    void severalWaitsShareIt(ThreadKind kind) {
        Deadline deadline = Deadline.after(Duration.ofSeconds(10), ticker);
        try (Threads threads = new Threads()) {
            Thread waiter = threads.start(kind, "waiter", () -> {
                deadline.park("first");
                deadline.park("second");
            });
            ticker.awaitParked(1);
            ticker.advance(Duration.ofSeconds(4));
            LockSupport.unpark(waiter);

            Threads.awaitTrue("waits a second time", () -> "second".equals(LockSupport.getBlocker(waiter)));
            assertThat(ticker.awaitNextDeadline()).isEqualTo(Duration.ofSeconds(6));
            ticker.advance(Duration.ofSeconds(6));
        }
        assertThat(deadline.hasPassed()).isTrue();
    }

    @Test
    @DisplayName("its text tells what is left")
    void text() {
        assertThat(Deadline.after(Duration.ofSeconds(2), ticker)).hasToString("Deadline in PT2S");
        assertThat(Deadline.never()).hasToString("Deadline.never()");
    }

    @Test
    @DisplayName("null is refused by name")
    void refusesNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> Deadline.after(nothing(), ticker))
                .withMessage("timeout");
        assertThatNullPointerException()
                .isThrownBy(() -> Deadline.after(Duration.ZERO, nothing()))
                .withMessage("ticker");
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // meant to break the contract
    private static <T> T nothing() {
        return null;
    }
}
