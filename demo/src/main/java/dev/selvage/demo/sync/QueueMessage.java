package dev.selvage.demo.sync;

import dev.selvage.process.Exit;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ReplyTo;

/** What the {@link EventQueue} understands. */
sealed interface QueueMessage {

    /** The reader has an event; the answer comes when there is room for it. */
    record Put(SyncEvent event, ReplyTo<Boolean> accepted) implements QueueMessage {}

    /** A worker has nothing to do. */
    record Ready(ProcessRef<SyncEvent> worker) implements QueueMessage {}

    /** A worker is done with its event. */
    record Synced(ProcessRef<SyncEvent> worker) implements QueueMessage {}

    /** A worker found its event's user in other hands: try again later. */
    record Conflict(ProcessRef<SyncEvent> worker) implements QueueMessage {}

    /** The delay of an event put back is over. */
    record TryAgain(SyncEvent event) implements QueueMessage {}

    /** A worker has died, perhaps with an event in hand. */
    record WorkerDied(Exit exit) implements QueueMessage {}

    /** Somebody wants to know when nothing is left to do and every worker is idle. */
    record TellWhenIdle(ReplyTo<Boolean> idle) implements QueueMessage {}
}
