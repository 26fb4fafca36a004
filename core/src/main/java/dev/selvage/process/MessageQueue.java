package dev.selvage.process;

import dev.selvage.time.Deadline;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The queue behind a mailbox. Any thread offers; only the process polls and waits; any thread seals it (the orderly
 * stop) or fails what it holds (abandonment).
 *
 * <p>States: open → sealed (a stop is queued, nothing more is accepted) → closed (nothing is held either).
 */
sealed interface MessageQueue permits ProcessMailbox {

    /** What became of an offered message. */
    enum Offer {
        ACCEPTED,
        /** Sealed or closed. */
        CLOSED,
        /** Refused by the overflow rule. */
        FULL,
        /** Waited for room until the deadline. */
        TIMED_OUT,
        /** Interrupted while waiting for room; the interrupt status is set. */
        INTERRUPTED
    }

    /** Offers a message under the queue's overflow rule. */
    Offer offer(Envelope envelope, Deadline deadline);

    /** Queues a message of the system's own past any bound; returns false when sealed or closed. */
    boolean deliver(Envelope envelope);

    /** Queues the stop, after which nothing is accepted. Does nothing when sealed or closed. */
    void seal();

    /** Takes the oldest envelope; null when there is none. A stop is returned but never taken away. */
    @Nullable Envelope poll();

    /** One selective receive: what it wants, and how far it has looked. */
    final class Scan {
        final Predicate<Object> wanted;

        /** The last envelope looked at that is still queued; null before the first. */
        @Nullable Envelope lookedAt;

        Scan(Predicate<Object> wanted) {
            this.wanted = wanted;
        }
    }

    /**
     * Takes the oldest envelope that matches and that the scan has not looked at; a stop if all are looked at and the
     * queue is sealed; otherwise null.
     */
    @Nullable Envelope poll(Scan scan);

    /**
     * Parks the process once, until something new is queued, the deadline, an interrupt, or for no reason. Returns at
     * once when something was queued since the last poll.
     */
    void awaitNews(Deadline deadline);

    /** Closes the queue and returns what it held. The process's own thread only. */
    List<Envelope> close();

    /**
     * Closes the queue from another thread while the process may be receiving, and returns what it held. Envelopes that
     * the process takes at this very moment may be missing; those are the process's to fail.
     */
    List<Envelope> abandon();

    int length();

    long dropped();

    /** The greatest length that was noticed. */
    int longest();
}
