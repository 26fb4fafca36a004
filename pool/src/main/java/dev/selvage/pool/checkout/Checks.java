package dev.selvage.pool.checkout;

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

    static int atLeast(String argument, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(argument + ": " + value + "; allowed: " + least + " or more");
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

    static Duration notNegative(String argument, Duration value) {
        Objects.requireNonNull(value, argument);
        if (value.isNegative()) {
            throw new IllegalArgumentException(argument + ": " + value + "; allowed: 0 or more");
        }
        return value;
    }
}
