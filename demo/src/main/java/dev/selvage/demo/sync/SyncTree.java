package dev.selvage.demo.sync;

import dev.selvage.demo.stage.Dice;
import dev.selvage.process.TaskBody;
import dev.selvage.registry.UniqueRegistry;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Restart;
import dev.selvage.supervisor.SupervisorSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Who supervises whom.
 *
 * <pre>
 * sync, rest_for_one            each child needs those before it, and so is restarted with them
 * |- delay line                 holds back events that met a conflict
 * |- queue                      knows who has which event
 * |- workers, one_for_one       the death of one is no business of the others
 * |  |- worker 1
 * |  `- ...
 * |- reader                     feeds the queue, and ends when the file does
 * `- worker killer              the troublemaker
 * </pre>
 */
final class SyncTree {

    private SyncTree() {}

    static SupervisorSpec of(
            Settings settings,
            Dice dice,
            TaskBody reader,
            Directory directory,
            UniqueRegistry<String, SyncEvent> usersInSync,
            Witness witness) {
        return SupervisorSpec.restForOne(
                "sync",
                delayLine(settings, directory),
                queue(settings, directory, witness),
                ChildSpec.supervisor(workers(settings, dice, directory, usersInSync, witness)),
                ChildSpec.task("reader", reader).withRestart(Restart.TRANSIENT),
                ChildSpec.task("worker killer", new WorkerKiller(usersInSync, settings.killInterval(), dice)));
    }

    private static ChildSpec<DelayLine.Delay> delayLine(Settings settings, Directory directory) {
        return ChildSpec.process("delay line", (mailbox, start) -> {
            directory.registerDelayLine(mailbox.self()); // its name is gone when it is, however it ends
            start.ready(); // only now the next child is started: it will find this one by its name
            new DelayLine(mailbox, settings.delay()).run();
        });
    }

    private static ChildSpec<QueueMessage> queue(Settings settings, Directory directory, Witness witness) {
        return ChildSpec.process("queue", (mailbox, start) -> {
            directory.registerQueue(mailbox.self());
            start.ready();
            new EventQueue(mailbox, directory.delayLine(), settings.workers(), witness).run();
        });
    }

    private static SupervisorSpec workers(
            Settings settings,
            Dice dice,
            Directory directory,
            UniqueRegistry<String, SyncEvent> usersInSync,
            Witness witness) {
        Backend backend = new Backend(settings.longestSync(), settings.crashEvery(), dice, witness);
        // without the lock, every event has a key of its own, and no two events ever keep each other out
        Function<SyncEvent, String> lockKey = settings.withLock() ? SyncEvent::user : event -> "line " + event.line();

        List<ChildSpec<SyncEvent>> workers = new ArrayList<>();
        for (int number = 1; number <= settings.workers(); number++) {
            workers.add(ChildSpec.process("worker " + number, mailbox -> {
                witness.workersStarted.increment();
                new SyncWorker(mailbox, directory.queue(), usersInSync, lockKey, backend).run();
            }));
        }
        return SupervisorSpec.oneForOne("workers")
                .withChildren(workers)
                .withIntensity(
                        1_000, Duration.ofSeconds(1)); // the default, 3 in 5 s, is for accidents, not for sabotage
    }
}
