package dev.selvage.pool.routing;

import java.time.Duration;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * What JDK Flight Recorder is told. Without a recording an event costs the question whether there is one; in a runtime
 * image without {@code jdk.jfr} nothing here that extends {@link Event} is ever loaded.
 */
final class FlightEvents {
    private static final boolean PRESENT =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private static final String CATEGORY = "Selvage";

    private FlightEvents() {}

    /** A wait that has begun. */
    sealed interface Wait permits RoutingWait {
        void ended(String pool, boolean granted);
    }

    /** A request begins to wait for a member or a place; null where nobody records. */
    static @Nullable Wait waitBegins() {
        if (PRESENT) {
            RoutingWait event = new RoutingWait();
            event.begin();
            return event;
        }
        return null;
    }

    static void disconnected(String member, String reason, int inFlight) {
        if (PRESENT) {
            MemberDisconnected event = new MemberDisconnected();
            if (event.isEnabled()) {
                event.member = member;
                event.reason = reason;
                event.inFlight = inFlight;
                event.commit();
            }
        }
    }

    static void ejected(String member, Duration time) {
        if (PRESENT) {
            MemberEjected event = new MemberEjected();
            if (event.isEnabled()) {
                event.member = member;
                event.time = time.toNanos();
                event.commit();
            }
        }
    }

    @Name("dev.selvage.RoutingWait")
    @Label("Routing Wait")
    @Category(CATEGORY)
    @Description("A request that waited longer than the threshold for a member, or for a place at one")
    @Threshold("20 ms")
    static final class RoutingWait extends Event implements Wait {
        @Label("Pool")
        @Nullable String pool;

        @Label("Granted")
        boolean granted;

        @Override
        public void ended(String waitedFor, boolean wasGranted) {
            end();
            if (shouldCommit()) {
                pool = waitedFor;
                granted = wasGranted;
                commit();
            }
        }
    }

    @Name("dev.selvage.MemberDisconnected")
    @Label("Member Disconnected")
    @Category(CATEGORY)
    @Description("A member of a routing pool lost its connection")
    @StackTrace(false)
    static final class MemberDisconnected extends Event {
        @Label("Member")
        @Nullable String member;

        @Label("Reason")
        @Nullable String reason;

        @Label("In Flight")
        @Description("How many requests had a place there")
        int inFlight;
    }

    @Name("dev.selvage.MemberEjected")
    @Label("Member Ejected")
    @Category(CATEGORY)
    @Description("A member of a routing pool failed time after time, and gets no requests for a time")
    @StackTrace(false)
    static final class MemberEjected extends Event {
        @Label("Member")
        @Nullable String member;

        @Label("Time")
        @Timespan
        long time;
    }
}
