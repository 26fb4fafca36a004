package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.time.FakeTicker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule 8.4: the window is exact. Readings of the ticker overflow within each of these tests. */
class RestartWindowTest {
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final Duration NANO = Duration.ofNanos(1);

    private final FakeTicker ticker = new FakeTicker();

    @Test
    @DisplayName("8.4 N restarts within the period are allowed, the N+1st is not")
    void allowsN() {
        RestartWindow window = new RestartWindow(new SupervisorSpec.Intensity(3, PERIOD), ticker);

        for (int restart = 1; restart <= 3; restart++) {
            assertThat(window.tryRestart()).isTrue();
            assertThat(window.used()).isEqualTo(restart);
        }
        assertThat(window.tryRestart()).isFalse();
        assertThat(window.used())
                .as("a restart that was refused does not count")
                .isEqualTo(3);
    }

    @Test
    @DisplayName("8.4 a restart counts until a nanosecond before it is one period old, and not when it is")
    void boundary() {
        RestartWindow window = new RestartWindow(new SupervisorSpec.Intensity(1, PERIOD), ticker);
        assertThat(window.tryRestart()).isTrue();

        ticker.advance(PERIOD.minus(NANO));
        assertThat(window.tryRestart()).isFalse();
        assertThat(window.used()).isEqualTo(1);

        ticker.advance(NANO);
        assertThat(window.used()).isZero();
        assertThat(window.tryRestart()).isTrue();
    }

    @Test
    @DisplayName("8.4 the window slides: the oldest restart leaves it alone, not all at the end of a fixed period")
    void slides() {
        RestartWindow window = new RestartWindow(new SupervisorSpec.Intensity(2, PERIOD), ticker);
        assertThat(window.tryRestart()).isTrue();
        ticker.advance(Duration.ofSeconds(4));
        assertThat(window.tryRestart()).isTrue();

        ticker.advance(Duration.ofSeconds(1));
        assertThat(window.tryRestart()).as("the first is 5 s old").isTrue();
        assertThat(window.tryRestart()).as("the second only 1 s").isFalse();
        ticker.advance(Duration.ofSeconds(4));
        assertThat(window.tryRestart()).as("now it is 5 s old").isTrue();
    }

    @Test
    @DisplayName("8.4 an intensity of 0 allows no restart")
    void none() {
        RestartWindow window = new RestartWindow(new SupervisorSpec.Intensity(0, PERIOD), ticker);

        assertThat(window.tryRestart()).isFalse();
        assertThat(window.used()).isZero();
    }

    @Test
    @DisplayName("8.4 a period of any length is taken")
    void endlessPeriod() {
        RestartWindow window =
                new RestartWindow(new SupervisorSpec.Intensity(1, Duration.ofSeconds(Long.MAX_VALUE)), ticker);
        assertThat(window.tryRestart()).isTrue();

        ticker.advance(Duration.ofDays(10_000));

        assertThat(window.tryRestart()).isFalse();
    }

    @Test
    @DisplayName(
            "8.4 no half-open period ever holds more restarts than are allowed: a model agrees on random histories")
    void agreesWithModel() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int allowed = random.nextInt(5);
            FakeTicker clock = new FakeTicker();
            RestartWindow window =
                    new RestartWindow(new SupervisorSpec.Intensity(allowed, Duration.ofNanos(100)), clock);
            ArrayDeque<Long> model = new ArrayDeque<>();
            long now = 0;
            for (int step = 0; step < 200; step++) {
                int passed = random.nextInt(60);
                clock.advance(Duration.ofNanos(passed));
                now += passed;
                long instant = now;
                model.removeIf(restart -> instant - restart >= 100);
                boolean isAllowed = model.size() < allowed;
                if (isAllowed) {
                    model.add(now);
                }
                assertThat(window.tryRestart())
                        .as("seed %d, step %d", seed, step)
                        .isEqualTo(isAllowed);
                assertThat(window.used()).isEqualTo(model.size());
            }
        }
    }
}
