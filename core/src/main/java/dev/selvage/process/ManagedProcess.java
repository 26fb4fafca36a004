package dev.selvage.process;

import dev.selvage.exit.ExitReason;
import dev.selvage.exit.Lifetime;
import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.lang.System.Logger;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The machine behind a process: it runs the body and takes the exit step, once and in order.
 *
 * @param <M> the type of its messages
 */
final class ManagedProcess<M> implements ProcessRef<M>, Runnable {
    static final Logger LOG = System.getLogger("dev.selvage.process");

    private static final int LONG_MAILBOX = 1_024;

    private static final VarHandle DECLARED;
    private static final VarHandle FORCED;
    private static final VarHandle MONITORS;
    private static final VarHandle LINKS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            DECLARED = lookup.findVarHandle(ManagedProcess.class, "declared", ExitReason.class);
            MONITORS = lookup.findVarHandle(ManagedProcess.class, "monitors", Object.class);
            LINKS = lookup.findVarHandle(ManagedProcess.class, "links", Links.class);
            FORCED = lookup.findVarHandle(ManagedProcess.class, "forced", Exit.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Neighbours in the scope's list of its processes; guarded by the scope's lock. */
    @Nullable ManagedProcess<?> older;

    @Nullable ManagedProcess<?> younger;

    private final ProcessScope scope;
    private final String name;
    private final ProcessOptions options;

    /**
     * What it will run; from then on something of the same sort, so that who keeps a process that has ended keeps
     * nothing of its body. Written by the process; others ask for the sort alone, and may read either.
     */
    private ProcessBody<M> body;

    private final ProcessMailbox<M> mailbox;

    /** What {@link Monitors} keeps here. */
    private volatile @Nullable Object monitors;

    /** Made on demand, since most processes have none; once made they stay. */
    private volatile @Nullable Links links;

    private final long startedNanos;

    /** Written by the starter and by the process itself, the same value. */
    private volatile @Nullable Thread thread;

    private volatile boolean stopRequested;
    private volatile boolean abandoned;

    // null -> why it must end: its own kill, or the exit that a link passed on; the first one counts
    private volatile @Nullable Exit forced;

    // null -> the reason, by the process or by whoever abandons it; the winner takes the exit step
    private volatile @Nullable ExitReason declared;

    /** Whether names are free and calls failed, so that the world may know. Written by whoever takes the exit step. */
    private volatile boolean exited;

    ManagedProcess(ProcessScope scope, String name, ProcessOptions options, ProcessBody<M> body) {
        this.scope = scope;
        this.name = name;
        this.options = options;
        this.body = body;
        this.startedNanos = scope.ticker().nanoTime();
        this.mailbox = options.isBounded()
                ? new BoundedMailbox<>(this, options.capacity(), options.overflow())
                : new UnboundedMailbox<>(this);
        if (!hasMailbox()) {
            mailbox.close();
        }
    }

    // ---- what runs on the process's thread

    @Override
    public void run() {
        thread = Thread.currentThread();
        Lifetime own = Lifetime.begin(this);
        ProcessBody<M> runs = body;
        body = TaskRun.inPlaceOf(runs);
        ExitReason reason = declared == null ? runBody(runs) : ExitReason.killed();
        Thread.interrupted(); // an interrupt was for the body; the exit step waits for nothing
        if (DECLARED.compareAndSet(this, null, reason)) {
            takeExitStep(reason, own::end);
        } else {
            // abandoned: whoever does that sees to the names and the calls; only then, and only now, are its locks free
            Shutdown.awaitUninterruptibly(this, Deadline.never());
            own.end();
        }
    }

    private ExitReason runBody(ProcessBody<M> runs) {
        try {
            FlightEvents.started(this);
            if (forced != null) {
                return requestedReason();
            }
            runs.run(mailbox);
            return requestedReason();
        } catch (Throwable thrown) {
            boolean asked = forced != null || (stopRequested && isStopSignal(thrown));
            return asked ? requestedReason() : ExitReason.failed(thrown);
        }
    }

    private ExitReason requestedReason() {
        Exit force = forced;
        if (force != null) {
            return force.reason();
        }
        return stopRequested ? ExitReason.shutdown() : ExitReason.normal();
    }

    /** Whether a throwable is the answer to a stop: the signal itself, or the body's exception around it. */
    private static boolean isStopSignal(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (cause instanceof ProcessException.Stopped
                    || cause instanceof InterruptedException
                    || cause instanceof ClosedByInterruptException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    // ---- the exit step (design rule 4.2); taken once, by whoever declared the exit

    private void takeExitStep(ExitReason reason, Runnable freeNamesAndLocks) {
        List<Envelope> left = abandoned ? mailbox.abandon() : mailbox.close();
        freeNamesAndLocks.run();
        failCalls(left, reason);
        mailbox.failInHand(() -> Calls.exited(this, reason));
        scope.forget(this);
        ExitReport.of(this, reason);
        exited = true;
        Exit exit = new Exit(this, reason);
        tellLinksAndMonitors(exit);
        DeadLetters.tellLeft(this, left);
        scope.tell(exit);
    }

    /** Who makes one of the two later finds that the process has exited, and tells itself. */
    private void tellLinksAndMonitors(Exit exit) {
        Links linked = links;
        if (linked != null) {
            linked.tell(exit);
        }
        Monitors.tell(monitors, exit);
    }

    private void failCalls(List<Envelope> envelopes, ExitReason reason) {
        envelopes.forEach(envelope -> envelope.failCall(() -> Calls.exited(this, reason)));
    }

    /**
     * For the process itself, which has just made messages its own: if it was abandoned meanwhile, the abandoner may
     * have missed them.
     */
    void failAllIfAbandoned() {
        ExitReason reason = declared;
        if (reason != null) {
            List<Envelope> left = mailbox.close();
            failCalls(left, reason);
            DeadLetters.tellLeft(this, left);
        }
    }

    private void abandon() {
        if (DECLARED.compareAndSet(this, null, ExitReason.killed())) {
            abandoned = true;
            takeExitStep(ExitReason.killed(), () -> {
                Lifetime begun = lifetime();
                if (begun != null) {
                    begun.abandon();
                }
            });
        }
    }

    // ---- what others ask

    @Override
    public boolean send(M message) {
        Objects.requireNonNull(message, "message");
        return offer(Envelope.of(message, null), Deadline.never()) == MessageQueue.Offer.ACCEPTED;
    }

    @Override
    public <R> R call(Function<ReplyTo<R>, ? extends M> message, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(timeout, "timeout");
        return Calls.call(this, message, timeout);
    }

    @Override
    public <R> Request<R> request(Function<ReplyTo<R>, ? extends M> message, Duration timeout) {
        Objects.requireNonNull(message, "message");
        OutgoingRequest<R> request = new OutgoingRequest<>(this, timeout, deadline(timeout), null);
        Calls.place(this, request, message);
        return request;
    }

    MessageQueue.Offer offer(Envelope envelope, Deadline deadline) {
        return declared == null ? mailbox.offer(envelope, deadline) : MessageQueue.Offer.CLOSED;
    }

    @Override
    public Optional<ExitReason> exitReason() {
        return exited ? Optional.ofNullable(declared) : Optional.empty();
    }

    @Override
    public ExitReason join() throws InterruptedException {
        Calls.refuseSelf(this, "joins");
        return awaitExit(Deadline.never()).orElseThrow();
    }

    @Override
    public Optional<ExitReason> join(Duration timeout) throws InterruptedException {
        Calls.refuseSelf(this, "joins");
        return awaitExit(deadline(timeout));
    }

    private Optional<ExitReason> awaitExit(Deadline deadline) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before waiting for the end of '" + name + "'");
        }
        if (exited || deadline.hasPassed()) {
            return exitReason();
        }
        Thread waiter = Thread.currentThread();
        try (Monitor monitor = monitor(exit -> LockSupport.unpark(waiter))) {
            while (!exited && !deadline.hasPassed()) {
                deadline.park(monitor);
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while waiting for the end of '" + name + "'");
                }
            }
        }
        return exitReason();
    }

    @Override
    public Monitor monitor(Consumer<? super Exit> action) {
        Objects.requireNonNull(action, "action");
        return Monitors.add(this, action);
    }

    @Override
    public void link(ProcessRef<?> other) {
        Links.link(this, (ManagedProcess<?>) Objects.requireNonNull(other, "other"));
    }

    @Override
    public boolean unlink(ProcessRef<?> other) {
        return Links.unlink(this, (ManagedProcess<?>) Objects.requireNonNull(other, "other"));
    }

    @Override
    public void stop() {
        if (declared != null) {
            return;
        }
        stopRequested = true;
        if (hasMailbox()) {
            mailbox.seal();
        } else {
            interrupt();
        }
    }

    @Override
    public void kill() {
        end(new Exit(this, ExitReason.killed()));
    }

    /** Hears of the exit of a process that this one is linked with; on that one's thread. */
    void linkedExit(Exit exit) {
        if (!mailbox.trap(exit) && exit.reason().isAbnormal()) {
            end(exit);
        }
    }

    /** Ends the process for the reason of an exit: its own kill, or the exit of a process it is linked with. */
    void end(Exit exit) {
        if (declared == null) {
            FORCED.compareAndSet(this, null, exit);
            interrupt();
        }
    }

    private void interrupt() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    @Override
    public ExitReason shutdown(Duration stopPatience, Duration interruptPatience) throws InterruptedException {
        Objects.requireNonNull(stopPatience, "stopPatience");
        Objects.requireNonNull(interruptPatience, "interruptPatience");
        Calls.refuseSelf(this, "shuts down");
        return new Shutdown(this).run(stopPatience, interruptPatience);
    }

    /** Kills the process, waits uninterruptibly until the deadline, and then declares it exited. */
    void killOrAbandon(Deadline interruptDeadline) {
        kill();
        Shutdown.awaitUninterruptibly(this, interruptDeadline);
        abandon();
        // if the process was faster it is taking its exit step, which waits for nothing
        Shutdown.awaitUninterruptibly(this, Deadline.never());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Thread thread() {
        return Objects.requireNonNull(thread, "a process is handed out after its thread was made");
    }

    @Nullable Thread threadOrNull() {
        return thread;
    }

    void startedOn(Thread started) {
        thread = started;
    }

    @Override
    public boolean isAlive() {
        return declared == null;
    }

    boolean isDeclaredExited() {
        return declared != null;
    }

    /** Whether the world may know of the exit. */
    boolean hasExited() {
        return exited;
    }

    @Override
    public boolean isAbandoned() {
        return abandoned;
    }

    @Override
    public int mailboxLength() {
        return mailbox.length();
    }

    /** The mailbox is longer than ever before; worth an event at 1,024 messages and at each doubling. */
    void mailboxGrew(int longestBefore, int length) {
        if (length >= LONG_MAILBOX && Integer.highestOneBit(length) > Integer.highestOneBit(longestBefore)) {
            FlightEvents.mailboxGrew(this, length);
        }
    }

    @Override
    public int longestMailbox() {
        return mailbox.longest();
    }

    @Override
    public long droppedMessages() {
        return mailbox.dropped();
    }

    int monitorCount() {
        return Monitors.count(monitors);
    }

    @Nullable Object monitors() {
        return monitors;
    }

    boolean replaceMonitors(@Nullable Object kept, @Nullable Object wanted) {
        return MONITORS.compareAndSet(this, kept, wanted);
    }

    Links links() {
        Links present = links;
        if (present != null) {
            return present;
        }
        Links fresh = new Links();
        Links other = (Links) LINKS.compareAndExchange(this, null, fresh);
        return other == null ? fresh : other;
    }

    @Nullable Links linksOrNull() {
        return links;
    }

    @Nullable Exit forced() {
        return forced;
    }

    /** The bound of the mailbox, for messages. */
    String bound() {
        return "(capacity " + options.capacity() + ", " + options.overflow() + ")";
    }

    boolean hasMailbox() {
        return !(body instanceof TaskRun);
    }

    /**
     * Its lifetime while it runs. The process begins it before it reads {@code declared}, an abandoner asks for it
     * after having written that: one of the two sees the other.
     */
    @Nullable Lifetime lifetime() {
        Thread running = thread;
        return running == null ? null : Lifetime.of(running);
    }

    Duration age() {
        return Duration.ofNanos(scope.ticker().nanoTime() - startedNanos);
    }

    @Override
    public Snapshot snapshot() {
        return Snapshots.of(this);
    }

    ProcessMailbox<M> mailbox() {
        return mailbox;
    }

    ProcessOptions options() {
        return options;
    }

    Ticker ticker() {
        return scope.ticker();
    }

    Deadline deadline(Duration timeout) {
        return Deadline.after(timeout, scope.ticker());
    }

    void unpark() {
        LockSupport.unpark(thread);
    }

    State state() {
        if (declared != null) {
            return abandoned ? State.ABANDONED : State.EXITED;
        }
        return forced != null ? State.ENDING : stopRequested ? State.STOPPING : State.RUNNING;
    }

    @Override
    public String toString() {
        ExitReason reason = declared;
        return "process '" + name + "' (" + state() + (reason == null ? "" : ", " + reason) + ")";
    }
}
