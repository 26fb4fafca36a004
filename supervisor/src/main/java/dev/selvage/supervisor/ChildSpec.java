package dev.selvage.supervisor;

import dev.selvage.process.Exit;
import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessBody;
import dev.selvage.process.ProcessOptions;
import dev.selvage.process.TaskBody;
import dev.selvage.supervisor.SupervisorTree.Kind;
import dev.selvage.time.Backoff;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a supervisor needs to know of one child, as an immutable value, and the typed key under which
 * {@link Supervisor#child(ChildSpec)} finds the process that runs for it now.
 *
 * {@snippet :
 * static final ChildSpec<Request> STORE = ChildSpec.process("store", Store::serve);
 *
 * ChildSpec<Request> connection = ChildSpec.<Request>process("connection", (mailbox, start) -> {
 *     try (Socket socket = connect()) {
 *         start.ready();                    // only now the next child is started
 *         serve(socket, mailbox);
 *     }
 * }).withRestart(Restart.TRANSIENT);
 * }
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>option</th><th>legal values</th><th>default</th></tr>
 * <tr><td>restart</td><td>any {@link Restart}</td><td>{@link Restart#PERMANENT}</td></tr>
 * <tr><td>shutdown</td><td>any {@link Shutdown}</td><td>see there</td></tr>
 * <tr><td>start timeout</td><td>more than 0; for what announces its start</td><td>5 s; none for supervisors, whose own
 * children have theirs</td></tr>
 * <tr><td>mailbox</td><td>1 or more messages, and what becomes of one too many; for what has a mailbox</td>
 * <td>unbounded</td></tr>
 * <tr><td>backoff</td><td>any {@link Backoff}, and after which time of running it starts over, more than 0</td>
 * <td>none, 10 s</td></tr>
 * <tr><td>intensity</td><td>0 or more restarts within more than 0; beside that of its supervisor</td><td>none of its
 * own</td></tr>
 * <tr><td>significant</td><td>for transient and temporary children of supervisors with an automatic shutdown</td>
 * <td>no</td></tr>
 * </table>
 *
 * <p>A child is known to its supervisor by its id, which its thread bears too. A specification made from another one by
 * a {@code with} method is the same key. Any thread may use a specification, any number of times: each start runs the
 * body anew, so what the body keeps between two starts is what it captured.
 *
 * @param <M> the type of the child's messages; {@link Void} for what has no mailbox of its own
 */
public final class ChildSpec<M> {
    private static final Duration DEFAULT_START_TIMEOUT = Duration.ofSeconds(5);

    private static final Duration DEFAULT_STABLE_AFTER = Duration.ofSeconds(10);

    /** How long it waits before a restart, and how long it has to run until its failures are forgotten. */
    record Patience(Backoff backoff, Duration stableAfter) {}

    private final Object key;
    private final String id;
    private final Work<M> work;
    private final ChildOptions options;

    private ChildSpec(Object key, String id, Work<M> work, ChildOptions options) {
        this.key = key;
        this.id = id;
        this.work = work;
        this.options = options;
    }

    private static <M> ChildSpec<M> of(String id, Work<M> work) {
        return new ChildSpec<>(new Object(), Checks.notBlank("id", id), work, ChildOptions.DEFAULTS);
    }

    /**
     * Specifies a process with a mailbox that counts as started as soon as its thread is. A failure of the body is then
     * never a failed start, but an end that its supervisor reacts to.
     *
     * @param <M> the type of its messages
     * @param id its id, not blank, unique among the children of its supervisor
     * @param body what it does
     * @return the specification
     */
    public static <M> ChildSpec<M> process(String id, ProcessBody<M> body) {
        return of(id, new Work.Plain<>(Objects.requireNonNull(body, "body")));
    }

    /**
     * Specifies a process with a mailbox that announces when it is ready. The supervisor waits for that.
     *
     * @param <M> the type of its messages
     * @param id its id, not blank, unique among the children of its supervisor
     * @param body what it does
     * @return the specification
     */
    public static <M> ChildSpec<M> process(String id, AnnouncingBody<M> body) {
        return of(id, new Work.Announcing<>(Objects.requireNonNull(body, "body"), Kind.PROCESS));
    }

    /**
     * Specifies a process without a mailbox. It counts as started as soon as its thread is, and is stopped by an
     * interrupt.
     *
     * @param id its id, not blank, unique among the children of its supervisor
     * @param body what it does
     * @return the specification
     */
    public static ChildSpec<Void> task(String id, TaskBody body) {
        return of(id, new Work.Task<>(Objects.requireNonNull(body, "body"), null));
    }

    /**
     * Specifies a server: an object that is made when the child starts, and then handles one message after the other on
     * the child's own thread, so that nobody else sees its state. It has started when the object was made.
     *
     * {@snippet :
     * ChildSpec<Message> counter = ChildSpec.server("counter", Counter::new);
     * }
     *
     * @param <M> the type of its messages
     * @param id its id, not blank, unique among the children of its supervisor
     * @param init makes the server, on the child's thread; null declines to run, what it throws fails the start
     * @return the specification
     */
    public static <M> ChildSpec<M> server(String id, Callable<? extends @Nullable Server<? super M>> init) {
        Objects.requireNonNull(init, "init");
        return of(id, new Work.Announcing<>(Bodies.server(init), Kind.PROCESS));
    }

    /**
     * What a {@linkplain #server server} does with its messages. Only the child's own thread calls it.
     *
     * @param <M> the type of its messages
     */
    @FunctionalInterface
    public interface Server<M> extends AutoCloseable {

        /**
         * Handles one message.
         *
         * @param message the message
         * @throws Exception to fail; the supervisor then makes another server by its rules
         */
        void handle(M message) throws Exception;

        /**
         * Ends the server, whatever the cause: called once, after the last message.
         *
         * @throws Exception is added to what ended the server
         */
        @Override
        default void close() throws Exception {}
    }

    /**
     * Specifies something that is opened when the child starts, and closed when it is stopped: a listening socket, a
     * client, a pool. It has started when it is open. The child does nothing else.
     *
     * {@snippet :
     * ChildSpec<Void> http = ChildSpec.resource("http", () -> {
     *     HttpServer server = HttpServer.create(address, 0);
     *     server.start();
     *     return () -> server.stop(1);
     * });
     * }
     *
     * @param id its id, not blank, unique among the children of its supervisor
     * @param open opens it, on the child's thread; null declines to run, what it throws fails the start
     * @return the specification
     */
    public static ChildSpec<Void> resource(String id, Callable<? extends @Nullable AutoCloseable> open) {
        Objects.requireNonNull(open, "open");
        return of(id, new Work.Announcing<>(Bodies.resource(open), Kind.RESOURCE));
    }

    /**
     * Specifies a process without a mailbox, as {@link #task} does, of a plain {@link Runnable}.
     *
     * @param id its id, not blank, unique among the children of its supervisor
     * @param body what it does
     * @return the specification
     */
    public static ChildSpec<Void> runnable(String id, Runnable body) {
        return task(id, Objects.requireNonNull(body, "body")::run);
    }

    /**
     * Specifies a process without a mailbox, as {@link #task} does, of a plain {@link Callable}, whose result is
     * ignored.
     *
     * @param id its id, not blank, unique among the children of its supervisor
     * @param body what it does
     * @return the specification
     */
    public static ChildSpec<Void> callable(String id, Callable<?> body) {
        return task(id, Objects.requireNonNull(body, "body")::call);
    }

    /**
     * Specifies a supervisor as a child. Its id is its name. It has started when all its own children have.
     *
     * @param spec the nested supervisor
     * @return the specification
     */
    public static ChildSpec<Void> supervisor(SupervisorSpec spec) {
        Objects.requireNonNull(spec, "spec");
        return of(spec.name(), new Work.Nested<>(spec));
    }

    /**
     * Sets when the child is started anew.
     *
     * @param restart when
     * @return a specification with that
     */
    public ChildSpec<M> withRestart(Restart restart) {
        Objects.requireNonNull(restart, "restart");
        refuseSignificantPermanent(options.significant(), restart);
        return with(options.with(restart));
    }

    /**
     * Sets how the child is ended.
     *
     * @param shutdown how
     * @return a specification with that
     */
    public ChildSpec<M> withShutdown(Shutdown shutdown) {
        Objects.requireNonNull(shutdown, "shutdown");
        return with(options.with(shutdown));
    }

    /**
     * Sets how long the supervisor waits for the child to announce its start. When the time is up the child is killed,
     * and its start has failed.
     *
     * @param timeout how long, more than 0
     * @return a specification with that
     * @throws IllegalArgumentException if the timeout is not legal, or the child announces nothing
     */
    public ChildSpec<M> withStartTimeout(Duration timeout) {
        Checks.positive("timeout", timeout);
        if (!isAwaited()) {
            throw new IllegalArgumentException("timeout: " + timeout + " for '" + id
                    + "', which announces no start; allowed: for a body that takes a start, and for supervisors");
        }
        return with(options.with(timeout));
    }

    /**
     * Bounds the child's mailbox.
     *
     * @param capacity how many messages it holds, 1 or more
     * @param overflow what becomes of a message that finds it full
     * @return a specification with that
     * @throws IllegalArgumentException if the capacity is not legal, or the child has no mailbox
     */
    public ChildSpec<M> withMailbox(int capacity, Mailbox.Overflow overflow) {
        Checks.atLeast("capacity", capacity, 1);
        Objects.requireNonNull(overflow, "overflow");
        if (work.kind() != Kind.PROCESS) {
            throw new IllegalArgumentException(
                    "capacity: " + capacity + " for '" + id + "', which has no mailbox; allowed: for processes");
        }
        return with(options.with(new ChildOptions.Bound(capacity, overflow)));
    }

    /**
     * Sets how long the child waits before each restart that is due for its sake, with its failures so far in a row. It
     * shows as <em>restarting</em> meanwhile, and its supervisor serves requests; so the wait can be
     * {@linkplain ChildRef#restart() cut short} or {@linkplain ChildRef#terminate() ended}. Who is stopped for its sake
     * by the supervisor's strategy waits with it. Its failures are forgotten once it has run for 10 s.
     *
     * {@snippet :
     * connection.withBackoff(Backoff.exponential(Duration.ofMillis(50), Duration.ofSeconds(30)).withFullJitter());
     * }
     *
     * @param backoff how long
     * @return a specification with that
     */
    public ChildSpec<M> withBackoff(Backoff backoff) {
        return withBackoff(backoff, DEFAULT_STABLE_AFTER);
    }

    /**
     * Sets how long the child waits before each restart, and how long it has to run until its failures are forgotten.
     *
     * @param backoff how long it waits
     * @param stableAfter how long it has to run, more than 0
     * @return a specification with that
     */
    public ChildSpec<M> withBackoff(Backoff backoff, Duration stableAfter) {
        Objects.requireNonNull(backoff, "backoff");
        Checks.positive("stableAfter", stableAfter);
        return with(options.with(new Patience(backoff, stableAfter)));
    }

    /**
     * Sets how many restarts for this child's sake are allowed in which time, beside what its supervisor allows for all
     * its children together. One more, and the supervisor gives up.
     *
     * @param restarts how many, 0 or more
     * @param period in which time, more than 0
     * @return a specification with that
     * @throws IllegalArgumentException if a value is not legal
     */
    public ChildSpec<M> withIntensity(int restarts, Duration period) {
        return with(options.with(SupervisorSpec.Intensity.of(restarts, period)));
    }

    /**
     * Makes the child one whose end may end its supervisor; see {@link SupervisorSpec#withAutoShutdown}.
     *
     * @return a specification with that
     * @throws IllegalArgumentException if the child is permanent; so set its restart type before
     */
    public ChildSpec<M> withSignificant() {
        refuseSignificantPermanent(true, options.restart());
        return with(options.with(true));
    }

    private void refuseSignificantPermanent(boolean significant, Restart restart) {
        if (significant && restart == Restart.PERMANENT) {
            throw new IllegalArgumentException("restart: permanent for '" + id
                    + "', which is significant; allowed: transient or temporary for a significant child");
        }
    }

    private ChildSpec<M> with(ChildOptions changed) {
        return new ChildSpec<>(key, id, work, changed);
    }

    /**
     * Returns the id.
     *
     * @return the id
     */
    public String id() {
        return id;
    }

    // ---- for the supervisor

    /** A temporary task whose end somebody hears of, even if its body never runs. */
    static ChildSpec<Void> submission(String id, TaskBody body, Consumer<? super Exit> onEnd) {
        return of(id, new Work.Task<Void>(body, onEnd)).withRestart(Restart.TEMPORARY);
    }

    Work<M> work() {
        return work;
    }

    Restart restart() {
        return options.restart();
    }

    boolean isSignificant() {
        return options.significant();
    }

    @Nullable Patience patience() {
        return options.patience();
    }

    SupervisorSpec.@Nullable Intensity intensity() {
        return options.intensity();
    }

    boolean isSameKeyAs(ChildSpec<?> other) {
        return key == other.key;
    }

    boolean isAwaited() {
        return work instanceof Work.Announcing || work instanceof Work.Nested;
    }

    Duration startTimeout() {
        if (options.startTimeout() != null) {
            return options.startTimeout();
        }
        return work instanceof Work.Nested ? Checks.FOREVER : DEFAULT_START_TIMEOUT;
    }

    /** How long an orderly end may take before the interrupt. */
    Duration stopTime() {
        if (options.shutdown() != null) {
            return options.shutdown().stopTime();
        }
        return work instanceof Work.Nested ? Checks.FOREVER : Shutdown.DEFAULT_STOP_TIME;
    }

    /** How long the end after an interrupt may take before the child is abandoned. */
    Duration interruptTime() {
        Duration byDefault = work instanceof Work.Nested ? Checks.FOREVER : Shutdown.DEFAULT_INTERRUPT_TIME;
        return options.shutdown() == null ? byDefault : options.shutdown().interruptTime(byDefault);
    }

    /** How long an orderly end takes at most, all in all. */
    Duration longestStop() {
        return work instanceof Work.Nested<M> nested
                ? longestStop(nested.spec().longestStop(), nested.spec().longestKill())
                : Checks.sum(stopTime(), interruptTime());
    }

    /** The same of a supervisor, whose children may bound it better than its own rule. */
    Duration longestStop(Duration stopBelow, Duration killBelow) {
        return Checks.shorter(Checks.sum(stopTime(), longestKill(killBelow)), stopBelow);
    }

    /** How long the end after an interrupt takes at most, all in all. */
    Duration longestKill() {
        return work instanceof Work.Nested<M> nested ? longestKill(nested.spec().longestKill()) : interruptTime();
    }

    Duration longestKill(Duration killBelow) {
        return Checks.shorter(interruptTime(), killBelow);
    }

    ProcessOptions processOptions(ProcessOptions defaults) {
        ProcessOptions patient = defaults.withStopPatience(stopTime()).withInterruptPatience(interruptTime());
        ChildOptions.Bound bound = options.mailbox();
        return bound == null ? patient : patient.withCapacity(bound.capacity(), bound.overflow());
    }

    @Override
    public String toString() {
        return "child '" + id + "' (" + options.restart() + ")";
    }
}
