package dev.selvage.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FakeTickerTest {

    private static final long SECOND = 1_000_000_000L;

    private final FakeTicker ticker = new FakeTicker();

    @Test
    @DisplayName("time stands still until it is advanced, and goes on by exactly that much")
    void timeStandsStill() {
        long before = ticker.nanoTime();
        assertThat(ticker.nanoTime()).isEqualTo(before);

        ticker.advance(Duration.ofSeconds(3));

        assertThat(ticker.nanoTime() - before).isEqualTo(3 * SECOND);
        assertThat(ticker.elapsed()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    @DisplayName("the readings overflow within the first seconds")
    void readingsOverflow() {
        long before = ticker.nanoTime();
        ticker.advance(Duration.ofSeconds(2));
        assertThat(ticker.nanoTime()).isLessThan(before);
    }

    @Test
    @DisplayName("time does not run backwards")
    void refusesToGoBack() {
        assertThatThrownBy(() -> ticker.advance(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("allowed: 0 or more");
    }

    @Test
    @DisplayName("a wait of 0 or less returns at once and leaves the permit alone")
    void noWait() {
        LockSupport.unpark(Thread.currentThread());
        ticker.parkNanos(this, 0);
        ticker.parkNanos(this, -1);
        assertThat(ticker.parked()).isZero();
        LockSupport.park(this); // returns by the permit that is still there
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a wait ends when the time is advanced to its end, and not before")
    void waitEndsByAdvance(ThreadKind kind) {
        try (Threads threads = new Threads()) {
            Thread sleeper = threads.start(kind, "sleeper", () -> sleep(10 * SECOND));
            ticker.awaitParked(1);

            ticker.advance(Duration.ofSeconds(10).minusNanos(1));
            ticker.awaitParked(1);
            assertThat(sleeper.isAlive()).isTrue();

            ticker.advance(Duration.ofNanos(1));
            threads.join();
        }
        assertThat(ticker.parked()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a wait ends by unpark, also by one that came before it")
    void waitEndsByUnpark(ThreadKind kind) {
        try (Threads threads = new Threads()) {
            Thread early = threads.start(kind, "early", () -> {
                LockSupport.unpark(Thread.currentThread());
                ticker.parkNanos(this, SECOND);
            });
            Threads.awaitState(early, Thread.State.TERMINATED);

            Thread late = threads.start(kind, "late", () -> ticker.parkNanos(this, SECOND));
            ticker.awaitParked(1);
            LockSupport.unpark(late);
        }
        assertThat(ticker.elapsed()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a wait ends by interrupt, and the interrupt status stays")
    void waitEndsByInterrupt(ThreadKind kind) {
        try (Threads threads = new Threads()) {
            Thread sleeper = threads.start(kind, "sleeper", () -> {
                ticker.parkNanos(this, SECOND);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                ticker.parkNanos(this, SECOND); // at once, as long as the status is set
            });
            ticker.awaitParked(1);
            sleeper.interrupt();
        }
        assertThat(ticker.parked()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("one advance wakes exactly those whose time is up")
    void advanceWakesTheDue(ThreadKind kind) {
        AtomicInteger woken = new AtomicInteger();
        try (Threads threads = new Threads()) {
            for (int seconds = 1; seconds <= 4; seconds++) {
                long nanos = seconds * SECOND;
                threads.start(kind, "sleeper-" + seconds, () -> {
                    sleep(nanos);
                    woken.incrementAndGet();
                });
            }
            ticker.awaitParked(4);
            assertThat(ticker.awaitNextDeadline()).isEqualTo(Duration.ofSeconds(1));

            ticker.advance(Duration.ofSeconds(2));

            Threads.awaitTrue("two woken", () -> woken.get() == 2);
            assertThat(ticker.parked()).isEqualTo(2);
            assertThat(ticker.advanceToNextDeadline()).isEqualTo(Duration.ofSeconds(1));
            assertThat(ticker.advanceToNextDeadline()).isEqualTo(Duration.ofSeconds(1));
        }
        assertThat(woken).hasValue(4);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a thread that waits again and again is met at each of its deadlines")
    void periodicTimer(ThreadKind kind) {
        AtomicInteger fired = new AtomicInteger();
        int rounds = 200;
        try (Threads threads = new Threads()) {
            threads.start(kind, "timer", () -> {
                for (int i = 0; i < rounds; i++) {
                    sleep(SECOND);
                    fired.incrementAndGet();
                }
            });
            for (int i = 0; i < rounds; i++) {
                assertThat(ticker.advanceToNextDeadline()).isEqualTo(Duration.ofSeconds(1));
            }
        }
        assertThat(fired).hasValue(rounds);
        assertThat(ticker.elapsed()).isEqualTo(Duration.ofSeconds(rounds));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("an advance that races with the start of a wait is not missed")
    void advanceRacesWithPark(ThreadKind kind) {
        for (int round = 0; round < 500; round++) {
            FakeTicker fresh = new FakeTicker();
            try (Threads threads = new Threads()) {
                Deadline deadline = Deadline.after(Duration.ofSeconds(1), fresh);
                threads.start(kind, "sleeper", () -> {
                    while (!deadline.hasPassed()) {
                        deadline.park(this);
                    }
                });
                fresh.advance(Duration.ofSeconds(1));
            }
            assertThat(fresh.parked()).isZero();
        }
    }

    @Test
    @DisplayName("a wait without a look at the clock counts from now, however old the last look is")
    void oldReadingCountsOnce() {
        try (Threads threads = new Threads()) {
            threads.start(ThreadKind.VIRTUAL, "sleeper", () -> {
                ticker.nanoTime();
                ticker.advance(Duration.ofSeconds(5));
                ticker.parkNanos(this, SECOND); // counts from the reading: its time is up
                ticker.parkNanos(this, SECOND);
            });
            assertThat(ticker.advanceToNextDeadline()).isEqualTo(Duration.ofSeconds(1));
        }
        assertThat(ticker.elapsed()).isEqualTo(Duration.ofSeconds(6));
    }

    private void sleep(long nanos) {
        Deadline deadline = Deadline.after(Duration.ofNanos(nanos), ticker);
        while (!deadline.hasPassed()) {
            deadline.park(this);
        }
    }
}
