package dev.selvage.demo.sync;

import dev.selvage.demo.stage.Dice;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.TaskBody;
import dev.selvage.registry.Entry;
import dev.selvage.registry.UniqueRegistry;
import java.time.Duration;
import java.util.List;

/**
 * Kills a worker every now and then, in the middle of a sync. The registry tells who is at it: each entry knows the
 * process that registered it.
 */
final class WorkerKiller implements TaskBody {

    private final UniqueRegistry<String, SyncEvent> usersInSync;
    private final Duration interval;
    private final Dice dice;

    WorkerKiller(UniqueRegistry<String, SyncEvent> usersInSync, Duration interval, Dice dice) {
        this.usersInSync = usersInSync;
        this.interval = interval;
        this.dice = dice;
    }

    @Override
    public void run() throws InterruptedException {
        while (true) {
            Thread.sleep(interval);
            List<Entry<String, SyncEvent>> syncs = usersInSync.stream().toList();
            if (!syncs.isEmpty()) {
                Entry<String, SyncEvent> victim = syncs.get(dice.roll().nextInt(syncs.size()));
                if (victim.owner() instanceof ProcessRef<?> worker) {
                    worker.kill();
                }
            }
        }
    }
}
