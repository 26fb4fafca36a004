package dev.selvage.supervisor;

import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessException;
import dev.selvage.supervisor.SupervisorException.Refused;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A supervisor's mailbox, with what it has seen and put off.
 *
 * <p>Each look takes in everything that has arrived. So the request to stop is seen at once, ahead of the exits queued
 * before it: a supervisor that is to stop starts nothing more.
 */
final class Inbox {
    private final SupervisorNode node;
    private final Mailbox<Signal> mailbox;
    private final ArrayDeque<Signal> putOff = new ArrayDeque<>();

    Inbox(SupervisorNode node, Mailbox<Signal> mailbox) {
        this.node = node;
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

    /** Has a signal arrive after a time, unless what it belongs to is cancelled before. */
    void later(Duration delay, Wait wait, Signal signal) {
        wait.rings(mailbox.sendAfter(delay, signal));
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

    /** Refuses what a child has asked, or those below it have, that is about to be waited for. */
    void refuseTo(Incarnation stopping) {
        refuse(request -> {
            Incarnation caller = request.caller();
            return caller != null && caller.branchOf(node) == stopping
                    ? new Refused(
                            Refused.Why.WAITS_FOR_ITSELF,
                            "child '" + stopping.id() + "' asks supervisor '" + node.name()
                                    + "' while that waits for its end")
                    : null;
        });
    }

    /** Refuses everything that was asked; nothing is asked from now on, or is refused where it is asked. */
    void refuseAll() {
        refuse(request -> new Refused(
                Refused.Why.STOPPING, "supervisor '" + node.name() + "' is stopping; it takes no requests"));
    }

    private void refuse(Function<Signal.Request, @Nullable Refused> refusal) {
        try {
            for (Optional<Signal> arrived = mailbox.tryReceive(); arrived.isPresent(); arrived = mailbox.tryReceive()) {
                putOff.addLast(arrived.get());
            }
        } catch (ProcessException.Stopped seenAgain) {
            // nothing is behind it; whoever looks next is told the same
        }
        putOff.removeIf(signal -> signal instanceof Signal.Ask ask && isRefused(ask, refusal));
    }

    private static boolean isRefused(Signal.Ask ask, Function<Signal.Request, @Nullable Refused> refusal) {
        Refused refused = refusal.apply(ask.request());
        if (refused != null) {
            ask.answer().fail(refused);
        }
        return refused != null;
    }
}
