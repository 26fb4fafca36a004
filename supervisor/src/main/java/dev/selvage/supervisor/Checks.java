package dev.selvage.supervisor;

import java.time.Duration;
import java.util.Objects;

/** Checks of arguments, and sums of durations that do not overflow. */
final class Checks {

    /** What a wait is given that has its bound elsewhere. */
    static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private Checks() {}

    static String notBlank(String argument, String value) {
        Objects.requireNonNull(value, argument);
        if (value.isBlank()) {
            throw new IllegalArgumentException(argument + ": '" + value + "'; allowed: not blank");
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

    static Duration positive(String argument, Duration value) {
        Objects.requireNonNull(value, argument);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(argument + ": " + value + "; allowed: more than 0");
        }
        return value;
    }

    static int atLeast(String argument, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(argument + ": " + value + "; allowed: " + least + " or more");
        }
        return value;
    }

    static long nanos(Duration value) {
        try {
            return value.toNanos();
        } catch (ArithmeticException tooLong) {
            return Long.MAX_VALUE;
        }
    }

    static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    static Duration sum(Duration one, Duration other) {
        try {
            return one.plus(other);
        } catch (ArithmeticException tooLong) {
            return FOREVER;
        }
    }
}
