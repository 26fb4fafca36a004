package dev.selvage.supervisor;

import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessBody;
import dev.selvage.process.ProcessOptions;
import dev.selvage.process.TaskBody;
import java.time.Duration;
import java.util.Objects;
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

    private record Bound(int capacity, Mailbox.Overflow overflow) {}

    private record Options(
            Restart restart,
            @Nullable Shutdown shutdown,
            @Nullable Duration startTimeout,
            @Nullable Bound mailbox) {
        static final Options DEFAULTS = new Options(Restart.PERMANENT, null, null, null);
    }

    private final Object key;
    private final String id;
    private final Work<M> work;
    private final Options options;

    private ChildSpec(Object key, String id, Work<M> work, Options options) {
        this.key = key;
        this.id = id;
        this.work = work;
        this.options = options;
    }

    private static <M> ChildSpec<M> of(String id, Work<M> work) {
        return new ChildSpec<>(new Object(), Checks.notBlank("id", id), work, Options.DEFAULTS);
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
        return of(id, new Work.Announcing<>(Objects.requireNonNull(body, "body")));
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
        return of(id, new Work.Task<>(Objects.requireNonNull(body, "body")));
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
        return with(new Options(restart, options.shutdown, options.startTimeout, options.mailbox));
    }

    /**
     * Sets how the child is ended.
     *
     * @param shutdown how
     * @return a specification with that
     */
    public ChildSpec<M> withShutdown(Shutdown shutdown) {
        Objects.requireNonNull(shutdown, "shutdown");
        return with(new Options(options.restart, shutdown, options.startTimeout, options.mailbox));
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
        return with(new Options(options.restart, options.shutdown, timeout, options.mailbox));
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
        if (work instanceof Work.Task || work instanceof Work.Nested) {
            throw new IllegalArgumentException(
                    "capacity: " + capacity + " for '" + id + "', which has no mailbox; allowed: for processes");
        }
        return with(
                new Options(options.restart, options.shutdown, options.startTimeout, new Bound(capacity, overflow)));
    }

    private ChildSpec<M> with(Options changed) {
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

    Work<M> work() {
        return work;
    }

    Restart restart() {
        return options.restart;
    }

    boolean isSameKeyAs(ChildSpec<?> other) {
        return key == other.key;
    }

    boolean isAwaited() {
        return work instanceof Work.Announcing || work instanceof Work.Nested;
    }

    Duration startTimeout() {
        if (options.startTimeout != null) {
            return options.startTimeout;
        }
        return work instanceof Work.Nested ? Checks.FOREVER : DEFAULT_START_TIMEOUT;
    }

    /** How long an orderly end may take before the interrupt. */
    Duration stopTime() {
        if (options.shutdown != null) {
            return options.shutdown.stopTime();
        }
        return work instanceof Work.Nested ? Checks.FOREVER : Shutdown.DEFAULT_STOP_TIME;
    }

    /** How long the end after an interrupt may take before the child is abandoned. */
    Duration interruptTime() {
        Duration byDefault = work instanceof Work.Nested ? Checks.FOREVER : Shutdown.DEFAULT_INTERRUPT_TIME;
        return options.shutdown == null ? byDefault : options.shutdown.interruptTime(byDefault);
    }

    /** How long an orderly end takes at most, all in all; a supervisor's children may bound it better than its rule. */
    Duration longestStop() {
        Duration byRule = Checks.sum(stopTime(), longestKill());
        return work instanceof Work.Nested<M> nested
                ? Checks.shorter(byRule, nested.spec().longestStop())
                : byRule;
    }

    /** How long the end after an interrupt takes at most, all in all. */
    Duration longestKill() {
        return work instanceof Work.Nested<M> nested
                ? Checks.shorter(interruptTime(), nested.spec().longestKill())
                : interruptTime();
    }

    ProcessOptions processOptions(ProcessOptions defaults) {
        ProcessOptions patient = defaults.withStopPatience(stopTime()).withInterruptPatience(interruptTime());
        Bound bound = options.mailbox;
        return bound == null ? patient : patient.withCapacity(bound.capacity(), bound.overflow());
    }

    @Override
    public String toString() {
        return "child '" + id + "' (" + options.restart + ")";
    }
}
