package dev.selvage.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TickerTest {

    private final Ticker ticker = Ticker.system();

    @Test
    @DisplayName("the system ticker reads the machine's monotonic clock")
    void readsMonotonicClock() {
        long before = System.nanoTime();
        long reading = ticker.nanoTime();
        long after = System.nanoTime();
        assertThat(reading - before).isNotNegative();
        assertThat(after - reading).isNotNegative();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a wait on the system ticker ends after its time")
    void waitEndsByTime(ThreadKind kind) {
        Threads.run(kind, () -> {
            Deadline deadline = Deadline.after(Duration.ofMillis(5), ticker);
            long start = System.nanoTime();
            while (!deadline.hasPassed()) {
                deadline.park(this);
            }
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(5_000_000L);
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a wait on the system ticker ends by unpark and by interrupt, the status stays")
    void waitEndsEarly(ThreadKind kind) {
        try (Threads threads = new Threads()) {
            Thread unparked = threads.start(kind, "unparked", () -> ticker.parkNanos(this, Long.MAX_VALUE));
            Thread interrupted = threads.start(kind, "interrupted", () -> {
                ticker.parkNanos(this, Long.MAX_VALUE);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            });
            Threads.awaitState(unparked, Thread.State.TIMED_WAITING);
            Threads.awaitState(interrupted, Thread.State.TIMED_WAITING);
            assertThat(LockSupport.getBlocker(unparked)).isSameAs(this);

            LockSupport.unpark(unparked);
            interrupted.interrupt();
        }
    }
}
