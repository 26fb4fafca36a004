package dev.selvage.demo.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TimesTest {

    @Test
    @DisplayName("without any time there is nothing to tell")
    void empty() {
        Times times = new Times();
        assertThat(times.count()).isZero();
        assertThat(times.within(0.5)).isEqualTo(Duration.ZERO);
        assertThat(times.longest()).isEqualTo(Duration.ZERO);
    }

    @Test
    @DisplayName("shares are exact to a tenth of a millisecond, the longest to the nanosecond")
    void shares() {
        Times times = new Times();
        for (int millis = 1; millis <= 100; millis++) {
            times.add(millis * 1_000_000L);
        }
        assertThat(times.count()).isEqualTo(100);
        assertThat(times.within(0.5)).isBetween(Duration.ofMillis(50), Duration.ofNanos(50_100_000));
        assertThat(times.within(0.99)).isBetween(Duration.ofMillis(99), Duration.ofNanos(99_100_000));
        assertThat(times.within(1)).isEqualTo(times.longest()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    @DisplayName("what takes longer than all buckets is still the longest")
    void beyond() {
        Times times = new Times();
        times.add(Duration.ofMinutes(1).toNanos());
        assertThat(times.longest()).isEqualTo(Duration.ofMinutes(1));
        assertThat(Times.text(times.longest())).isEqualTo("60,000 ms");
        assertThat(Times.text(Duration.ofNanos(1_234_000))).isEqualTo("1.2 ms");
    }
}
