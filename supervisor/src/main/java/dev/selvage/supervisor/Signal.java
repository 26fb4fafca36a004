package dev.selvage.supervisor;

import dev.selvage.process.Exit;
import dev.selvage.process.ReplyTo;
import org.jspecify.annotations.Nullable;

/** What a supervisor is told in its mailbox. */
sealed interface Signal {

    /** A process of its scope has ended, perhaps one that has been replaced since. */
    record Exited(Exit exit) implements Signal {}

    /** A child that is awaited has started. */
    record Ready(Incarnation incarnation) implements Signal {}

    /** A child that is awaited does not want to run. */
    record Declined(Incarnation incarnation) implements Signal {}

    /**
     * A start in the course of a restart failed; kept by the supervisor for itself, behind what it was told meanwhile.
     *
     * @param child whose start failed
     * @param pause what makes this void once something else became of the child
     * @param cause why it failed
     */
    record StartFailed(ChildSlot child, Wait pause, Throwable cause) implements Signal {}

    /**
     * The wait before a restart is over.
     *
     * @param child whom to start
     * @param pause what makes this void once something else became of the child
     */
    record Due(ChildSlot child, Wait pause) implements Signal {}

    /** A request of somebody who waits for the answer. */
    record Ask(Request request, ReplyTo<ChildSlot> answer) implements Signal {}

    /** What can be asked of a supervisor at run time, and by whom. */
    sealed interface Request {

        /** The child of whatever supervisor on whose thread it is asked; null for other threads. */
        @Nullable Incarnation caller();

        /** To add a child behind the others, and to start it. */
        record Start(ChildSpec<?> spec, @Nullable Incarnation caller) implements Request {}

        /** To end a child and to leave it at that. */
        record Terminate(ChildSlot child, @Nullable Incarnation caller) implements Request {}

        /** To start a child, after ending it if it runs. */
        record Restart(ChildSlot child, @Nullable Incarnation caller) implements Request {}

        /** To forget a child that does not run. */
        record Delete(ChildSlot child, @Nullable Incarnation caller) implements Request {}

        /** To put another child in a child's place. */
        record Replace(
                ChildSlot child,
                ChildSpec<?> spec,
                @Nullable Incarnation caller) implements Request {}
    }
}
