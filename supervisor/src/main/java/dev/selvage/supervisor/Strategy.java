package dev.selvage.supervisor;

import java.util.Locale;

/**
 * Which children a supervisor starts anew when one of them has to be. They are those of Erlang/OTP's
 * {@code supervisor}.
 *
 * <p>Children that are stopped for it are stopped one by one in the reverse of their order, each by its own rule,
 * before any is started; they are started in their order, each awaited. A {@linkplain Restart#TEMPORARY temporary}
 * child that is stopped for the sake of another is not started again. A {@linkplain Restart#TRANSIENT transient} child
 * that had ended by itself is.
 */
public enum Strategy {
    /** The one that ended, and no other: for children that do not depend on each other. */
    ONE_FOR_ONE,
    /** The one that ended, and all after it: for children each of which depends on those before it. */
    REST_FOR_ONE,
    /** All of them: for children that depend on each other. */
    ONE_FOR_ALL;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
