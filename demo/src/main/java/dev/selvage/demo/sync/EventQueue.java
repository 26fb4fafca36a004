package dev.selvage.demo.sync;

import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ReplyTo;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue between the reader and the workers: a process that gives each idle worker an event, and knows who
 * has which.
 *
 * <p>No event gets lost, because each is in exactly one place: waiting here, in a worker's hands, or asleep in the
 * {@link DelayLine}. The queue monitors its workers. When one dies, the notice comes after the dead worker's lock on
 * the user is gone, so its event can go to the next worker at once.
 *
 * <p>An event whose worker dies between the end of the sync and the word of it is synced twice: at least once, not
 * exactly once, is what a queue like this can promise.
 *
 * <p>One object is one life of the process; only the process's own thread comes here, so nothing needs a lock.
 */
final class EventQueue {

    /** The queue is full when so many events are in it, in workers' hands or asleep. */
    static final int CAPACITY = 200;

    private final Mailbox<QueueMessage> mailbox;
    private final ProcessRef<DelayLine.Delay> delayLine;
    private final int workers;
    private final Witness witness;

    private final Deque<QueueMessage.Put> noRoomYet = new ArrayDeque<>();
    private final Deque<SyncEvent> waiting = new ArrayDeque<>();
    private final Map<ProcessRef<?>, SyncEvent> inHand = new HashMap<>();
    private int asleep;
    private final Deque<ProcessRef<SyncEvent>> idle = new ArrayDeque<>();
    private final Set<ProcessRef<?>> monitored = new HashSet<>();
    private final Deque<ReplyTo<Boolean>> toTellWhenIdle = new ArrayDeque<>();

    EventQueue(Mailbox<QueueMessage> mailbox, ProcessRef<DelayLine.Delay> delayLine, int workers, Witness witness) {
        this.mailbox = mailbox;
        this.delayLine = delayLine;
        this.workers = workers;
        this.witness = witness;
    }

    void run() throws InterruptedException {
        while (true) {
            handle(mailbox.receive());
            acceptWhileThereIsRoom();
            handOut();
            tellIfIdle();
        }
    }

    private void handle(QueueMessage message) {
        switch (message) {
            case QueueMessage.Put put -> noRoomYet.addLast(put);
            case QueueMessage.Ready(var worker) -> ready(worker);
            case QueueMessage.Synced(var worker) -> inHand.remove(worker);
            case QueueMessage.Conflict(var worker) -> putBack(inHand.remove(worker));
            case QueueMessage.TryAgain(var event) -> {
                asleep--;
                waiting.addLast(event);
            }
            case QueueMessage.WorkerDied(var exit) -> workerDied(exit.process());
            case QueueMessage.TellWhenIdle(var replyTo) -> toTellWhenIdle.addLast(replyTo);
        }
    }

    private void ready(ProcessRef<SyncEvent> worker) {
        if (monitored.add(worker)) {
            mailbox.monitor(worker, QueueMessage.WorkerDied::new);
        }
        idle.addLast(worker);
    }

    /** The delay line does the waiting, so neither a worker nor this queue is held up by an event that cannot go on. */
    private void putBack(@Nullable SyncEvent event) {
        if (event != null) {
            witness.conflicts.increment();
            asleep++;
            delayLine.send(new DelayLine.Delay(event, mailbox.self()));
        }
    }

    private void workerDied(ProcessRef<?> worker) {
        witness.workersDied.increment();
        monitored.remove(worker);
        idle.remove(worker);
        SyncEvent event = inHand.remove(worker);
        if (event != null) {
            waiting.addFirst(event);
        }
    }

    /** A reader whose event finds no room simply gets its answer later: it waits, and nobody else does. */
    private void acceptWhileThereIsRoom() {
        while (!noRoomYet.isEmpty() && waiting.size() + inHand.size() + asleep < CAPACITY) {
            QueueMessage.Put put = noRoomYet.removeFirst();
            if (put.accepted().reply(true)) {
                waiting.addLast(put.event());
            }
        }
    }

    private void handOut() {
        while (!idle.isEmpty() && !waiting.isEmpty()) {
            ProcessRef<SyncEvent> worker = idle.removeFirst();
            if (worker.send(waiting.getFirst())) {
                inHand.put(worker, waiting.removeFirst());
            }
        }
    }

    private void tellIfIdle() {
        if (waiting.isEmpty() && inHand.isEmpty() && asleep == 0 && idle.size() == workers) {
            toTellWhenIdle.forEach(replyTo -> replyTo.reply(true));
            toTellWhenIdle.clear();
        }
    }
}
