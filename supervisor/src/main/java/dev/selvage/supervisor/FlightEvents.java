package dev.selvage.supervisor;

import java.time.Duration;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * What JDK Flight Recorder is told. Without a recording an event costs the question whether there is one; in a runtime
 * image without {@code jdk.jfr} nothing here that extends {@link Event} is ever loaded. Starts and ends of children are
 * those of their processes, which {@code dev.selvage.process} tells.
 */
final class FlightEvents {
    private static final boolean PRESENT =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private static final String CATEGORY = "Selvage";

    private FlightEvents() {}

    static void restarts(String supervisor, String child, String reason, int restarts, Duration delay) {
        if (PRESENT) {
            ChildRestart event = new ChildRestart();
            if (event.isEnabled()) {
                event.supervisor = supervisor;
                event.child = child;
                event.reason = reason;
                event.restarts = restarts;
                event.delay = Checks.nanos(delay);
                event.commit();
            }
        }
    }

    static void gaveUp(String supervisor, String child, String reason) {
        if (PRESENT) {
            SupervisorGaveUp event = new SupervisorGaveUp();
            if (event.isEnabled()) {
                event.supervisor = supervisor;
                event.child = child;
                event.reason = reason;
                event.commit();
            }
        }
    }

    static void abandoned(String supervisor, String child) {
        if (PRESENT) {
            ChildAbandoned event = new ChildAbandoned();
            if (event.isEnabled()) {
                event.supervisor = supervisor;
                event.child = child;
                event.commit();
            }
        }
    }

    @Name("dev.selvage.ChildRestart")
    @Label("Child Restart")
    @Category(CATEGORY)
    @Description("A restart is due, and will be tried after the delay")
    @StackTrace(false)
    static final class ChildRestart extends Event {
        @Label("Supervisor")
        @Nullable String supervisor;

        @Label("Child")
        @Nullable String child;

        @Label("Reason")
        @Nullable String reason;

        @Label("Restarts")
        @Description("How many times it has been started anew before")
        int restarts;

        @Label("Delay")
        @Timespan
        long delay;
    }

    @Name("dev.selvage.SupervisorGaveUp")
    @Label("Supervisor Gave Up")
    @Category(CATEGORY)
    @Description("More restarts were due than are allowed")
    @StackTrace(false)
    static final class SupervisorGaveUp extends Event {
        @Label("Supervisor")
        @Nullable String supervisor;

        @Label("Child")
        @Nullable String child;

        @Label("Reason")
        @Nullable String reason;
    }

    @Name("dev.selvage.ChildAbandoned")
    @Label("Child Abandoned")
    @Category(CATEGORY)
    @Description("A child ignored its interrupt; its thread runs on")
    @StackTrace(false)
    static final class ChildAbandoned extends Event {
        @Label("Supervisor")
        @Nullable String supervisor;

        @Label("Child")
        @Nullable String child;
    }
}
