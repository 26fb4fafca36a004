package dev.selvage.process;

import dev.selvage.process.ProcessRef.Monitor;
import dev.selvage.time.Deadline;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The receiving side of a process: takes messages from its queue and remembers the calls it has taken and not answered,
 * so that they can be failed when the process ends. It is the queue as well, of one kind or the other, because of the
 * many that wait for nothing: two objects would cost each of them 32 bytes more.
 *
 * @param <M> the type of the messages
 */
abstract sealed class ProcessMailbox<M> implements Mailbox<M>, MessageQueue permits UnboundedMailbox, BoundedMailbox {

    /** After how many taken calls the answered ones among those in hand are swept out, if they are not at its head. */
    private static final int SWEEP_AFTER = 64;

    final ManagedProcess<M> process;

    /**
     * The calls taken and perhaps not answered, the newest first, linked by {@code takenBefore}. Written by the process
     * only, read by whoever abandons it.
     */
    private volatile @Nullable PendingCall<?> inHand;

    /** How many calls are taken until the next sweep. */
    private int untilSweep = SWEEP_AFTER;

    /** Made with the first timer; the process's own. */
    private @Nullable Timers timers;

    /** What becomes of the exit of a linked process; null where it is not trapped. Written by the process. */
    private volatile @Nullable Function<? super Exit, ? extends M> trap;

    /** The type of the message taken last, for reports. Written by the process. */
    private @Nullable Class<?> lastTaken;

    ProcessMailbox(ManagedProcess<M> process) {
        this.process = process;
    }

    @Override
    public ProcessRef<M> self() {
        return process;
    }

    @Override
    public M receive() throws InterruptedException {
        return Objects.requireNonNull(take(null, Deadline.never()), "an unlimited wait ends with a message");
    }

    @Override
    public Optional<M> receive(Duration timeout) throws InterruptedException {
        return Optional.ofNullable(take(null, process.deadline(timeout)));
    }

    @Override
    public Optional<M> tryReceive() {
        checkReceiver();
        return Optional.ofNullable(next(null));
    }

    @Override
    public M receive(Predicate<? super M> wanted) throws InterruptedException {
        Objects.requireNonNull(wanted, "wanted");
        return Objects.requireNonNull(take(scanFor(wanted), Deadline.never()), "an unlimited wait ends with a message");
    }

    @Override
    public Optional<M> receive(Predicate<? super M> wanted, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(wanted, "wanted");
        return Optional.ofNullable(take(scanFor(wanted), process.deadline(timeout)));
    }

    @Override
    public Optional<M> tryReceive(Predicate<? super M> wanted) {
        Objects.requireNonNull(wanted, "wanted");
        checkReceiver();
        return Optional.ofNullable(next(scanFor(wanted)));
    }

    @SuppressWarnings("unchecked") // only send(M) and call put messages there
    private Scan scanFor(Predicate<? super M> wanted) {
        return new Scan((Predicate<Object>) wanted);
    }

    /** Takes a message, or returns null when the deadline has passed. */
    private @Nullable M take(@Nullable Scan scan, Deadline deadline) throws InterruptedException {
        checkReceiver();
        // One that has received nothing yet is in no exchange with anybody, and parks at once: a stack that was first
        // parked from here stays in one piece, and an idle process costs 200 bytes less.
        int turns = lastTaken == null ? 0 : Turn.BEFORE_PARKING;
        for (; ; ) {
            if (Thread.interrupted()) {
                throw new InterruptedException("process '" + process.name() + "' was interrupted");
            }
            M message = next(scan);
            if (message != null || deadline.hasPassed()) {
                return message;
            }
            if (turns > 0) {
                turns--;
                Turn.giveAway();
                continue;
            }
            forgetAnswered();
            awaitNews(timers == null ? deadline : timers.earlier(deadline));
        }
    }

    @SuppressWarnings("unchecked") // only send(M) and call put messages there
    private @Nullable M next(@Nullable Scan scan) {
        if (process.isDeclaredExited()) {
            throw stopped("was abandoned");
        }
        if (timers != null) {
            timers.ring();
        }
        Envelope envelope;
        do {
            envelope = scan == null ? poll() : poll(scan);
            if (envelope == null) {
                return null;
            }
            if (envelope.isStop()) {
                throw stopped("was asked to stop");
            }
        } while (envelope.isGone());
        M message = (M) envelope.receive();
        lastTaken = message.getClass();
        return message;
    }

    private ProcessException.Stopped stopped(String why) {
        return new ProcessException.Stopped("process '" + process.name() + "' " + why);
    }

    void checkReceiver() {
        if (Thread.currentThread() != process.thread()) {
            throw new ProcessException("only process '" + process.name() + "' uses its mailbox; this is thread '"
                    + Thread.currentThread().getName() + "'");
        }
    }

    /** Remembers a call that the process has just taken from its queue. */
    void takeInHand(PendingCall<?> call) {
        call.takenBefore = withoutAnsweredHead();
        inHand = call;
        if (--untilSweep <= 0) {
            sweep();
        }
    }

    private @Nullable PendingCall<?> withoutAnsweredHead() {
        PendingCall<?> newest = inHand;
        while (newest != null && !newest.isWaiting()) {
            newest = newest.takenBefore;
        }
        return newest;
    }

    /** Lets go of what has been answered before the process goes to sleep, perhaps for long. */
    private void forgetAnswered() {
        if (inHand != null) {
            inHand = withoutAnsweredHead();
        }
    }

    /** Unlinks the answered calls; runs after as many calls as were left last time, so its cost is constant a call. */
    private void sweep() {
        int left = 0;
        PendingCall<?> kept = null;
        for (PendingCall<?> call = inHand; call != null; call = call.takenBefore) {
            if (!call.isOwed()) {
                continue;
            }
            if (kept == null) {
                inHand = call;
            } else {
                kept.takenBefore = call;
            }
            kept = call;
            left++;
        }
        if (kept == null) {
            inHand = null;
        } else {
            kept.takenBefore = null;
        }
        untilSweep = Math.max(SWEEP_AFTER, left);
    }

    /** How many calls in hand somebody may still wait for: for tests. */
    int callsInHand() {
        int count = 0;
        for (PendingCall<?> call = inHand; call != null; call = call.takenBefore) {
            count++;
        }
        return count;
    }

    void failInHand(Supplier<? extends ProcessException> failure) {
        for (PendingCall<?> call = inHand; call != null; call = call.takenBefore) {
            call.failWith(failure);
        }
    }

    @Override
    public Monitor monitor(ProcessRef<?> watched, Function<? super Exit, ? extends M> message) {
        Objects.requireNonNull(watched, "process");
        Objects.requireNonNull(message, "message");
        return watched.monitor(exit -> deliverNotice(Objects.requireNonNull(message.apply(exit), "message"), exit));
    }

    private void deliverNotice(M notice, Exit exit) {
        if (!deliver(Envelope.notice(notice))) {
            ManagedProcess.LOG.log(Level.DEBUG, "{0}: nobody left to tell, {1} has stopped", exit, process.name());
        }
    }

    @Override
    public void trapExits(Function<? super Exit, ? extends M> message) {
        checkReceiver();
        trap = Objects.requireNonNull(message, "message");
    }

    /** Queues the notice of a linked process's exit where exits are trapped. Any thread. */
    boolean trap(Exit exit) {
        Function<? super Exit, ? extends M> trapping = trap;
        if (trapping == null) {
            return false;
        }
        try {
            deliverNotice(Objects.requireNonNull(trapping.apply(exit), "message"), exit);
        } catch (Throwable failure) {
            ManagedProcess.LOG.log(
                    Level.ERROR, "'" + process.name() + "' could not make a message of " + exit, failure);
        }
        return true;
    }

    @Override
    public Timer sendAfter(Duration delay, M message) {
        checkReceiver();
        Objects.requireNonNull(delay, "delay");
        return timers().after(delay, Objects.requireNonNull(message, "message"));
    }

    @Override
    public Timer sendEvery(Duration period, M message) {
        checkReceiver();
        Objects.requireNonNull(period, "period");
        return timers().every(period, Objects.requireNonNull(message, "message"));
    }

    private Timers timers() {
        if (timers == null) {
            timers = new Timers(this, process.ticker());
        }
        return timers;
    }

    Optional<Class<?>> lastTaken() {
        return Optional.ofNullable(lastTaken);
    }

    @Override
    public String toString() {
        return "mailbox of '" + process.name() + "', " + length() + " queued";
    }
}
