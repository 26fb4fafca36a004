package dev.selvage.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {

    private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

    private final RandomGenerator random = new Random(42);

    @Test
    @DisplayName("none waits for nothing, fixed for the same each time")
    void constant() {
        assertThat(IntStream.rangeClosed(1, 100)
                        .mapToObj(attempt -> Backoff.none().delay(attempt, random)))
                .containsOnly(Duration.ZERO);
        assertThat(IntStream.rangeClosed(1, 100)
                        .mapToObj(attempt -> Backoff.fixed(Duration.ofMillis(7)).delay(attempt, random)))
                .containsOnly(Duration.ofMillis(7));
    }

    @Test
    @DisplayName("exponential starts with the first wait and doubles it up to the ceiling")
    void exponentialDoubles() {
        Backoff backoff = Backoff.exponential(Duration.ofMillis(10), Duration.ofMillis(100));
        assertThat(IntStream.rangeClosed(1, 6)
                        .mapToObj(attempt -> backoff.delay(attempt, random).toMillis()))
                .containsExactly(10L, 20L, 40L, 80L, 100L, 100L);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 1_000_000, 1L << 40, Long.MAX_VALUE})
    @DisplayName("exponential never shrinks and never overflows, however many failures")
    void exponentialIsMonotonic(long firstNanos) {
        Backoff backoff = Backoff.exponential(Duration.ofNanos(firstNanos), LONGEST);
        Duration before = Duration.ZERO;
        for (int attempt = 1; attempt <= 200; attempt++) {
            Duration delay = backoff.delay(attempt, random);
            assertThat(delay).isGreaterThanOrEqualTo(before).isPositive();
            before = delay;
        }
        assertThat(backoff.delay(Integer.MAX_VALUE, random)).isEqualTo(before);
    }

    @Test
    @DisplayName("full jitter draws evenly up to the wait and never beyond")
    void fullJitter() {
        Backoff backoff = Backoff.fixed(Duration.ofMillis(100)).withFullJitter();
        long[] nanos = draws(backoff).toArray();

        assertThat(LongStream.of(nanos).min().orElseThrow()).isBetween(0L, 1_000_000L);
        assertThat(LongStream.of(nanos).max().orElseThrow()).isBetween(99_000_000L, 100_000_000L);
        assertThat(LongStream.of(nanos).average().orElseThrow()).isBetween(48e6, 52e6);
    }

    @Test
    @DisplayName("jitter draws evenly from the band around the wait")
    void jitterBand() {
        Backoff backoff = Backoff.fixed(Duration.ofMillis(100)).withJitter(0.2);
        long[] nanos = draws(backoff).toArray();

        assertThat(LongStream.of(nanos).min().orElseThrow()).isBetween(80_000_000L, 81_000_000L);
        assertThat(LongStream.of(nanos).max().orElseThrow()).isBetween(119_000_000L, 120_000_000L);
        assertThat(LongStream.of(nanos).average().orElseThrow()).isBetween(99e6, 101e6);
    }

    @Test
    @DisplayName("jitter of no wait is no wait, of the longest wait no overflow")
    void jitterAtTheEnds() {
        assertThat(Backoff.none().withFullJitter().delay(1, random)).isZero();
        assertThat(Backoff.none().withJitter(1).delay(1, random)).isZero();
        assertThat(draws(Backoff.fixed(LONGEST).withFullJitter())).allMatch(nanos -> nanos >= 0);
        assertThat(draws(Backoff.fixed(LONGEST).withJitter(1))).allMatch(nanos -> nanos >= 0);
    }

    @Test
    @DisplayName("the same random numbers give the same waits")
    void reproducible() {
        Backoff backoff =
                Backoff.exponential(Duration.ofMillis(1), Duration.ofSeconds(1)).withFullJitter();
        assertThat(IntStream.range(1, 50).mapToObj(attempt -> backoff.delay(attempt, new Random(attempt))))
                .containsExactlyElementsOf(IntStream.range(1, 50)
                        .mapToObj(attempt -> backoff.delay(attempt, new Random(attempt)))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    @DisplayName("a fraction outside 0 to 1 is refused with what is allowed")
    void refusesFraction(double fraction) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backoff.none().withJitter(fraction))
                .withMessage("fraction: " + fraction + "; allowed: 0 to 1");
    }

    @Test
    @DisplayName("bad waits are refused with the name, the value and what is allowed")
    void refusesBadWaits() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backoff.fixed(Duration.ofMillis(-1)))
                .withMessage("delay: PT-0.001S; allowed: 0 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backoff.exponential(Duration.ZERO, Duration.ofSeconds(1)))
                .withMessage("first: PT0S; allowed: more than 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backoff.exponential(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .withMessage("ceiling: PT1S; allowed: first (PT2S) or more");
    }

    @Test
    @DisplayName("null is refused by name")
    void refusesNull() {
        assertThatNullPointerException()
                .isThrownBy(() -> Backoff.fixed(nothing()))
                .withMessage("delay");
        assertThatNullPointerException()
                .isThrownBy(() -> Backoff.exponential(nothing(), Duration.ofSeconds(1)))
                .withMessage("first");
        assertThatNullPointerException()
                .isThrownBy(() -> Backoff.exponential(Duration.ofSeconds(1), nothing()))
                .withMessage("ceiling");
    }

    private LongStream draws(Backoff backoff) {
        return IntStream.range(0, 10_000)
                .mapToLong(ignored -> backoff.delay(1, random).toNanos());
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // meant to break the contract
    private static <T> T nothing() {
        return null;
    }
}
