package dev.selvage.time;

import java.time.Duration;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt, given how many have failed in a row.
 *
 * {@snippet :
 * Backoff backoff = Backoff.exponential(Duration.ofMillis(10), Duration.ofSeconds(5)).withFullJitter();
 * Duration pause = backoff.delay(3, ThreadLocalRandom.current()); // more than 0, at most 40 ms
 * }
 *
 * <p>A backoff keeps no state and may be shared by any number of threads. Jitter spreads those who failed together:
 * "full jitter" is the form found best in Marc Brooker's "Exponential Backoff And Jitter" (AWS Architecture Blog,
 * 2015).
 */
@FunctionalInterface
public interface Backoff {

    /**
     * Returns the wait before the next attempt.
     *
     * @param attempt how many attempts have failed in a row, 1 or more
     * @param random where jitter comes from
     * @return the wait, never negative
     */
    Duration delay(int attempt, RandomGenerator random);

    /**
     * Returns the backoff that never waits.
     *
     * @return no wait at all
     */
    static Backoff none() {
        return (attempt, random) -> Duration.ZERO;
    }

    /**
     * Returns the backoff that always waits equally long.
     *
     * @param delay the wait, 0 or more
     * @return the fixed backoff
     */
    static Backoff fixed(Duration delay) {
        Checks.notNegative("delay", delay);
        return (attempt, random) -> delay;
    }

    /**
     * Returns the backoff that waits {@code first}, then twice as long after each further failure, up to a ceiling.
     *
     * @param first the wait after the first failure, more than 0
     * @param ceiling the longest wait, {@code first} or more
     * @return the exponential backoff, without jitter
     */
    static Backoff exponential(Duration first, Duration ceiling) {
        Checks.positive("first", first);
        Objects.requireNonNull(ceiling, "ceiling");
        if (ceiling.compareTo(first) < 0) {
            throw new IllegalArgumentException("ceiling: " + ceiling + "; allowed: first (" + first + ") or more");
        }
        long firstNanos = Checks.nanosSaturated(first);
        long ceilingNanos = Checks.nanosSaturated(ceiling);
        return (attempt, random) -> {
            int doublings = Math.max(0, attempt - 1);
            boolean overflows = doublings >= Long.numberOfLeadingZeros(firstNanos) - 1;
            return Duration.ofNanos(overflows ? ceilingNanos : Math.min(ceilingNanos, firstNanos << doublings));
        };
    }

    /**
     * Returns this backoff with each wait drawn evenly from more than 0 up to what it would have been.
     *
     * @return the backoff with full jitter
     */
    default Backoff withFullJitter() {
        return (attempt, random) -> {
            long most = Checks.nanosSaturated(delay(attempt, random));
            return Duration.ofNanos(most == 0 ? 0 : random.nextLong(most) + 1);
        };
    }

    /**
     * Returns this backoff with each wait drawn evenly from a band around what it would have been.
     *
     * @param fraction half the width of the band as a part of the wait, from 0 to 1; 0.2 waits 80 % to 120 %
     * @return the backoff with jitter
     */
    default Backoff withJitter(double fraction) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("fraction: " + fraction + "; allowed: 0 to 1");
        }
        return (attempt, random) -> {
            long middle = Checks.nanosSaturated(delay(attempt, random));
            double factor = 1 + fraction * (2 * random.nextDouble() - 1);
            return Duration.ofNanos((long) (middle * factor));
        };
    }
}
