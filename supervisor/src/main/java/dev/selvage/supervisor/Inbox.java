package dev.selvage.supervisor;

import dev.selvage.process.Mailbox;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * A supervisor's mailbox, with what it has seen and put off.
 *
 * <p>Each look takes in everything that has arrived. So the request to stop is seen at once, ahead of the exits queued
 * before it: a supervisor that is to stop starts nothing more.
 */
final class Inbox {
    private final Mailbox<Signal> mailbox;
    private final ArrayDeque<Signal> putOff = new ArrayDeque<>();

    Inbox(Mailbox<Signal> mailbox) {
        this.mailbox = mailbox;
    }

    /** Takes the oldest signal, waiting until there is one. */
    Signal next() throws InterruptedException {
        takeIn();
        Signal oldest = putOff.pollFirst();
        return oldest != null ? oldest : mailbox.receive();
    }

    /** Takes a signal that arrives from now on; empty when the wait ended without one, perhaps before the deadline. */
    Optional<Signal> nextArrival(Deadline deadline) throws InterruptedException {
        if (deadline.isNever()) {
            return Optional.of(mailbox.receive());
        }
        return mailbox.receive(Duration.ofNanos(deadline.remainingNanos()));
    }

    /** Puts a signal behind all others. */
    void putOff(Signal signal) {
        putOff.addLast(signal);
    }

    /** Notices a stop or a kill, and takes in what has arrived. */
    void takeIn() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the supervisor was interrupted");
        }
        for (Optional<Signal> arrived = mailbox.tryReceive(); arrived.isPresent(); arrived = mailbox.tryReceive()) {
            putOff.addLast(arrived.get());
        }
    }
}
