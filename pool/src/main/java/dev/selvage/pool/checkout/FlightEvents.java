package dev.selvage.pool.checkout;

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
    sealed interface Wait permits CheckoutWait {
        void ended(String pool, boolean granted);
    }

    /** A borrower begins to wait; null where nobody records. */
    static @Nullable Wait waitBegins() {
        if (PRESENT) {
            CheckoutWait event = new CheckoutWait();
            if (event.isEnabled()) {
                event.begin();
                return event;
            }
        }
        return null;
    }

    static void refused(String pool, CheckoutException why) {
        if (PRESENT) {
            CheckoutRefusal event = new CheckoutRefusal();
            if (event.isEnabled()) {
                event.pool = pool;
                event.why = why.getClass().getSimpleName();
                event.commit();
            }
        }
    }

    static void late(String pool, CheckoutPool.Holder late) {
        if (PRESENT) {
            CheckoutDeadline event = new CheckoutDeadline();
            if (event.isEnabled()) {
                event.pool = pool;
                event.borrower = late.thread().getName();
                event.held = late.held().toNanos();
                event.resource = late.resource();
                event.commit();
            }
        }
    }

    static void reclaimed(String pool, CheckoutPool.Holder dead) {
        if (PRESENT) {
            CheckoutReclaim event = new CheckoutReclaim();
            if (event.isEnabled()) {
                event.pool = pool;
                event.borrower = dead.thread().getName();
                event.held = dead.held().toNanos();
                event.resource = dead.resource();
                event.commit();
            }
        }
    }

    static void notCreated(String pool, Duration took, Throwable cause) {
        if (PRESENT) {
            CreationFailure event = new CreationFailure();
            if (event.isEnabled()) {
                event.pool = pool;
                event.took = took.toNanos();
                event.cause = cause.toString();
                event.commit();
            }
        }
    }

    @Name("dev.selvage.CheckoutWait")
    @Label("Checkout Wait")
    @Category(CATEGORY)
    @Description("A borrower that waited longer than the threshold for a resource of a checkout pool")
    @Threshold("20 ms")
    static final class CheckoutWait extends Event implements Wait {
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

    @Name("dev.selvage.CheckoutRefusal")
    @Label("Checkout Refusal")
    @Category(CATEGORY)
    @Description("A borrower waited and got nothing: its time was up, or the pool sheds load or was closed")
    static final class CheckoutRefusal extends Event {
        @Label("Pool")
        @Nullable String pool;

        @Label("Why")
        @Description("The name of the exception")
        @Nullable String why;
    }

    @Name("dev.selvage.CheckoutDeadline")
    @Label("Checkout Deadline")
    @Category(CATEGORY)
    @Description("A use was not over by its deadline, and its resource was taken away")
    @StackTrace(false)
    static final class CheckoutDeadline extends Event {
        @Label("Pool")
        @Nullable String pool;

        @Label("Borrower")
        @Nullable String borrower;

        @Label("Held")
        @Timespan
        long held;

        @Label("Resource")
        int resource;
    }

    @Name("dev.selvage.CheckoutReclaim")
    @Label("Checkout Reclaim")
    @Category(CATEGORY)
    @Description("A borrower's thread ended without giving a resource back, which was taken back")
    @StackTrace(false)
    static final class CheckoutReclaim extends Event {
        @Label("Pool")
        @Nullable String pool;

        @Label("Borrower")
        @Nullable String borrower;

        @Label("Held")
        @Timespan
        long held;

        @Label("Resource")
        int resource;
    }

    @Name("dev.selvage.CreationFailure")
    @Label("Creation Failure")
    @Category(CATEGORY)
    @Description("An attempt to make a resource of a checkout pool failed, or took too long")
    @StackTrace(false)
    static final class CreationFailure extends Event {
        @Label("Pool")
        @Nullable String pool;

        @Label("Took")
        @Timespan
        long took;

        @Label("Cause")
        @Nullable String cause;
    }
}
