package dev.selvage.process;

import dev.selvage.time.Deadline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A queue with a bound and a rule for what finds it full. Everything is guarded by {@code lock}, which is never held
 * over a park or over code of the user's; senders that wait for room wait in the order in which they came.
 */
final class BoundedMailbox<M> extends ProcessMailbox<M> {

    /** A sender that waits for room; {@code outcome} is written once, under the lock. */
    private static final class WaitingSender {
        final Envelope envelope;
        final Thread thread = Thread.currentThread();
        volatile @Nullable Offer outcome;

        WaitingSender(Envelope envelope) {
            this.envelope = envelope;
        }

        void decide(Offer decided) {
            outcome = decided;
            LockSupport.unpark(thread);
        }
    }

    private final int capacity;
    private final Mailbox.Overflow overflow;

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Envelope> queue = new ArrayDeque<>();
    private final ArrayDeque<WaitingSender> senders = new ArrayDeque<>();

    /** How many of the queued are messages: what the bound is on. */
    private int messages;

    private boolean sealed;
    private boolean processWaits;
    private long dropped;
    private int longest;

    /** Whether something was queued since the process last polled; keeps it from parking on what it has not seen. */
    private boolean news;

    BoundedMailbox(ManagedProcess<M> process, int capacity, Mailbox.Overflow overflow) {
        super(process);
        this.capacity = capacity;
        this.overflow = overflow;
    }

    @Override
    public Offer offer(Envelope envelope, Deadline deadline) {
        WaitingSender waiting;
        Envelope victim;
        lock.lock();
        try {
            if (sealed) {
                return Offer.CLOSED;
            }
            if (messages < capacity) {
                add(envelope);
                return Offer.ACCEPTED;
            }
            if (overflow == Mailbox.Overflow.REJECT) {
                return Offer.FULL;
            }
            waiting = overflow == Mailbox.Overflow.BLOCK ? queueUp(envelope) : null;
            victim = waiting == null ? makeRoom() : null;
            if (victim != null) {
                add(envelope);
            }
        } finally {
            lock.unlock();
        }
        if (waiting != null) {
            return awaitRoom(waiting, deadline);
        }
        failDropped(victim);
        return Offer.ACCEPTED;
    }

    private WaitingSender queueUp(Envelope envelope) {
        refuseToWaitForOneself();
        WaitingSender waiting = new WaitingSender(envelope);
        senders.addLast(waiting);
        return waiting;
    }

    /** Takes the oldest or the newest message out, and no notice: the queue is full, so there is a message. */
    private Envelope makeRoom() {
        Iterator<Envelope> each =
                overflow == Mailbox.Overflow.DROP_OLDEST ? queue.iterator() : queue.descendingIterator();
        Envelope victim = each.next();
        while (victim.isNotice()) {
            victim = each.next();
        }
        each.remove();
        messages--;
        dropped++;
        return victim;
    }

    private void failDropped(@Nullable Envelope victim) {
        if (victim != null) {
            victim.failCall(() -> new ProcessException.MailboxFull(
                    "the call was dropped from the full mailbox of '" + process.name() + "' " + process.bound()));
            DeadLetters.tellDropped(process, victim);
        }
    }

    private void refuseToWaitForOneself() {
        if (process.thread() == Thread.currentThread()) {
            throw new ProcessException("'" + process.name() + "' sends to itself, its mailbox is full "
                    + process.bound() + ", and it would wait for itself");
        }
    }

    private Offer awaitRoom(WaitingSender waiting, Deadline deadline) {
        Offer outcome;
        while ((outcome = waiting.outcome) == null) {
            if (Thread.currentThread().isInterrupted()) {
                giveUp(waiting, Offer.INTERRUPTED);
            } else if (deadline.hasPassed()) {
                giveUp(waiting, Offer.TIMED_OUT);
            } else {
                deadline.park(process);
            }
        }
        return outcome;
    }

    private void giveUp(WaitingSender waiting, Offer why) {
        lock.lock();
        try {
            if (waiting.outcome == null) {
                senders.remove(waiting);
                waiting.outcome = why;
            }
        } finally {
            lock.unlock();
        }
    }

    private void add(Envelope envelope) {
        queue.addLast(envelope);
        if (queue.size() > longest) {
            process.mailboxGrew(longest, queue.size());
            longest = queue.size();
        }
        if (!envelope.isNotice()) {
            messages++;
        }
        tellProcess();
    }

    private void tellProcess() {
        news = true;
        if (processWaits) {
            processWaits = false;
            process.unpark();
        }
    }

    @Override
    public boolean deliver(Envelope envelope) {
        lock.lock();
        try {
            if (sealed) {
                return false;
            }
            add(envelope);
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void seal() {
        lock.lock();
        try {
            if (!sealed) {
                sealed = true;
                refuseSenders();
                tellProcess();
            }
        } finally {
            lock.unlock();
        }
    }

    private void refuseSenders() {
        for (WaitingSender sender : senders) {
            sender.decide(Offer.CLOSED);
        }
        senders.clear();
    }

    @Override
    public @Nullable Envelope poll() {
        lock.lock();
        try {
            news = false;
            Envelope oldest = queue.pollFirst();
            if (oldest == null) {
                return sealed ? Envelope.stop() : null;
            }
            taken(oldest);
            return oldest;
        } finally {
            lock.unlock();
        }
    }

    /** Accounts for an envelope that has just left the queue for the process. */
    private void taken(Envelope envelope) {
        if (envelope.call != null) {
            takeInHand(envelope.call);
        }
        if (!envelope.isNotice()) {
            messages--;
        }
        while (messages < capacity && !senders.isEmpty()) {
            WaitingSender sender = senders.removeFirst();
            add(sender.envelope);
            sender.decide(Offer.ACCEPTED);
        }
    }

    /** Looks at everything each time: what is queued is bounded, and an overflow rule may have moved it. */
    @Override
    public @Nullable Envelope poll(Scan scan) {
        for (; ; ) {
            List<Envelope> seen;
            boolean last;
            lock.lock();
            try {
                seen = new ArrayList<>(queue);
                last = sealed;
                news = false;
            } finally {
                lock.unlock();
            }
            Envelope match = firstMatch(seen, scan.wanted); // the predicate is the user's: not under the lock
            if (match == null) {
                return last ? Envelope.stop() : null;
            }
            if (remove(match)) {
                return match;
            }
        }
    }

    private static @Nullable Envelope firstMatch(List<Envelope> envelopes, Predicate<Object> wanted) {
        for (Envelope envelope : envelopes) {
            if (envelope.isGone() || wanted.test(envelope.message())) {
                return envelope;
            }
        }
        return null;
    }

    /** Removes an envelope unless it was dropped meanwhile. */
    private boolean remove(Envelope match) {
        lock.lock();
        try {
            for (Iterator<Envelope> each = queue.iterator(); each.hasNext(); ) {
                if (each.next() == match) {
                    each.remove();
                    taken(match);
                    return true;
                }
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void awaitNews(Deadline deadline) {
        lock.lock();
        try {
            if (news || sealed) {
                return;
            }
            processWaits = true;
        } finally {
            lock.unlock();
        }
        deadline.park(process);
    }

    @Override
    public List<Envelope> close() {
        return drain();
    }

    @Override
    public List<Envelope> abandon() {
        List<Envelope> held = drain();
        process.unpark();
        return held;
    }

    private List<Envelope> drain() {
        lock.lock();
        try {
            sealed = true;
            refuseSenders();
            List<Envelope> held = new ArrayList<>(queue);
            queue.clear();
            messages = 0;
            return held;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int length() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int longest() {
        lock.lock();
        try {
            return longest;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }
}
