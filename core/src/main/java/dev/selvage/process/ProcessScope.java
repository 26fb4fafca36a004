package dev.selvage.process;

import dev.selvage.scope.TaskScope;
import dev.selvage.time.Ticker;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A block that its processes cannot outlive.
 *
 * {@snippet :
 * try (var scope = ProcessScope.open("downloads")) {
 *     ProcessRef<String> printer = scope.start("printer", mailbox -> {
 *         for (;;) {
 *             System.out.println(mailbox.receive());
 *         }
 *     });
 *     printer.send("hello");
 * } // the printer has printed it and ended
 * }
 *
 * <p>The thread that opens a scope owns it: only the owner starts processes in it, waits for them, and closes it.
 * Scopes nest: a scope is closed before an enclosing one, as try-with-resources does. The scope owns a
 * {@code StructuredTaskScope} of the JDK, so scoped values bound where it was opened reach every process, and the
 * JDK's thread dump shows it, by name, with its processes.
 *
 * <p>{@link #close()} stops every process and joins it, in bounded time. A process that ignores its interrupt is
 * abandoned: declared exited, reported to {@code System.Logger} with its stack. Its thread cannot be ended; then the
 * JDK's scope stays open behind the closed one, and the JDK makes the owner's thread wait for it when the owner's
 * thread itself ends.
 */
public final class ProcessScope implements AutoCloseable {

    /** How a scope is run, as an immutable value: the clock, and who hears of ends. */
    public static final class Options {
        private static final Options DEFAULTS = new Options(Ticker.system(), exit -> {});

        private final Ticker ticker;
        private final Consumer<? super Exit> exitListener;

        private Options(Ticker ticker, Consumer<? super Exit> exitListener) {
            this.ticker = ticker;
            this.exitListener = exitListener;
        }

        /**
         * Sets the clock of every timeout in the scope. The default is {@link Ticker#system()}.
         *
         * @param ticker the clock
         * @return options with that clock
         */
        public Options withTicker(Ticker ticker) {
            return new Options(Objects.requireNonNull(ticker, "ticker"), exitListener);
        }

        /**
         * Sets who hears of each process's end, last of all: after its monitors. This is how a supervisor hears. It is
         * called on the thread that ends the process, should be short, and what it throws is logged.
         *
         * @param listener what to do with each notice
         * @return options with that listener
         */
        public Options withExitListener(Consumer<? super Exit> listener) {
            return new Options(ticker, Objects.requireNonNull(listener, "listener"));
        }
    }

    private final String name;
    private final Options options;
    private final TaskScope taskScope;

    /** Guards the list of processes: its head and their links. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable ManagedProcess<?> youngest;

    /** Written and read by the owner. */
    private boolean closed;

    /** Processes whose threads may run on though they were declared exited. Whoever abandons one adds it. */
    private final Queue<ManagedProcess<?>> abandoned = new ConcurrentLinkedQueue<>();

    private ProcessScope(String name, Options options) {
        this.name = name;
        this.options = options;
        this.taskScope = TaskScope.open(name);
    }

    /**
     * Opens a scope that the current thread owns.
     *
     * @param name its name in messages and thread dumps, not blank
     * @return the open scope
     */
    public static ProcessScope open(String name) {
        return open(name, options -> options);
    }

    /**
     * Opens a scope that the current thread owns, with other options.
     *
     * @param name its name in messages and thread dumps, not blank
     * @param options makes the options from the defaults
     * @return the open scope
     */
    public static ProcessScope open(String name, UnaryOperator<Options> options) {
        requireName(name);
        Objects.requireNonNull(options, "options");
        return new ProcessScope(name, Objects.requireNonNull(options.apply(Options.DEFAULTS), "options"));
    }

    /**
     * Starts a process with a mailbox. The owner only.
     *
     * @param <M> the type of its messages
     * @param name its name, which its thread bears too, not blank
     * @param body what it does
     * @return the running process
     * @throws ProcessException if the scope is closed
     */
    public <M> ProcessRef<M> start(String name, ProcessBody<M> body) {
        return start(name, body, options -> options);
    }

    /**
     * Starts a process with a mailbox and other options. The owner only.
     *
     * @param <M> the type of its messages
     * @param name its name, which its thread bears too, not blank
     * @param body what it does
     * @param options makes the options from the defaults
     * @return the running process
     * @throws ProcessException if the scope is closed
     */
    public <M> ProcessRef<M> start(String name, ProcessBody<M> body, UnaryOperator<ProcessOptions> options) {
        Objects.requireNonNull(body, "body");
        return fork(new ManagedProcess<>(this, requireName(name), apply(options), body));
    }

    /**
     * Starts a process without a mailbox: sends to it are refused, and a stop interrupts it. The owner only.
     *
     * @param name its name, which its thread bears too, not blank
     * @param task what it does
     * @return the running process
     * @throws ProcessException if the scope is closed
     */
    public ProcessRef<?> run(String name, TaskBody task) {
        return run(name, task, options -> options);
    }

    /**
     * Starts a process without a mailbox, with other options. The owner only.
     *
     * @param name its name, which its thread bears too, not blank
     * @param task what it does
     * @param options makes the options from the defaults
     * @return the running process
     * @throws ProcessException if the scope is closed
     */
    public ProcessRef<?> run(String name, TaskBody task, UnaryOperator<ProcessOptions> options) {
        Objects.requireNonNull(task, "task");
        return fork(new ManagedProcess<>(this, requireName(name), apply(options), new TaskRun(task)));
    }

    private static ProcessOptions apply(UnaryOperator<ProcessOptions> options) {
        Objects.requireNonNull(options, "options");
        return Objects.requireNonNull(options.apply(ProcessOptions.DEFAULTS), "options");
    }

    private <M> ProcessRef<M> fork(ManagedProcess<M> process) {
        requireOwner();
        if (closed) {
            throw new ProcessException("scope '" + name + "' is closed: '" + process.name() + "' cannot start in it");
        }
        link(process);
        boolean started = false;
        try {
            process.startedOn(taskScope.fork(process.name(), process));
            started = true;
            return process;
        } finally {
            if (!started) {
                unlink(process);
            }
        }
    }

    /**
     * Returns the processes that have not ended, the oldest first. Any thread may ask.
     *
     * @return a list of its own
     */
    public List<ProcessRef<?>> processes() {
        List<ProcessRef<?>> oldestFirst = new ArrayList<>(youngestFirst());
        Collections.reverse(oldestFirst);
        return oldestFirst;
    }

    private List<ManagedProcess<?>> youngestFirst() {
        List<ManagedProcess<?>> found = new ArrayList<>();
        lock.lock();
        try {
            for (ManagedProcess<?> process = youngest; process != null; process = process.older) {
                found.add(process);
            }
        } finally {
            lock.unlock();
        }
        return found;
    }

    /**
     * Waits until every process has ended by itself. The owner only. The scope stays open.
     *
     * @throws InterruptedException if the owner is interrupted before or while it waits; the processes run on
     */
    public void join() throws InterruptedException {
        requireOwner();
        for (ManagedProcess<?> process : youngestFirst()) {
            process.join();
        }
    }

    /**
     * Stops every process, the youngest first, and waits for all together: each is given its stop patience to work off
     * what was queued, then interrupted, then given its interrupt patience, then abandoned. So it returns in the
     * longest of their patiences, whatever their number. The owner only; a second call does nothing.
     *
     * <p>If the owner is interrupted meanwhile, the processes are interrupted at once, the close is finished, and the
     * interrupt status is set again.
     */
    @Override
    public void close() {
        requireOwner();
        if (closed) {
            return;
        }
        closed = true;
        boolean interrupted = new ScopeClose(youngestFirst(), options.ticker).run();
        if (abandoned.stream().anyMatch(process -> process.thread().isAlive())) {
            taskScope.abandon(); // a close would wait for those threads without bound
        } else {
            taskScope.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- for the processes of this scope

    /** Runs in the exit step, on the thread that takes it, before anybody is told. */
    void forget(ManagedProcess<?> process) {
        if (process.isAbandoned()) {
            abandoned.removeIf(earlier -> !earlier.thread().isAlive());
            abandoned.add(process);
        }
        unlink(process);
    }

    /** The last to hear of an exit. */
    void tell(Exit exit) {
        try {
            options.exitListener.accept(exit);
        } catch (Throwable failure) {
            ManagedProcess.LOG.log(Level.ERROR, "the exit listener of scope '" + name + "' failed", failure);
        }
    }

    Ticker ticker() {
        return options.ticker;
    }

    private void link(ManagedProcess<?> process) {
        lock.lock();
        try {
            process.older = youngest;
            if (youngest != null) {
                youngest.younger = process;
            }
            youngest = process;
        } finally {
            lock.unlock();
        }
    }

    private void unlink(ManagedProcess<?> process) {
        lock.lock();
        try {
            ManagedProcess<?> older = process.older;
            ManagedProcess<?> younger = process.younger;
            if (younger != null) {
                younger.older = older;
            } else if (youngest == process) {
                youngest = older;
            }
            if (older != null) {
                older.younger = younger;
            }
            process.older = null;
            process.younger = null;
        } finally {
            lock.unlock();
        }
    }

    private void requireOwner() {
        if (Thread.currentThread() != taskScope.owner()) {
            throw new ProcessException("scope '" + name + "' belongs to thread '"
                    + taskScope.owner().getName() + "'; this is '"
                    + Thread.currentThread().getName() + "'");
        }
    }

    private static String requireName(String name) {
        Objects.requireNonNull(name, "name");
        if (name.isBlank()) {
            throw new IllegalArgumentException("name: '" + name + "'; allowed: not blank");
        }
        return name;
    }

    @Override
    public String toString() {
        return "process scope '" + name + "'" + (closed ? " (closed)" : "");
    }
}
