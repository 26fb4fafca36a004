package dev.selvage.demo.sync;

import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessRef;
import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Holds events back for a while: the process that does all the waiting, so that no worker has to. Each event waits as
 * long as any other, so the first that came is the first that is due.
 */
final class DelayLine {

    /** An event to hold back, and the queue it goes back to. */
    record Delay(SyncEvent event, ProcessRef<QueueMessage> backTo) {}

    private record Sleeper(Delay delay, Deadline due) {}

    private final Mailbox<Delay> mailbox;
    private final Duration howLong;
    private final Deque<Sleeper> sleepers = new ArrayDeque<>();

    DelayLine(Mailbox<Delay> mailbox, Duration howLong) {
        this.mailbox = mailbox;
        this.howLong = howLong;
    }

    void run() throws InterruptedException {
        while (true) {
            nextUntilSomebodyIsDue().ifPresent(delay -> sleepers.addLast(new Sleeper(delay, due())));
            while (!sleepers.isEmpty() && sleepers.getFirst().due().hasPassed()) {
                Delay delay = sleepers.removeFirst().delay();
                delay.backTo().send(new QueueMessage.TryAgain(delay.event()));
            }
        }
    }

    private Optional<Delay> nextUntilSomebodyIsDue() throws InterruptedException {
        if (sleepers.isEmpty()) {
            return Optional.of(mailbox.receive());
        }
        return mailbox.receive(Duration.ofNanos(sleepers.getFirst().due().remainingNanos()));
    }

    private Deadline due() {
        return Deadline.after(howLong, Ticker.system());
    }
}
