package dev.selvage.time;

import java.time.Duration;
import java.util.Objects;

/** Checks and conversions of durations at the edge of the package. */
final class Checks {

    private Checks() {}

    static void notNegative(String name, Duration duration) {
        Objects.requireNonNull(duration, name);
        if (duration.isNegative()) {
            throw new IllegalArgumentException(name + ": " + duration + "; allowed: 0 or more");
        }
    }

    static void positive(String name, Duration duration) {
        Objects.requireNonNull(duration, name);
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(name + ": " + duration + "; allowed: more than 0");
        }
    }

    static long nanosSaturated(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException tooLong) {
            return Long.MAX_VALUE;
        }
    }
}
