package dev.selvage.supervisor;

import dev.selvage.process.Exit;

/** What a supervisor is told in its mailbox. */
sealed interface Signal {

    /** A process of its scope has ended, perhaps one that has been replaced since. */
    record Exited(Exit exit) implements Signal {}

    /** A child that is awaited has started. */
    record Ready(Incarnation incarnation) implements Signal {}

    /** A child that is awaited does not want to run. */
    record Declined(Incarnation incarnation) implements Signal {}

    /**
     * A restart failed and is due again; kept by the supervisor for itself, behind what it was told meanwhile.
     *
     * @param child whom to start
     * @param attempt which of the child's starts failed; another one since makes this void
     * @param cause why it failed
     */
    record Retry(ChildSlot child, int attempt, Throwable cause) implements Signal {}
}
