package dev.selvage.demo.sync;

import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessRef;
import dev.selvage.registry.Claim;
import dev.selvage.registry.Registration;
import dev.selvage.registry.UniqueRegistry;
import java.util.function.Function;

/**
 * A worker: asks for an event, takes the event's user as its lock, syncs, and asks for the next. It is the story in
 * thirty lines; whatever happens to it in the middle, nobody has to clean up after it.
 */
final class SyncWorker {

    private final Mailbox<SyncEvent> mailbox;
    private final ProcessRef<QueueMessage> queue;
    private final UniqueRegistry<String, SyncEvent> usersInSync;
    private final Function<SyncEvent, String> lockKey;
    private final Backend backend;

    SyncWorker(
            Mailbox<SyncEvent> mailbox,
            ProcessRef<QueueMessage> queue,
            UniqueRegistry<String, SyncEvent> usersInSync,
            Function<SyncEvent, String> lockKey,
            Backend backend) {
        this.mailbox = mailbox;
        this.queue = queue;
        this.usersInSync = usersInSync;
        this.lockKey = lockKey;
        this.backend = backend;
    }

    void run() throws InterruptedException {
        while (true) {
            queue.send(new QueueMessage.Ready(mailbox.self()));
            SyncEvent event = mailbox.receive();

            switch (usersInSync.tryRegister(lockKey.apply(event), event)) {
                case Claim.Registered<String, SyncEvent>(Registration<String, SyncEvent> lock) -> {
                    try (lock) {
                        backend.sync(event); // may throw, and this process may be killed: the registry forgets it
                    }
                    queue.send(new QueueMessage.Synced(mailbox.self()));
                }
                case Claim.AlreadyRegistered<String, SyncEvent> busy ->
                    queue.send(new QueueMessage.Conflict(mailbox.self()));
            }
        }
    }
}
