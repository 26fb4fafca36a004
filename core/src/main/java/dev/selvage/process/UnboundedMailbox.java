package dev.selvage.process;

import dev.selvage.time.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * Senders push onto a stack by one compare-and-set; the process takes the whole stack at once, turns it round, and
 * then works off the private list that this makes. So a send is one compare-and-set and no fence, a receive usually
 * touches nothing that senders write, and there is no moment at which an envelope is half linked.
 *
 * The word that senders race on, `top`, also says what else they must know, so that no second word has to be checked:
 *
 *     EMPTY     nothing shared, the process is awake
 *     WAITING   nothing shared, the process is parked or about to: who replaces it unparks
 *     CLOSED    nothing is accepted any more
 *     else      the newest envelope; if that is a stop, nothing more is accepted
 *
 *     EMPTY <-> WAITING       by the process, around its park
 *     EMPTY/WAITING/e -> e'   by a sender
 *     e -> EMPTY              by the process, which takes the stack
 *     stop -> CLOSED          by the process, which takes the stack
 *     any -> CLOSED           by the process at its exit, or by whoever abandons it
 *
 * The private list is written by the process only. Its head is volatile so that an abandoner can walk it while the
 * process goes on: an envelope leaves the list only after it became the process's own (see takeInHand),
 * and a stack that was just taken is published before the process looks whether it was abandoned.
 */
final class UnboundedMailbox<M> extends ProcessMailbox<M> {
    private static final Envelope EMPTY = Envelope.mark("empty");
    private static final Envelope WAITING = Envelope.mark("waiting");
    private static final Envelope CLOSED = Envelope.mark("closed");

    private static final VarHandle TOP;
    private static final VarHandle FIRST;
    private static final VarHandle TAKEN_LENGTH;
    private static final VarHandle LONGEST;

    /** A sender looks at the length once in so many messages, a power of two: looking costs it a shared read. */
    private static final int NOTICED_EACH = 64;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            TOP = lookup.findVarHandle(UnboundedMailbox.class, "top", Envelope.class);
            FIRST = lookup.findVarHandle(UnboundedMailbox.class, "first", Envelope.class);
            TAKEN_LENGTH = lookup.findVarHandle(UnboundedMailbox.class, "takenLength", int.class);
            LONGEST = lookup.findVarHandle(UnboundedMailbox.class, "longest", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile Envelope top = EMPTY;

    // the private list, oldest first: written by the process, walked by an abandoner
    private volatile @Nullable Envelope first;
    private @Nullable Envelope last;

    /** Length of the private list: written by the process, read by any thread. */
    private int takenLength;

    /** The greatest length noticed. Senders write it now and then, the process each time it takes what they sent. */
    private volatile int longest;

    UnboundedMailbox(ManagedProcess<M> process) {
        super(process);
    }

    @Override
    public Offer offer(Envelope envelope, Deadline deadline) {
        return deliver(envelope) ? Offer.ACCEPTED : Offer.CLOSED;
    }

    @Override
    public boolean deliver(Envelope envelope) {
        for (; ; ) {
            Envelope seen = top;
            if (seen == CLOSED || seen.isStop()) {
                return false;
            }
            envelope.next = seen.isMark() ? null : seen;
            envelope.depth = seen.depth + (envelope.isStop() ? 0 : 1);
            if (TOP.compareAndSet(this, seen, envelope)) {
                if (seen == WAITING) {
                    process.unpark();
                } else if ((envelope.depth & NOTICED_EACH - 1) == 0) {
                    noticeLength(envelope.depth + (int) TAKEN_LENGTH.getOpaque(this));
                }
                return true;
            }
        }
    }

    @Override
    public void seal() {
        deliver(Envelope.stop());
    }

    @Override
    public @Nullable Envelope poll() {
        Envelope oldest = first;
        if (oldest == null) {
            takeShared();
            oldest = first;
        }
        if (oldest != null && !oldest.isStop()) {
            unlink(null, oldest);
        }
        return oldest;
    }

    @Override
    public @Nullable Envelope poll(Scan scan) {
        Envelope found = scanPrivate(scan);
        return found != null || !takeShared() ? found : scanPrivate(scan);
    }

    private @Nullable Envelope scanPrivate(Scan scan) {
        Envelope before = scan.lookedAt;
        Envelope candidate = before == null ? first : before.next;
        while (candidate != null && !candidate.isStop()) {
            if (candidate.isGone()) {
                unlink(before, candidate); // a timer took it back
                candidate = candidate.next;
                continue;
            }
            if (scan.wanted.test(candidate.message())) {
                unlink(before, candidate);
                return candidate;
            }
            before = candidate;
            candidate = candidate.next;
        }
        scan.lookedAt = before;
        return candidate;
    }

    private void unlink(@Nullable Envelope before, Envelope envelope) {
        if (envelope.call != null) {
            // an abandoner that no longer finds it in the list must find it among the calls in hand
            takeInHand(envelope.call);
            VarHandle.releaseFence();
        }
        if (last == envelope) {
            last = before;
        }
        if (before == null) {
            FIRST.setRelease(this, envelope.next);
        } else {
            before.next = envelope.next;
        }
        TAKEN_LENGTH.setOpaque(this, takenLength - 1);
    }

    /** Moves what is shared to the end of the private list; returns whether there was anything. */
    private boolean takeShared() {
        for (; ; ) {
            Envelope seen = top;
            if (seen.isMark()) {
                return false;
            }
            if (TOP.compareAndSet(this, seen, seen.isStop() ? CLOSED : EMPTY)) {
                append(seen);
                process.failAllIfAbandoned();
                return true;
            }
        }
    }

    /** Turns a stack round and links it to the private list. */
    private void append(Envelope newest) {
        int count = newest.depth;
        Envelope oldest = null;
        for (Envelope envelope = newest; envelope != null; ) {
            Envelope older = envelope.next;
            envelope.next = oldest;
            oldest = envelope;
            envelope = older;
        }
        TAKEN_LENGTH.setOpaque(this, takenLength + count);
        noticeLength(takenLength);
        if (last == null) {
            first = oldest;
        } else {
            last.next = oldest;
            VarHandle.fullFence(); // published before the process looks whether it was abandoned
        }
        last = newest;
    }

    @Override
    public void awaitNews(Deadline deadline) {
        if (TOP.compareAndSet(this, EMPTY, WAITING)) {
            deadline.park(process);
            TOP.compareAndSet(this, WAITING, EMPTY);
        }
    }

    @Override
    public List<Envelope> close() {
        Envelope shared = (Envelope) TOP.getAndSet(this, CLOSED);
        if (!shared.isMark()) {
            append(shared);
        }
        List<Envelope> held = chain(first);
        first = null;
        last = null;
        TAKEN_LENGTH.setOpaque(this, 0);
        return held;
    }

    @Override
    public List<Envelope> abandon() {
        Envelope shared = (Envelope) TOP.getAndSet(this, CLOSED);
        List<Envelope> held = new ArrayList<>(shared.isMark() ? List.of() : chain(shared));
        process.unpark();
        held.addAll(chain(first));
        VarHandle.fullFence(); // the list before the calls in hand: the reverse of the order in unlink
        return held;
    }

    private static List<Envelope> chain(@Nullable Envelope head) {
        if (head == null) {
            return List.of();
        }
        List<Envelope> chain = new ArrayList<>();
        for (Envelope envelope = head; envelope != null; envelope = envelope.next) {
            chain.add(envelope);
        }
        return chain;
    }

    @Override
    public int length() {
        return Math.max(0, top.depth + (int) TAKEN_LENGTH.getOpaque(this)); // a mark's depth is 0
    }

    private void noticeLength(int length) {
        int known = longest;
        while (length > known) {
            if (LONGEST.compareAndSet(this, known, length)) {
                process.mailboxGrew(known, length);
            }
            known = longest;
        }
    }

    @Override
    public int longest() {
        noticeLength(length());
        return longest;
    }

    @Override
    public long dropped() {
        return 0;
    }
}
