package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
 * {@linkplain SupervisorSpec#withIntensity intensity} allows. It does not end because its children have, unless they
 * are {@linkplain SupervisorSpec#withAutoShutdown significant}.
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

    /** On top of what the children's rules add up to, and for what a program does last. */
    static final Duration MARGIN = Duration.ofSeconds(5);

    private final Launch launch;
    private final SupervisorNode node;

    Supervisor(Launch launch) {
        this.launch = launch;
        this.node = launch.node();
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
            return launch.handle();
        } catch (InterruptedException interrupt) {
            launch.node().requestsStop();
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
        run(spec, () -> {});
    }

    /**
     * Runs a tree until it ends, as {@link #run(SupervisorSpec)} does, and then something else: what a program does
     * last, once nothing of the tree runs any more. When the JVM is asked to end it waits for that too, for 5 seconds.
     *
     * {@snippet :
     * Supervisor.run(app, () -> metrics.flush());
     * }
     *
     * @param spec the outermost supervisor
     * @param afterwards what to do when the tree has ended, however it did, or could not start; on this thread
     * @throws SupervisorException.StartFailed if a child could not start
     * @throws SupervisorException.GaveUp if the tree gave up
     * @throws SupervisorException if the tree was killed, or the JVM is ending already, so that nothing was done
     * @throws InterruptedException if the current thread is interrupted while it waits; the tree has been stopped in
     *     order
     */
    public static void run(SupervisorSpec spec, Runnable afterwards) throws InterruptedException {
        Objects.requireNonNull(afterwards, "afterwards");
        MainRun.run(new Launch(Objects.requireNonNull(spec, "spec")), afterwards);
    }

    /**
     * Returns the tree that the current thread runs a child of: for code inside the tree, to find others in it and to
     * ask whether it is being stopped. What it starts itself, threads and processes, is not a child.
     *
     * @return the tree, or empty on a thread that runs no child of a supervisor
     */
    public static Optional<Supervisor> current() {
        Incarnation child = Incarnation.current();
        return child == null
                ? Optional.empty()
                : Optional.ofNullable(child.supervisor().root().handle());
    }

    /**
     * Returns the children of the supervisor that the current thread runs a child of: one's siblings and oneself.
     *
     * @return the children, or empty on a thread that runs no child of a supervisor
     */
    public static Optional<Children> siblings() {
        Incarnation child = Incarnation.current();
        return child == null
                ? Optional.empty()
                : Optional.of(new Children(child.supervisor().name(), child::supervisor));
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
        return launch.process();
    }

    /**
     * Finds the process that runs for a specification now, anywhere in the tree. Never waits.
     *
     * <p>A process may end right after it was found; then another one may run for the same specification. So ask again
     * for each use that comes later, rather than to keep the reference, or keep a {@link #ref}. A specification that
     * stands in several places of the tree finds the first of them that runs. Children of dynamic supervisors are not
     * found: what started them got a {@link ChildRef}.
     *
     * @param <M> the type of its messages
     * @param spec the child's specification, or one that it was made from by {@code with} methods
     * @return the process, or empty if it has not started, has ended, or is not in this tree
     */
    public <M> Optional<ProcessRef<M>> child(ChildSpec<M> spec) {
        return ref(spec).resolve();
    }

    /**
     * Returns the child of a specification, anywhere in the tree, whichever process runs for it: to be kept, since it
     * is found anew at each use. Never waits, and finds nothing yet: there need not be such a child.
     *
     * @param <M> the type of its messages
     * @param spec the child's specification, or one that it was made from by {@code with} methods
     * @return the child
     */
    public <M> ChildRef<M> ref(ChildSpec<M> spec) {
        Objects.requireNonNull(spec, "spec");
        return new FoundChild<>(spec.id(), node, () -> node.find(spec));
    }

    /**
     * Returns the child at a place in the tree, whichever process runs for it. Never waits; there need not be such a
     * child.
     *
     * @param path the ids from a child of the outermost supervisor downwards, one at least
     * @return the child
     */
    public ChildRef<?> ref(String... path) {
        List<String> ids = requirePath(path);
        return new FoundChild<>(ids.getLast(), node, () -> node.find(ids));
    }

    private static List<String> requirePath(String... path) {
        Objects.requireNonNull(path, "path");
        if (path.length == 0) {
            throw new IllegalArgumentException("path: empty; allowed: one id or more");
        }
        return List.of(path);
    }

    /**
     * Returns the children of the outermost supervisor; those of another are {@link ChildRef#children()} of that.
     *
     * @return its children
     */
    public Children children() {
        return new Children(node.name(), () -> node);
    }

    /**
     * Finds the process that runs now at a place in the tree. Never waits.
     *
     * @param path the ids from a child of the outermost supervisor downwards, one at least
     * @return the process, or empty if there is no such child, or it has not started or has ended
     */
    public Optional<ProcessRef<?>> child(String... path) {
        ChildSlot found = node.find(requirePath(path));
        return found == null ? Optional.empty() : found.livingProcess();
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
        return process().exitReason();
    }

    /** Asks the tree to stop in order, and returns at once. Any thread may ask, those of the tree included. */
    public void stop() {
        node.requestsStop();
        process().stop();
    }

    /**
     * Tells whether the tree is being stopped, or has ended: for a child that would rather not begin something long.
     *
     * @return true from the first request to stop on, or from when it gave up
     */
    public boolean isStopping() {
        return node.isStopping() || process().exitReason().isPresent();
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
        return process().join();
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
        return process().join(timeout);
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
            shutdown(node, process());
        } catch (InterruptedException passedOn) {
            Thread.currentThread().interrupt();
        }
    }

    static void shutdown(SupervisorNode node, ProcessRef<?> process) throws InterruptedException {
        node.requestsStop();
        process.shutdown(Checks.sum(node.longestStop(), MARGIN), killTime(node));
    }

    private static Duration killTime(SupervisorNode node) {
        return Checks.sum(node.longestKill(), MARGIN);
    }

    private void refuseToOwnProcesses(String does) {
        Incarnation child = Incarnation.current();
        if (child != null && child.branchOf(node) != null) {
            throw new SupervisorException("process '" + Thread.currentThread().getName() + "' " + does + " supervisor '"
                    + node.name() + "', which it is part of: it would wait for itself; ask with stop()");
        }
    }

    /**
     * The children of one supervisor in a running tree. Any thread may call any method.
     *
     * {@snippet :
     * ChildRef<Request> extra = running.children().start(ChildSpec.process("extra", Extra::serve));
     * running.children().find("extra").terminate();
     * }
     */
    public static final class Children {
        private final String name;
        private final Supplier<SupervisorNode> supervisor;

        Children(String name, Supplier<SupervisorNode> supervisor) {
            this.name = name;
            this.supervisor = supervisor;
        }

        /**
         * Adds a child behind the others, and starts it. The wait ends when it has started, when that has failed, or by
         * an interrupt; it may still be started then. It is started even while those before it wait for a restart;
         * when they are started, and it goes with them by the {@link Strategy}, so is it, again. It is one of the
         * children from then on; but it is gone when its supervisor is started anew, which then has those of its
         * specification.
         *
         * @param <M> the type of its messages
         * @param spec its specification
         * @return the child, which may have declined to run
         * @throws InterruptedException if the current thread is interrupted before or while it waits
         * @throws SupervisorException.StartFailed if it could not start; it is not added
         * @throws SupervisorException.Refused if a sibling has its id, a dynamic supervisor is full, the supervisor is
         *     stopping or does not run, or the caller is a child whose own start it waits for
         * @throws IllegalArgumentException if it is significant and the supervisor has no automatic shutdown
         */
        public <M> ChildRef<M> start(ChildSpec<M> spec) throws InterruptedException {
            Objects.requireNonNull(spec, "spec");
            SupervisorNode node = supervisor.get();
            node.spec().refuseUselessSignificance(spec);
            return FoundChild.of(Asking.ask(node, caller -> new Signal.Request.Start(spec, caller)));
        }

        /**
         * Starts a task in a dynamic supervisor and returns its result, to be awaited or not: a task supervisor. The
         * task is temporary. What it throws is the failure of the future, which is done once its process has ended;
         * cancelling the future does not end the task.
         *
         * {@snippet :
         * Future<Report> report = running.ref(TASKS).children().submit("report", () -> write(report));
         * }
         *
         * @param <T> the type of the result
         * @param name its name, not blank, which need not differ from others
         * @param task what it does
         * @return its result; cancelled if the task was ended before it had one
         * @throws InterruptedException if the current thread is interrupted before or while it waits
         * @throws SupervisorException.Refused as {@link #start} does, or if the supervisor is not dynamic
         */
        public <T extends @Nullable Object> CompletableFuture<T> submit(String name, Callable<? extends T> task)
                throws InterruptedException {
            SupervisorNode node = supervisor.get();
            return new Submission<T>(Objects.requireNonNull(task, "task")).startIn(node, name);
        }

        /**
         * Finds a child by its id. Never waits; there need not be such a child.
         *
         * @param id its id; the children of a dynamic supervisor are not found by id
         * @return the child
         */
        public ChildRef<?> find(String id) {
            Objects.requireNonNull(id, "id");
            return new FoundChild<>(
                    id, supervisor.get().root(), () -> supervisor.get().slot(id));
        }

        /**
         * Lists the children, in the order of their start. Never waits.
         *
         * @return as they are now
         */
        public List<SupervisorTree.Child> list() {
            return supervisor.get().snapshot().children();
        }

        /**
         * Counts the children, those that do not run included. Never waits, and takes the same time for any number.
         *
         * @return how many there are
         */
        public int count() {
            return supervisor.get().size();
        }

        /**
         * Counts the children that are in a state now. Never waits.
         *
         * @param status the state
         * @return how many are in it
         */
        public int count(SupervisorTree.Status status) {
            Objects.requireNonNull(status, "status");
            return (int) supervisor.get().children().stream()
                    .filter(child -> child.status() == status)
                    .count();
        }

        @Override
        public String toString() {
            return "children of supervisor '" + name + "'";
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
