package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A running tree of supervised processes, in the hands of who started it.
 *
 * {@snippet :
 * static final ChildSpec<Request> STORE = ChildSpec.process("store", Store::serve);
 *
 * try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", STORE))) {
 *     ProcessRef<Request> store = app.child(STORE).orElseThrow();
 *     store.call(Get::new);
 *     System.out.println(app.tree());
 * } // stopped in order
 *
 * public static void main(String[] args) throws InterruptedException {
 *     Supervisor.run(app);                     // until it ends, or the JVM is asked to by Ctrl-C or SIGTERM
 * }
 * }
 *
 * <p>A supervisor starts its children in order, each awaited, restarts them by its {@link Strategy} when they end, and
 * stops them in reverse. It ends when it is stopped, killed, or gives up because more restarts were due than its
 * {@linkplain SupervisorSpec#withIntensity intensity} allows. It does not end because its children have.
 *
 * <p>Any thread may call any method. Those that wait are refused to the processes of the tree itself, since they would
 * wait for themselves.
 *
 * <p>A tree that was started with {@link #start(SupervisorSpec)} does not keep the JVM up; one in {@link #run} does.
 * Scoped values: a tree that is started in a {@link ProcessScope} sees those bound where that was opened, in every
 * child and every restarted child. The others have a thread of their own as their root, and see none.
 *
 * <p>The semantics are those of Erlang/OTP's {@code supervisor}, with differences: a supervisor that gives up has
 * failed, so that a transient one is restarted by its parent; and a child that does not end is abandoned, since a
 * thread cannot be killed.
 *
 * <p>Memory effects: what a thread did before it started a tree happens-before its children's bodies; what the
 * processes of the tree did happens-before the return of {@link #join()} and {@link #close()}, but for abandoned ones.
 */
public final class Supervisor implements AutoCloseable {

    /** On top of what the children's rules add up to. */
    private static final Duration MARGIN = Duration.ofSeconds(5);

    private final SupervisorNode node;
    private final ProcessRef<?> process;

    Supervisor(SupervisorNode node, ProcessRef<?> process) {
        this.node = node;
        this.process = process;
    }

    /**
     * Starts a tree and waits until all its children have started.
     *
     * <p>The wait ends when they have, when one of them could not and those before it have been stopped, or by an
     * interrupt. It is bounded by the children's start timeouts.
     *
     * @param spec the outermost supervisor
     * @return the running tree, to be closed
     * @throws SupervisorException.StartFailed if a child could not start; nothing is left running
     * @throws SupervisorException if the tree was killed while it started
     * @throws InterruptedException if the current thread is interrupted while it waits; the tree has been ended
     */
    public static Supervisor start(SupervisorSpec spec) throws InterruptedException {
        Launch launch = new Launch(Objects.requireNonNull(spec, "spec"));
        launch.detached();
        return awaitStarted(launch);
    }

    /**
     * Starts a tree as a process of a scope, and waits until all its children have started. The owner of the scope
     * only. The scope's close stops the tree in order, if it was not closed before; it waits for that as long as the
     * children's rules add up to. Otherwise the same as {@link #start(SupervisorSpec)}.
     *
     * @param spec the outermost supervisor
     * @param scope where it runs; its scoped values reach every child
     * @return the running tree
     * @throws SupervisorException.StartFailed if a child could not start; nothing is left running
     * @throws SupervisorException if the tree was killed while it started
     * @throws InterruptedException if the current thread is interrupted while it waits; the tree has been ended
     */
    public static Supervisor start(SupervisorSpec spec, ProcessScope scope) throws InterruptedException {
        Objects.requireNonNull(scope, "scope");
        Launch launch = new Launch(Objects.requireNonNull(spec, "spec"));
        launch.in(scope);
        return awaitStarted(launch);
    }

    private static Supervisor awaitStarted(Launch launch) throws InterruptedException {
        ProcessRef<?> process = launch.process();
        try {
            Optional<ExitReason> ended = launch.awaitOutcome();
            if (ended.isPresent()) {
                throw launch.startFailure(ended.get());
            }
            return new Supervisor(launch.node(), process);
        } catch (InterruptedException interrupt) {
            process.shutdown(Duration.ZERO, killTime(launch.node()));
            throw interrupt;
        }
    }

    /**
     * Runs a tree until it ends: what the main method of a program calls. The JVM stays up as long as it runs.
     *
     * <p>When the JVM is asked to end, by Ctrl-C, SIGTERM or {@link System#exit}, the tree is stopped in order before
     * the JVM ends; that takes at most as long as the children's rules add up to. A child that itself called
     * {@code System.exit} is not waited for. What the caller does after this method returned is not waited for either.
     *
     * <p>The wait ends when the tree was stopped, gave up or was killed, or by an interrupt.
     *
     * @param spec the outermost supervisor
     * @throws SupervisorException.StartFailed if a child could not start
     * @throws SupervisorException.GaveUp if the tree gave up
     * @throws SupervisorException if the tree was killed, or the JVM is ending already
     * @throws InterruptedException if the current thread is interrupted while it waits; the tree has been stopped in
     *     order
     */
    public static void run(SupervisorSpec spec) throws InterruptedException {
        Launch launch = new Launch(Objects.requireNonNull(spec, "spec"));
        MainRun.run(launch);
    }

    /**
     * Returns the name of the outermost supervisor.
     *
     * @return the name
     */
    public String name() {
        return node.name();
    }

    /**
     * Returns the process that is the outermost supervisor, to watch it or to kill it. It takes no messages of others.
     *
     * @return the process
     */
    public ProcessRef<?> process() {
        return process;
    }

    /**
     * Finds the process that runs for a specification now, anywhere in the tree. Never waits.
     *
     * <p>A process may end right after it was found; then another one may run for the same specification. So ask again
     * for each use that comes later, rather than to keep the reference. A specification that stands in several places
     * of the tree finds the first of them that runs.
     *
     * @param <M> the type of its messages
     * @param spec the child's specification, or one that it was made from by {@code with} methods
     * @return the process, or empty if it has not started, has ended, or is not in this tree
     */
    @SuppressWarnings("unchecked") // the process was made from a specification with the same key, so of the same type
    public <M> Optional<ProcessRef<M>> child(ChildSpec<M> spec) {
        Objects.requireNonNull(spec, "spec");
        return node.find(spec).map(found -> (ProcessRef<M>) found);
    }

    /**
     * Finds the process that runs now at a place in the tree. Never waits.
     *
     * @param path the ids from a child of the outermost supervisor downwards, one at least
     * @return the process, or empty if there is no such child, or it has not started or has ended
     */
    public Optional<ProcessRef<?>> child(String... path) {
        Objects.requireNonNull(path, "path");
        if (path.length == 0) {
            throw new IllegalArgumentException("path: empty; allowed: one id or more");
        }
        return node.find(List.of(path));
    }

    /**
     * Returns the tree as it is now. Never waits, and works at any time, also while the tree starts, restarts or stops.
     *
     * @return a value; its text is for people
     */
    public SupervisorTree tree() {
        return node.snapshot();
    }

    /**
     * Returns why the tree ended.
     *
     * @return the reason, or empty as long as it runs
     */
    public Optional<ExitReason> exitReason() {
        return process.exitReason();
    }

    /** Asks the tree to stop in order, and returns at once. Any thread may ask, those of the tree included. */
    public void stop() {
        process.stop();
    }

    /**
     * Waits until the tree has ended.
     *
     * @return why it ended
     * @throws InterruptedException if the current thread is interrupted before or while it waits; the tree runs on
     * @throws SupervisorException if called by a process of the tree
     */
    public ExitReason join() throws InterruptedException {
        refuseToOwnProcesses("waits for");
        return process.join();
    }

    /**
     * Waits until the tree has ended, for a limited time.
     *
     * @param timeout how long at most; 0 or less does not wait
     * @return why it ended, or empty when the time is up
     * @throws InterruptedException if the current thread is interrupted before or while it waits; the tree runs on
     * @throws SupervisorException if called by a process of the tree
     */
    public Optional<ExitReason> join(Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        refuseToOwnProcesses("waits for");
        return process.join(timeout);
    }

    /**
     * Stops the tree in order and waits until it has ended: the children in reverse, one by one, each by its
     * {@link Shutdown} rule. The wait is bounded by what these rules add up to. Any thread may call it, any number of
     * times.
     *
     * <p>An interrupt is passed on: the tree is then ended in the same order but with no patience, and the interrupt
     * status is set again.
     *
     * @throws SupervisorException if called by a process of the tree
     */
    @Override
    public void close() {
        refuseToOwnProcesses("closes");
        try {
            shutdown(node, process);
        } catch (InterruptedException passedOn) {
            Thread.currentThread().interrupt();
        }
    }

    static void shutdown(SupervisorNode node, ProcessRef<?> process) throws InterruptedException {
        process.shutdown(Checks.sum(node.spec().longestStop(), MARGIN), killTime(node));
    }

    private static Duration killTime(SupervisorNode node) {
        return Checks.sum(node.spec().longestKill(), MARGIN);
    }

    private void refuseToOwnProcesses(String does) {
        if (node.contains(Thread.currentThread())) {
            throw new SupervisorException("process '" + Thread.currentThread().getName() + "' " + does + " supervisor '"
                    + node.name() + "', which it is part of: it would wait for itself; ask with stop()");
        }
    }

    @Override
    public String toString() {
        return "supervisor '" + node.name() + "' ("
                + exitReason()
                        .map(reason -> "ended, " + reason)
                        .orElse(tree().status().toString()) + ")";
    }
}
