package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.time.Backoff;
import java.time.Duration;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What may be chosen, and what is refused. */
class RoutingOptionsTest {
    private static final RoutingOptions DEFAULTS = RoutingOptions.DEFAULTS;
    private static final Duration NEGATIVE = Duration.ofMillis(-1);

    static Stream<Arguments> refused() {
        return Stream.of(
                refused(options -> options.withRequestTimeout(Duration.ZERO), "timeout: PT0S; allowed: more than 0"),
                refused(options -> options.withConnectTimeout(NEGATIVE), "timeout: PT-0.001S; allowed: more than 0"),
                refused(options -> options.withMemberWait(NEGATIVE), "wait: PT-0.001S; allowed: 0 or more"),
                refused(options -> options.withHealthyAfter(NEGATIVE), "time: PT-0.001S; allowed: 0 or more"),
                refused(options -> options.withSilence(NEGATIVE), "interval: PT-0.001S; allowed: 0 or more"),
                refused(options -> options.withIntensity(-1, Duration.ZERO), "restarts: -1; allowed: 0 or more"),
                refused(options -> options.withIntensity(1, Duration.ZERO), "period: PT0S; allowed: more than 0"));
    }

    private static Arguments refused(UnaryOperator<RoutingOptions> change, String message) {
        return Arguments.of(message, change);
    }

    @ParameterizedTest(name = "12 bad values are refused at construction: {0}")
    @MethodSource("refused")
    void badValues(String message, UnaryOperator<RoutingOptions> change) {
        assertThatThrownBy(() -> change.apply(DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    static Stream<Arguments> nulls() {
        return Stream.of(
                refused(options -> options.withRouting(null), "routing"),
                refused(options -> options.withRequestTimeout(null), "timeout"),
                refused(options -> options.withMemberWait(null), "wait"),
                refused(options -> options.withConnectTimeout(null), "timeout"),
                refused(options -> options.withBackoff(null), "backoff"),
                refused(options -> options.withHealthyAfter(null), "time"),
                refused(options -> options.withSilence(null), "interval"),
                refused(options -> options.withIntensity(1, null), "period"),
                refused(options -> options.withTicker(null), "ticker"),
                refused(options -> options.withRandom(null), "random"));
    }

    @ParameterizedTest(name = "12 null is refused by name: {0}")
    @MethodSource("nulls")
    void nullValues(String name, UnaryOperator<RoutingOptions> change) {
        assertThatThrownBy(() -> change.apply(DEFAULTS))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(name);
    }

    @Test
    @DisplayName("12 options are values: a change makes a copy and touches nothing else")
    void copies() {
        RoutingOptions changed = DEFAULTS.withRequestTimeout(Duration.ofSeconds(1))
                .withMemberWait(Duration.ofSeconds(2))
                .withConnectTimeout(Duration.ofSeconds(3))
                .withHealthyAfter(Duration.ofSeconds(4))
                .withSilence(Duration.ofSeconds(5))
                .withIntensity(6, Duration.ofSeconds(7));
        assertThat(changed.requestTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(changed.memberWait()).isEqualTo(Duration.ofSeconds(2));
        assertThat(changed.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(changed.healthyAfter()).isEqualTo(Duration.ofSeconds(4));
        assertThat(changed.silence()).isEqualTo(Duration.ofSeconds(5));
        assertThat(changed.intensity(10)).isEqualTo(new RoutingOptions.Intensity(6, Duration.ofSeconds(7)));
        assertThat(DEFAULTS.requestTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(DEFAULTS.memberWait()).isEqualTo(Duration.ofSeconds(1));
        assertThat(DEFAULTS.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(DEFAULTS.healthyAfter()).isEqualTo(Duration.ofSeconds(1));
        assertThat(DEFAULTS.silence()).isEqualTo(Duration.ofSeconds(10));
        assertThat(DEFAULTS.intensity(10)).isEqualTo(new RoutingOptions.Intensity(13, Duration.ofSeconds(5)));
    }

    @Test
    @DisplayName("10.2 full jitter is added to whatever backoff is given")
    void jitter() {
        RoutingOptions options =
                DEFAULTS.withBackoff(Backoff.fixed(Duration.ofSeconds(10))).withRandom(new Random(1));
        assertThat(Stream.generate(() -> options.pause(1)).limit(1_000))
                .allMatch(pause -> pause.compareTo(Duration.ofSeconds(10)) <= 0)
                .anyMatch(pause -> pause.compareTo(Duration.ofSeconds(1)) < 0)
                .anyMatch(pause -> pause.compareTo(Duration.ofSeconds(9)) > 0);
        assertThat(DEFAULTS.withBackoff(Backoff.none()).pause(7)).isEqualTo(Duration.ZERO);
    }
}
