package dev.selvage.pool.worker;

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
 * image without {@code jdk.jfr} nothing here that extends {@link Event} is ever loaded.
 */
final class FlightEvents {
    private static final boolean PRESENT =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private static final String CATEGORY = "Selvage";

    private FlightEvents() {}

    static void waited(String pool, Duration waited, boolean accepted) {
        if (PRESENT) {
            SubmitterWait event = new SubmitterWait();
            if (event.isEnabled()) {
                event.pool = pool;
                event.waited = Checks.nanos(waited);
                event.accepted = accepted;
                event.commit();
            }
        }
    }

    static void refused(String pool, String why) {
        if (PRESENT) {
            JobRefusal event = new JobRefusal();
            if (event.isEnabled()) {
                event.pool = pool;
                event.why = why;
                event.commit();
            }
        }
    }

    static void retried(String pool, int attempts, Duration delay, Throwable cause) {
        if (PRESENT) {
            JobRetry event = new JobRetry();
            if (event.isEnabled()) {
                event.pool = pool;
                event.attempts = attempts;
                event.delay = Checks.nanos(delay);
                event.cause = cause.toString();
                event.commit();
            }
        }
    }

    static void failed(String pool, int attempts, Throwable cause, boolean deadLetter) {
        if (PRESENT) {
            JobFailure event = new JobFailure();
            if (event.isEnabled()) {
                event.pool = pool;
                event.attempts = attempts;
                event.cause = cause.toString();
                event.deadLetter = deadLetter;
                event.commit();
            }
        }
    }

    static void reclaimed(String pool, String worker, boolean abandoned) {
        if (PRESENT) {
            WorkerReclaim event = new WorkerReclaim();
            if (event.isEnabled()) {
                event.pool = pool;
                event.worker = worker;
                event.abandoned = abandoned;
                event.commit();
            }
        }
    }

    @Name("dev.selvage.SubmitterWait")
    @Label("Submitter Wait")
    @Category(CATEGORY)
    @Description("A submitter waited for room in a worker pool")
    @StackTrace(false)
    static final class SubmitterWait extends Event {
        @Label("Pool")
        @Nullable String pool;

        @Label("Waited")
        @Timespan
        long waited;

        @Label("Accepted")
        boolean accepted;
    }

    @Name("dev.selvage.JobRefusal")
    @Label("Job Refusal")
    @Category(CATEGORY)
    @Description("A worker pool did not accept a job")
    @StackTrace(false)
    static final class JobRefusal extends Event {
        @Label("Pool")
        @Nullable String pool;

        @Label("Why")
        @Nullable String why;
    }

    @Name("dev.selvage.JobRetry")
    @Label("Job Retry")
    @Category(CATEGORY)
    @Description("An attempt at a job failed, and there will be another")
    @StackTrace(false)
    static final class JobRetry extends Event {
        @Label("Pool")
        @Nullable String pool;

        @Label("Attempts")
        int attempts;

        @Label("Delay")
        @Timespan
        long delay;

        @Label("Cause")
        @Nullable String cause;
    }

    @Name("dev.selvage.JobFailure")
    @Label("Job Failure")
    @Category(CATEGORY)
    @Description("A job failed for good")
    @StackTrace(false)
    static final class JobFailure extends Event {
        @Label("Pool")
        @Nullable String pool;

        @Label("Attempts")
        int attempts;

        @Label("Cause")
        @Nullable String cause;

        @Label("Dead Letter")
        @Description("Whether its attempts were used up, so that it goes to the dead-letter handler")
        boolean deadLetter;
    }

    @Name("dev.selvage.WorkerReclaim")
    @Label("Worker Reclaim")
    @Category(CATEGORY)
    @Description("A worker ended in the middle of a job")
    @StackTrace(false)
    static final class WorkerReclaim extends Event {
        @Label("Pool")
        @Nullable String pool;

        @Label("Worker")
        @Nullable String worker;

        @Label("Abandoned")
        boolean abandoned;
    }
}
