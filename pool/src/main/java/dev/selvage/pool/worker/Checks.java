package dev.selvage.pool.worker;

import java.time.Duration;
import java.util.Objects;

/** Refuses bad arguments by their names, with what is allowed. */
final class Checks {

    private Checks() {}

    static String notBlank(String argument, String value) {
        Objects.requireNonNull(value, argument);
        if (value.isBlank()) {
            throw new IllegalArgumentException(argument + ": '" + value + "'; allowed: not blank");
        }
        return value;
    }

    static int between(String argument, int value, int least, int most) {
        if (value < least || value > most) {
            String allowed = most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
            throw new IllegalArgumentException(argument + ": " + value + "; allowed: " + allowed);
        }
        return value;
    }

    static int atLeast(String argument, int value, int least) {
        return between(argument, value, least, Integer.MAX_VALUE);
    }

    static Duration positive(String argument, Duration value) {
        Objects.requireNonNull(value, argument);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(argument + ": " + value + "; allowed: more than 0");
        }
        return value;
    }

    static Duration notNegative(String argument, Duration value) {
        Objects.requireNonNull(value, argument);
        if (value.isNegative()) {
            throw new IllegalArgumentException(argument + ": " + value + "; allowed: 0 or more");
        }
        return value;
    }

    /** So that a sum of two never overflows. */
    static long nanos(Duration duration) {
        long longest = Long.MAX_VALUE / 4;
        return duration.compareTo(Duration.ofNanos(longest)) >= 0 ? longest : Math.max(0, duration.toNanos());
    }
}
