package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
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
 * @param children its children, in the order of their start
 */
public record SupervisorTree(
        String name,
        Status status,
        Strategy strategy,
        int recentRestarts,
        int allowedRestarts,
        Duration period,
        List<Child> children) {

    /** What a supervisor or a child does. */
    public enum Status {
        /** It has not been started yet. */
        WAITING,
        /** Its thread runs, and it has not said yet that it is ready; a supervisor starts its children. */
        STARTING,
        /** It runs. */
        RUNNING,
        /** It has ended and is about to be started anew. */
        RESTARTING,
        /** It is being stopped; a supervisor stops its children. */
        STOPPING,
        /** It was stopped or killed: a child by its supervisor, the outermost supervisor by whoever did. */
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
        /** A supervisor. */
        SUPERVISOR;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
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
            Optional<SupervisorTree> supervisor) {

        /** Refuses a child with a part missing. */
        public Child {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(restart, "restart");
            Objects.requireNonNull(status, "status");
            Objects.requireNonNull(lastExit, "lastExit");
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

    /** Refuses a tree with a part missing. */
    public SupervisorTree {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(strategy, "strategy");
        Objects.requireNonNull(period, "period");
        children = List.copyOf(children);
    }

    /**
     * Returns the tree as text, one line for each supervisor and child, without a line break at the end.
     *
     * @return the text
     */
    @Override
    public String toString() {
        return TreeText.of(this);
    }
}
