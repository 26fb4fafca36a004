package dev.selvage.process;

import dev.selvage.exit.ExitReason;
import dev.selvage.exit.Lifetime;
import dev.selvage.time.Deadline;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The machine behind a process: it runs the body and takes the exit step, once and in order.
 *
 * @param <M> the type of its messages
 */
final class ManagedProcess<M> implements ProcessRef<M>, Runnable {
    static final Logger LOG = System.getLogger("dev.selvage.process");

    private static final VarHandle DECLARED;

    static {
        try {
            DECLARED = MethodHandles.lookup().findVarHandle(ManagedProcess.class, "declared", ExitReason.class);
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
    private final @Nullable ProcessBody<M> body;
    private final @Nullable TaskBody task;
    private final ProcessMailbox<M> mailbox;
    private final MessageQueue queue;
    private final Monitors monitors = new Monitors(this);

    /** Written by the starter and by the process itself, the same value. */
    private volatile @Nullable Thread thread;

    /** Written by the process before it reads {@code declared}; read by an abandoner after it wrote that. */
    private volatile @Nullable Lifetime lifetime;

    private volatile boolean stopRequested;
    private volatile boolean killRequested;
    private volatile boolean abandoned;

    // null -> the reason, by the process or by whoever abandons it; the winner takes the exit step
    private volatile @Nullable ExitReason declared;

    /** Whether names are free and calls failed, so that the world may know. Written by whoever takes the exit step. */
    private volatile boolean exited;

    ManagedProcess(
            ProcessScope scope,
            String name,
            ProcessOptions options,
            @Nullable ProcessBody<M> body,
            @Nullable TaskBody task) {
        this.scope = scope;
        this.name = name;
        this.options = options;
        this.body = body;
        this.task = task;
        this.queue = options.isBounded()
                ? new BoundedQueue(this, options.capacity(), options.overflow())
                : new UnboundedQueue(this);
        this.mailbox = new ProcessMailbox<>(this, queue);
        if (body == null) {
            queue.close(); // a task takes no messages
        }
    }

    // ---- what runs on the process's thread

    @Override
    public void run() {
        thread = Thread.currentThread();
        Lifetime own = Lifetime.begin(this);
        lifetime = own;
        ExitReason reason = declared == null ? runBody() : ExitReason.killed();
        Thread.interrupted(); // an interrupt was for the body; the exit step waits for nothing
        if (DECLARED.compareAndSet(this, null, reason)) {
            takeExitStep(reason, own::end);
        } else {
            // abandoned: whoever does that sees to the names and the calls; only then, and only now, are its locks free
            Shutdown.awaitUninterruptibly(this, Deadline.never());
            own.end();
        }
    }

    private ExitReason runBody() {
        if (killRequested) {
            return ExitReason.killed();
        }
        try {
            if (body != null) {
                body.run(mailbox);
            } else if (task != null) {
                task.run();
            }
            return requestedReason().orElse(ExitReason.normal());
        } catch (Throwable thrown) {
            return reasonOf(thrown);
        }
    }

    private Optional<ExitReason> requestedReason() {
        if (killRequested) {
            return Optional.of(ExitReason.killed());
        }
        return stopRequested ? Optional.of(ExitReason.shutdown()) : Optional.empty();
    }

    private ExitReason reasonOf(Throwable thrown) {
        if (killRequested || (stopRequested && isStopSignal(thrown))) {
            return requestedReason().orElseThrow();
        }
        return ExitReason.failed(thrown);
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
        Supplier<ProcessException> failure = () -> exitedException(reason);
        if (abandoned) {
            List<Envelope> held = queue.abandon();
            freeNamesAndLocks.run();
            held.forEach(envelope -> envelope.failCall(failure));
        } else {
            List<Envelope> leftover = queue.close();
            freeNamesAndLocks.run();
            leftover.forEach(envelope -> envelope.failCall(failure));
        }
        mailbox.failInHand(failure);
        scope.forget(this);
        exited = true;
        report(reason);
        Exit exit = new Exit(this, reason);
        monitors.tell(exit);
        scope.tell(exit);
    }

    private void report(ExitReason reason) {
        if (abandoned) {
            Exception stack = new Exception("where it is now");
            Thread stuck = thread;
            stack.setStackTrace(stuck == null ? new StackTraceElement[0] : stuck.getStackTrace());
            LOG.log(
                    Level.WARNING,
                    "process '" + name + "' ignored its interrupt and was abandoned; it keeps its locks"
                            + " until its thread ends",
                    stack);
        } else if (reason instanceof ExitReason.Failed failed) {
            LOG.log(Level.WARNING, "process '" + name + "' failed", failed.cause());
        }
    }

    /**
     * For the process itself, which has just made messages its own: if it was abandoned meanwhile, the abandoner may
     * have missed them.
     */
    void failAllIfAbandoned() {
        ExitReason reason = declared;
        if (reason != null) {
            queue.close().forEach(envelope -> envelope.failCall(() -> exitedException(reason)));
        }
    }

    private void abandon() {
        if (DECLARED.compareAndSet(this, null, ExitReason.killed())) {
            abandoned = true;
            takeExitStep(ExitReason.killed(), () -> {
                Lifetime begun = lifetime;
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
        return declared == null
                && queue.offer(Envelope.of(message, null), Deadline.never()) == MessageQueue.Offer.ACCEPTED;
    }

    @Override
    public <R> R call(Function<ReplyTo<R>, ? extends M> message, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(timeout, "timeout");
        refuseSelf("calls");
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the call to '" + name + "'");
        }
        Deadline deadline = deadline(timeout);
        if (deadline.hasPassed()) {
            throw callTimeout(timeout);
        }
        PendingCall<R> call = new PendingCall<>();
        Envelope envelope = Envelope.of(Objects.requireNonNull(message.apply(call), "message"), call);
        MessageQueue.Offer offer = queue.offer(envelope, deadline);
        if (offer != MessageQueue.Offer.ACCEPTED) {
            call.discard();
            throw refusedCall(offer, deadline, timeout);
        }
        PendingCall.Answer<R> answer = call.await(deadline);
        if (answer == null) {
            throw callTimeout(timeout);
        }
        return answer.get();
    }

    private ProcessException refusedCall(MessageQueue.Offer offer, Deadline deadline, Duration timeout)
            throws InterruptedException {
        if (offer == MessageQueue.Offer.INTERRUPTED) {
            Thread.interrupted();
            throw new InterruptedException("interrupted while waiting for room in the mailbox of '" + name + "'");
        }
        return switch (offer) {
            case FULL ->
                new ProcessException.MailboxFull("call refused: the mailbox of '" + name + "' is full (capacity "
                        + options.capacity() + ", " + options.overflow() + ")");
            case TIMED_OUT -> callTimeout(timeout);
            default -> afterClose(deadline);
        };
    }

    /** The failure of a call to a closed mailbox: of a process that is exiting only after its names are free. */
    private ProcessException afterClose(Deadline deadline) throws InterruptedException {
        if (declared == null) {
            return new ProcessException.Exited(
                    "'" + name + "' is stopping and takes no more calls", ExitReason.shutdown());
        }
        return exitedException(awaitExit(deadline).orElse(declared));
    }

    private ProcessException exitedException(ExitReason reason) {
        return new ProcessException.Exited("'" + name + "' exited: " + reason, reason);
    }

    private ProcessException callTimeout(Duration timeout) {
        return new ProcessException.CallTimeout(
                "'" + name + "' (" + state() + ", " + mailboxLength() + " queued) did not answer within " + timeout);
    }

    private void refuseSelf(String what) {
        if (Thread.currentThread() == thread) {
            throw new ProcessException("process '" + name + "' " + what + " itself and would wait for ever");
        }
    }

    @Override
    public Optional<ExitReason> exitReason() {
        return exited ? Optional.ofNullable(declared) : Optional.empty();
    }

    @Override
    public ExitReason join() throws InterruptedException {
        refuseSelf("joins");
        return awaitExit(Deadline.never()).orElseThrow();
    }

    @Override
    public Optional<ExitReason> join(Duration timeout) throws InterruptedException {
        refuseSelf("joins");
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
        return monitors.add(Objects.requireNonNull(action, "action"));
    }

    @Override
    public void stop() {
        if (declared != null) {
            return;
        }
        stopRequested = true;
        if (task != null) {
            interrupt();
        } else {
            queue.seal();
        }
    }

    @Override
    public void kill() {
        if (declared == null) {
            killRequested = true;
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
        refuseSelf("shuts down");
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
        return queue.length();
    }

    @Override
    public long droppedMessages() {
        return queue.dropped();
    }

    int monitorCount() {
        return monitors.count();
    }

    ProcessMailbox<M> mailbox() {
        return mailbox;
    }

    ProcessOptions options() {
        return options;
    }

    Deadline deadline(Duration timeout) {
        return Deadline.after(timeout, scope.ticker());
    }

    void unpark() {
        LockSupport.unpark(thread);
    }

    private String state() {
        ExitReason reason = declared;
        if (reason != null) {
            return (abandoned ? "abandoned, " : "exited, ") + reason;
        }
        return killRequested ? "being killed" : stopRequested ? "stopping" : "running";
    }

    @Override
    public String toString() {
        return "process '" + name + "' (" + state() + ")";
    }
}
