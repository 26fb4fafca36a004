package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A supervisor and all below it as they were at one moment; {@link #toString()} is the tree as text:
 *
 * <pre>
 * app: running, rest_for_one, 1 of 3 restarts within 5 s
 * |- store: process, running
 * `- workers: supervisor, running, restarted once; one_for_one, 0 of 3 restarts within 5 s
 *    |- worker 1: task, running
 *    `- worker 2: task, ended (normal)
 * </pre>
 *
 * <p>It is taken from a running tree without stopping or waiting for it, child by child: each line is true, but two
 * lines may be true of slightly different moments.
 *
 * @param name the supervisor's name
 * @param status what it does
 * @param strategy its strategy
 * @param recentRestarts how many restarts count in its window now
 * @param allowedRestarts how many are allowed
 * @param period the length of the window
 * @param stuckThreads how many threads of abandoned children run on behind it
 * @param children its children, in the order of their start
 */
public record SupervisorTree(
        String name,
        Status status,
        Strategy strategy,
        int recentRestarts,
        int allowedRestarts,
        Duration period,
        int stuckThreads,
        List<Child> children) {

    /** What a supervisor or a child does. */
    public enum Status {
        /** It has not been started yet. */
        WAITING,
        /** Its thread runs, and it has not said yet that it is ready; a supervisor starts its children. */
        STARTING,
        /** It runs. */
        RUNNING,
        /** It has ended and is to be started anew, after its backoff if it has one. */
        RESTARTING,
        /** It is being stopped; a supervisor stops its children. */
        STOPPING,
        /**
         * It was stopped or killed: a child by its supervisor, or on somebody's request; the outermost supervisor by
         * whoever did. A child that somebody asked to start and that could not is in this state too.
         */
        STOPPED,
        /** It has ended by itself, a supervisor by giving up, and is not to be started anew. */
        ENDED,
        /** It did not want to run. */
        DECLINED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What kind of child it is. */
    public enum Kind {
        /** With a mailbox. */
        PROCESS,
        /** Without one. */
        TASK,
        /** What is opened and closed. */
        RESOURCE,
        /** A supervisor. */
        SUPERVISOR;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * How many restarts a window allows, and how many it has counted.
     *
     * @param used how many count now
     * @param allowed how many are allowed
     * @param period the length of the window
     */
    public record Budget(int used, int allowed, Duration period) {

        /** Refuses a budget without a period. */
        public Budget {
            Objects.requireNonNull(period, "period");
        }

        /**
         * Returns how many restarts are left now.
         *
         * @return 0 or more; with 0 left the next one ends the supervisor
         */
        public int remaining() {
            return Math.max(0, allowed - used);
        }

        /** Returns the budget as text. */
        @Override
        public String toString() {
            return TreeText.budget(this);
        }
    }

    /**
     * One child.
     *
     * @param id its id
     * @param kind what it is
     * @param restart when it is started anew
     * @param status what it does
     * @param restarts how many times it has been started anew, for its own sake or with others
     * @param abandoned how many of its processes were abandoned because they ignored their interrupt
     * @param lastExit how it last ended, if it ever did
     * @param nextTry how long it still waits for its next start, if it waits for one of its own
     * @param budget its own restart window, if it has one beside its supervisor's
     * @param supervisor what is below it, if it is a supervisor that was started
     */
    public record Child(
            String id,
            Kind kind,
            Restart restart,
            Status status,
            int restarts,
            int abandoned,
            Optional<ExitReason> lastExit,
            Optional<Duration> nextTry,
            Optional<Budget> budget,
            Optional<SupervisorTree> supervisor) {

        /** Refuses a child with a part missing. */
        public Child {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(restart, "restart");
            Objects.requireNonNull(status, "status");
            Objects.requireNonNull(lastExit, "lastExit");
            Objects.requireNonNull(nextTry, "nextTry");
            Objects.requireNonNull(budget, "budget");
            Objects.requireNonNull(supervisor, "supervisor");
        }

        /**
         * Returns the child as one line of text, without what is below it.
         *
         * @return the line
         */
        @Override
        public String toString() {
            return TreeText.line(this);
        }
    }

    /**
     * Something that happened in a tree. Heard by {@linkplain SupervisorSpec#withListener listeners}.
     *
     * {@snippet :
     * SupervisorSpec app = SupervisorSpec.oneForOne("app", children).withListener(event -> {
     *     switch (event) {
     *         case Event.Restarting restarting -> restarts.increment();
     *         case Event.GaveUp gaveUp -> page(gaveUp.cause());
     *         default -> {}
     *     }
     * });
     * }
     */
    public sealed interface Event {

        /**
         * Returns in which supervisor it happened.
         *
         * @return its name
         */
        String supervisor();

        /**
         * A child has started.
         *
         * @param supervisor whose child
         * @param child its id
         * @param process the process that runs for it
         */
        record Started(String supervisor, String child, ProcessRef<?> process) implements Event {}

        /**
         * A child did not want to run.
         *
         * @param supervisor whose child
         * @param child its id
         */
        record Declined(String supervisor, String child) implements Event {}

        /**
         * A child that had started has ended, by itself or because its supervisor ended it.
         *
         * @param supervisor whose child
         * @param child its id
         * @param process the process that has ended
         * @param reason why
         */
        record Exited(String supervisor, String child, ProcessRef<?> process, ExitReason reason) implements Event {}

        /**
         * A child could not start.
         *
         * @param supervisor whose child
         * @param child its id
         * @param cause why
         */
        record StartFailed(String supervisor, String child, Throwable cause) implements Event {}

        /**
         * A restart is due, and will be tried.
         *
         * @param supervisor whose child
         * @param child the id of the child that it is due for
         * @param reason how the child ended; a start that failed is a failure
         * @param restarts how many times it has been started anew before
         * @param delay how long it waits before the next try
         */
        record Restarting(String supervisor, String child, ExitReason reason, int restarts, Duration delay)
                implements Event {}

        /**
         * A child ignored its interrupt and was abandoned: its thread runs on.
         *
         * @param supervisor whose child
         * @param child its id
         * @param process its process
         * @param stack where its thread was
         */
        record Abandoned(String supervisor, String child, ProcessRef<?> process, List<StackTraceElement> stack)
                implements Event {}

        /**
         * The thread of a child that was abandoned has ended after all.
         *
         * @param supervisor whose child
         * @param child its id
         */
        record AbandonedEnded(String supervisor, String child) implements Event {}

        /**
         * All children of a supervisor have started.
         *
         * @param supervisor the supervisor
         */
        record Ready(String supervisor) implements Event {}

        /**
         * A supervisor is about to end, because its children needed more restarts than are allowed.
         *
         * @param supervisor the supervisor
         * @param cause what it will end with
         */
        record GaveUp(String supervisor, SupervisorException.GaveUp cause) implements Event {}

        /**
         * A supervisor begins to stop its children, whatever for.
         *
         * @param supervisor the supervisor
         */
        record Stopping(String supervisor) implements Event {}

        /**
         * The children of a supervisor have ended, and so does it.
         *
         * @param supervisor the supervisor
         */
        record Ended(String supervisor) implements Event {}

        /**
         * A listener was so slow that events had to be left out.
         *
         * @param supervisor where the next event that is told happened
         * @param events how many were left out, about here
         */
        record Missed(String supervisor, int events) implements Event {}
    }

    /** Refuses a tree with a part missing. */
    public SupervisorTree {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(strategy, "strategy");
        Objects.requireNonNull(period, "period");
        children = List.copyOf(children);
    }

    /**
     * Returns the restart window.
     *
     * @return how much of it is used
     */
    public Budget budget() {
        return new Budget(recentRestarts, allowedRestarts, period);
    }

    /**
     * Returns the tree as a JSON object (RFC 8259), without line breaks. Its members are the components of this record
     * and of {@link Child} by their names; durations are numbers in seconds, reasons are text, and what is empty is
     * left out.
     *
     * @return the JSON
     */
    public String toJson() {
        return TreeJson.of(this);
    }

    /**
     * Returns the tree as text, one line for each supervisor and child, without a line break at the end.
     * Of a dynamic supervisor with many children it shows the first and counts the others.
     *
     * @return the text
     */
    @Override
    public String toString() {
        return TreeText.of(this);
    }
}
