package dev.selvage.supervisor;

import java.util.Locale;

/**
 * Which children a supervisor starts anew when one of them has to be. They are those of Erlang/OTP's
 * {@code supervisor}.
 *
 * <p>Children that are stopped for it are stopped one by one in the reverse of their order, each by its own rule,
 * before any is started; they are started in their order, each awaited. They come back together: one that had ended by
 * itself, that somebody had terminated, or that had declined to run is started with the others. Only a
 * {@linkplain Restart#TEMPORARY temporary} one is not, and is forgotten. So a child that is to run once, whatever
 * becomes of its siblings, stands in a supervisor of its own, or before them under rest_for_one.
 *
 * <p>When a start fails in the course of it, what was started so far stays, and the restart is tried again, for the
 * child whose start failed: so one_for_all begins anew, and rest_for_one goes on at that child. Whom somebody
 * terminates before all of them run again is left out of it, and comes back with the next restart.
 */
public enum Strategy {
    /** The one that ended, and no other: for children that do not depend on each other. */
    ONE_FOR_ONE,
    /** The one that ended, and all after it: for children each of which depends on those before it. */
    REST_FOR_ONE,
    /** All of them: for children that depend on each other. */
    ONE_FOR_ALL,
    /** The one that ended, and no other, of children that come and go at run time: {@link SupervisorSpec#dynamic}. */
    DYNAMIC;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
