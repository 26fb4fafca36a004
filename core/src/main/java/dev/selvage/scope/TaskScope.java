package dev.selvage.scope;

import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A block of virtual threads that does not end before its threads have: the running JDK's {@code StructuredTaskScope},
 * whatever shape that has on JDK 21 to 28.
 *
 * {@snippet :
 * try (TaskScope scope = TaskScope.open("imports")) {
 *     scope.fork("customers", () -> importAll("customers"));
 *     scope.fork("orders", () -> importAll("orders"));
 *     scope.join();
 * }
 * }
 *
 * <p>The thread that opens a scope owns it, and it alone may fork, join, close and abandon; every other thread gets a
 * {@link ScopeException.WrongThread}. {@link #name()}, {@link #owner()}, {@link #isClosed()} and {@link #isAbandoned()}
 * are for any thread. Scopes of one thread must be closed in the reverse of the order in which they were opened, which
 * try-with-resources does.
 *
 * <p>The threads of a scope inherit the scoped values that were bound when it was opened, and the scheduler of an owner
 * that is a virtual thread. Scope and threads appear in the JDK's thread dump
 * ({@code jcmd <pid> Thread.dump_to_file -format=json}) under their names, the scope beneath the one that encloses it.
 *
 * <p>One task's failure touches no other: there is no policy in a scope. What a task throws goes to the
 * {@linkplain Thread#getUncaughtExceptionHandler() uncaught exception handler} of its thread. A scope keeps nothing of
 * tasks that have ended, so it may stay open for months and fork any number of them.
 *
 * <p>Memory effects: what the owner did before {@link #fork} is visible to the task; what the tasks did is visible to
 * the owner when {@link #join()} or {@link #close()} has returned.
 *
 * <p>Null arguments are refused with a {@link NullPointerException} that names them.
 */
public final class TaskScope implements AutoCloseable {

    /** The innermost scope that the current thread has opened and the JDK not yet closed; linked by {@link #outer}. */
    private static final ThreadLocal<@Nullable TaskScope> INNERMOST = new ThreadLocal<>();

    /** Whether any scope was ever abandoned: until then no ending thread need ask whether it leaves one open. */
    private static volatile boolean someAbandoned;

    private enum State {
        OPEN,
        JOINED,
        ABANDONED,
        CLOSED
    }

    private final String name;
    private final Thread owner;
    private final JdkScope jdkScope;
    private final Thread.Builder.OfVirtual threads = Thread.ofVirtual();
    private final @Nullable TaskScope outer;

    /** Tasks that were forked and have not ended: raised by the owner, lowered by the ending threads. */
    private final AtomicInteger running = new AtomicInteger();

    /** Threads whose task has ended but that wait, at their end, behind a scope that they left open. Any thread. */
    private final Queue<Thread> lingering = new ConcurrentLinkedQueue<>();

    /** Set by the owner while it waits for {@link #running} to be 0; read by the thread that lowers it to 0. */
    private volatile boolean ownerWaits;

    /** Written by the owner, read by any thread. OPEN → JOINED → ABANDONED or CLOSED, any of them may be left out. */
    private volatile State state = State.OPEN;

    // Owner only, between the call of the JDK's fork and its call of our factory: what is being forked.
    private @Nullable Fork forking;
    private String forkingName = "";
    private @Nullable Thread forked;

    private TaskScope(String name) {
        this.name = name;
        this.owner = Thread.currentThread();
        this.outer = INNERMOST.get();
        this.jdkScope = new JdkScope(this, this::newThread);
    }

    /**
     * Opens a scope that the current thread owns, any thread, platform or virtual. The scope captures the scoped values
     * bound now.
     *
     * @param name the scope's name in thread dumps and messages; need not be unique
     * @return the open scope
     * @throws ScopeException.Unsupported if the running JDK's API fits no known shape
     */
    public static TaskScope open(String name) {
        Objects.requireNonNull(name, "name");
        TaskScope scope = new TaskScope(name);
        INNERMOST.set(scope);
        return scope;
    }

    /**
     * Starts a virtual thread in this scope. Owner only, and before {@link #join()}. Does not block.
     *
     * @param threadName the thread's name
     * @param task what it runs; what it throws goes to the thread's uncaught exception handler
     * @return the thread, started; it may have ended already
     * @throws ScopeException.WrongThread if the current thread is not the owner
     * @throws ScopeException.NotOpen if the scope was joined, closed or abandoned
     * @throws ScopeException.NotStarted if the JDK did not start the thread; the task will not run
     * @throws ScopeException.Misnested if other scoped values are bound now than when the scope was opened
     */
    public Thread fork(String threadName, Runnable task) {
        Objects.requireNonNull(threadName, "threadName");
        Objects.requireNonNull(task, "task");
        requireOwner("fork");
        requireState("fork", State.OPEN);
        Fork fork = new Fork(this, task);
        forking = fork;
        forkingName = threadName;
        running.getAndIncrement();
        boolean started = false;
        try {
            jdkScope.fork(fork, threadName);
            Thread thread = forked;
            if (thread != null && (thread.isAlive() || fork.hasBegun())) {
                started = true;
                return thread;
            }
        } finally {
            forking = null;
            forked = null;
            if (!started) {
                running.getAndDecrement();
            }
        }
        throw jdkScope.notStarted(threadName, null);
    }

    /** Called by the JDK, on the owner's thread, from within its fork. */
    private Thread newThread(Runnable subtask) {
        Fork fork = Objects.requireNonNull(forking, "forking");
        fork.wrap(subtask);
        Thread thread = threads.name(forkingName).unstarted(fork);
        forked = thread;
        return thread;
    }

    /** Called by each thread of this scope, last. */
    void ended() {
        if (someAbandoned && isAnyHeld(INNERMOST.get(), null)) {
            lingering.removeIf(thread -> !thread.isAlive());
            lingering.add(Thread.currentThread());
        }
        if (running.decrementAndGet() == 0 && ownerWaits) {
            LockSupport.unpark(owner);
        }
    }

    /**
     * Waits for all threads of this scope to end. Owner only. After it was called, interrupted or not, nothing can be
     * forked any more; it may be called again, to go on waiting.
     *
     * <p>The wait ends when the last thread has ended or when the owner is interrupted, whichever is first. There is no
     * form with a timeout: have the tasks end instead. A thread whose task has ended counts as ended, though it waits
     * behind a scope that it {@linkplain #abandon() abandoned}.
     *
     * @throws InterruptedException if the owner is interrupted before or while it waits; the threads go on
     * @throws ScopeException.WrongThread if the current thread is not the owner
     * @throws ScopeException.NotOpen if the scope was closed or abandoned
     */
    public void join() throws InterruptedException {
        requireOwner("join");
        if (state != State.JOINED) {
            requireState("join", State.OPEN);
            state = State.JOINED;
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        ownerWaits = true;
        try {
            while (running.get() > 0) {
                LockSupport.park(this);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } finally {
            ownerWaits = false;
        }
        if (!isHeld()) {
            jdkScope.join();
        }
    }

    /**
     * Closes this scope: interrupts the threads that still run and waits for all of them to end. Owner only; does
     * nothing if the scope is closed or abandoned.
     *
     * <p>The wait has no bound and cannot be interrupted, since a thread must not outlive its block; an interrupt
     * meanwhile is kept, and set when this method returns. Who cannot wait for threads that ignore their interrupt
     * calls {@link #abandon()} instead. What runs on in scopes that were abandoned, by this thread inside this scope or
     * by a thread of this scope, is not waited for: this close then waits until the tasks of its threads have ended,
     * and the JDK's part of this scope too is left to the end of the owner's thread.
     *
     * @throws ScopeException.WrongThread if the current thread is not the owner
     * @throws ScopeException.Misnested if scopes opened later by the same thread were still open; they are closed
     *     first, in the same way, and this scope is closed
     */
    @Override
    public void close() {
        requireOwner("close");
        if (isOver()) {
            return;
        }
        ScopeException.Misnested misnested = closeInner();
        state = State.CLOSED;
        try {
            jdkScope.cancel();
            awaitTasks();
            if (!isAnyHeld(INNERMOST.get(), outer)) {
                closeInJdkDownToThis();
            }
        } catch (ScopeException failure) {
            if (misnested == null) {
                throw failure;
            }
            misnested.addSuppressed(failure);
        }
        if (misnested != null) {
            throw misnested;
        }
    }

    /**
     * Gives up on closing this scope: nothing can be forked any more, what still runs is left alone, and nobody waits.
     * Owner only; does nothing if the scope is closed or abandoned. Returns at once.
     *
     * <p>This is for threads that ignore their interrupt, because a thread cannot be killed. The JDK closes the scope
     * when the owner's thread ends, or when a block of bound scoped values around it does, and waits there; until then
     * the owner goes on and may open and close other scopes. No {@link TaskScope} around it waits for it, on this
     * thread or on those above it. A virtual owner that waits does not keep the JVM up, nor does a daemon; any other
     * thread does, the main thread too, unless {@link System#exit} is called.
     *
     * @throws ScopeException.WrongThread if the current thread is not the owner
     */
    public void abandon() {
        requireOwner("abandon");
        if (!isOver()) {
            state = State.ABANDONED;
            someAbandoned = true;
        }
    }

    /** Closes what this thread opened after this scope and did not close, newest first. */
    private ScopeException.@Nullable Misnested closeInner() {
        ScopeException.Misnested misnested = null;
        for (TaskScope scope = INNERMOST.get(); scope != null && scope != this; scope = scope.outer) {
            if (!scope.isOver()) {
                if (misnested == null) {
                    misnested = new ScopeException.Misnested(
                            this + " was closed before " + scope + ", which was opened after it by the same thread;"
                                    + " both are closed now",
                            null);
                }
                scope.closeAddingTo(misnested);
            }
        }
        return misnested;
    }

    private void closeAddingTo(ScopeException misnested) {
        try {
            close();
        } catch (ScopeException failure) {
            misnested.addSuppressed(failure);
        }
    }

    /** Whether the JDK would wait for a thread that is not to be waited for, if it closed one of these scopes. */
    private static boolean isAnyHeld(@Nullable TaskScope innermost, @Nullable TaskScope end) {
        for (TaskScope scope = innermost; scope != null && scope != end; scope = scope.outer) {
            if (scope.isHeld()) {
                return true;
            }
        }
        return false;
    }

    private boolean isHeld() {
        return running.get() > 0 || lingering.stream().anyMatch(Thread::isAlive);
    }

    private void awaitTasks() {
        boolean interrupted = false;
        ownerWaits = true;
        while (running.get() > 0) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        ownerWaits = false;
        if (interrupted) {
            owner.interrupt();
        }
    }

    private void closeInJdkDownToThis() {
        ScopeException failure = null;
        TaskScope scope = INNERMOST.get();
        if (outer == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(outer);
        }
        while (scope != null) {
            try {
                scope.jdkScope.close();
            } catch (ScopeException one) {
                failure = failure == null ? one : failure;
            }
            scope = scope == this ? null : scope.outer;
        }
        if (failure != null) {
            throw failure;
        }
    }

    private boolean isOver() {
        State now = state;
        return now == State.CLOSED || now == State.ABANDONED;
    }

    private void requireOwner(String operation) {
        Thread current = Thread.currentThread();
        if (current != owner) {
            throw new ScopeException.WrongThread(operation + " of " + this + " by thread '" + current.getName()
                    + "'; only its owner, thread '" + owner.getName() + "', may");
        }
    }

    private void requireState(String operation, State required) {
        if (state != required) {
            throw new ScopeException.NotOpen(operation + " of " + this);
        }
    }

    /**
     * Returns the name given to {@link #open(String)}.
     *
     * @return the scope's name
     */
    public String name() {
        return name;
    }

    /**
     * Returns the thread that opened this scope.
     *
     * @return the only thread that may fork, join, close and abandon
     */
    public Thread owner() {
        return owner;
    }

    /**
     * Tells whether {@link #close()} was called. True from the moment it begins, before the threads have ended.
     *
     * @return whether this scope is closed; false if it was abandoned
     */
    public boolean isClosed() {
        return state == State.CLOSED;
    }

    /**
     * Tells whether {@link #abandon()} gave this scope up.
     *
     * @return whether this scope is left to the end of its owner's thread
     */
    public boolean isAbandoned() {
        return state == State.ABANDONED;
    }

    @Override
    public String toString() {
        return "scope '" + name + "' (" + state + ", owner '" + owner.getName() + "', " + running.get() + " running)";
    }
}
