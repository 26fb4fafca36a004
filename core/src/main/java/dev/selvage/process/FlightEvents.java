package dev.selvage.process;

import dev.selvage.exit.ExitReason;
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

    static void started(ManagedProcess<?> process) {
        if (PRESENT) {
            ProcessStart event = new ProcessStart();
            if (event.isEnabled()) {
                event.process = process.name();
                event.commit();
            }
        }
    }

    static void exited(ManagedProcess<?> process, ExitReason reason) {
        if (PRESENT) {
            ProcessExit event = new ProcessExit();
            if (event.isEnabled()) {
                event.process = process.name();
                event.reason = reason.toString();
                event.abandoned = process.isAbandoned();
                event.age = process.age().toNanos();
                event.commit();
            }
        }
    }

    static void mailboxGrew(ManagedProcess<?> process, int length) {
        if (PRESENT) {
            LongMailbox event = new LongMailbox();
            if (event.isEnabled()) {
                event.process = process.name();
                event.length = length;
                event.commit();
            }
        }
    }

    /** A call that is about to be placed, or null when nobody records any. */
    static @Nullable Call callBegins() {
        if (PRESENT) {
            SlowCall event = new SlowCall();
            if (event.isEnabled()) {
                event.begin();
                return event;
            }
        }
        return null;
    }

    /** A call being timed; a type of ours, so that signatures load no event. */
    sealed interface Call {
        void ended(ManagedProcess<?> callee, boolean answered);
    }

    @Name("dev.selvage.ProcessStart")
    @Label("Process Start")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class ProcessStart extends Event {
        @Label("Process")
        @Nullable String process;
    }

    @Name("dev.selvage.ProcessExit")
    @Label("Process Exit")
    @Category(CATEGORY)
    @StackTrace(false)
    static final class ProcessExit extends Event {
        @Label("Process")
        @Nullable String process;

        @Label("Reason")
        @Nullable String reason;

        @Label("Abandoned")
        @Description("Declared exited though its thread runs on")
        boolean abandoned;

        @Label("Age")
        @Timespan
        long age;
    }

    @Name("dev.selvage.SlowCall")
    @Label("Slow Call")
    @Category(CATEGORY)
    @Description("A call that took longer than the threshold, answered or not")
    @Threshold("20 ms")
    static final class SlowCall extends Event implements Call {
        @Label("Callee")
        @Nullable String callee;

        @Label("Answered")
        boolean answered;

        @Override
        public void ended(ManagedProcess<?> process, boolean wasAnswered) {
            end();
            if (shouldCommit()) {
                callee = process.name();
                answered = wasAnswered;
                commit();
            }
        }
    }

    @Name("dev.selvage.LongMailbox")
    @Label("Long Mailbox")
    @Category(CATEGORY)
    @Description("A mailbox is longer than ever before: 1,024 messages, then at each doubling")
    @StackTrace(false)
    static final class LongMailbox extends Event {
        @Label("Process")
        @Nullable String process;

        @Label("Length")
        int length;
    }
}
