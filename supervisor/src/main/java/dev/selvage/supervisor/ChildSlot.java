package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.time.Backoff;
import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/*
 * One child of a running supervisor: what the supervisor knows of it, in one immutable state that any thread may read.
 * Only the supervisor's thread writes it.
 *
 *   WAITING ──────────> STARTING ──> RUNNING ──────────> ENDED          ended, no restart is due
 *   RESTARTING, STOPPED,    │  │        │  ─────────────> RESTARTING     ended, a restart is due
 *   ENDED, DECLINED ───>    │  │        └─> STOPPING ──> STOPPED | RESTARTING (to be started with others)
 *                           │  └─> DECLINED
 *                           └────> STOPPED, RESTARTING   its start failed
 *   ENDED, STOPPED, DECLINED ──────> RESTARTING            to be started with others
 */
final class ChildSlot {

    private record State(
            Status status,
            @Nullable Incarnation incarnation,
            @Nullable SupervisorNode below,
            int starts,
            int abandoned,
            @Nullable ExitReason lastExit) {

        static final State WAITING = new State(Status.WAITING, null, null, 0, 0, null);

        State with(Status changed) {
            return new State(changed, incarnation, below, starts, abandoned, lastExit);
        }

        State ended(Status changed, ExitReason reason, boolean wasAbandoned) {
            return new State(changed, null, below, starts, abandoned + (wasAbandoned ? 1 : 0), reason);
        }
    }

    private final ChildSpec<?> spec;
    private final SupervisorNode supervisor;

    /** Where it stands among its siblings. */
    private final long position;

    /** Its own restart window, beside the supervisor's; null where it has none. */
    private final @Nullable RestartWindow window;

    /** Who hears what happens below it; the same for all its incarnations, so that they are heard in order. */
    private final Announcer announcerBelow;

    private volatile State state = State.WAITING;

    /** Not null while it waits for a start that is to come by itself; written by the supervisor's thread. */
    private volatile @Nullable Wait wait;

    /** Whether it was taken from its supervisor, by whatever way. */
    private volatile boolean removed;

    /** How many starts in a row did not last; the supervisor's thread only. */
    private int failures;

    /** Whether its last incarnation got as far as running; the supervisor's thread only. */
    private boolean hasRun;

    /** Reading of the ticker when it last began to run; the supervisor's thread only. */
    private long runningSinceNanos;

    ChildSlot(ChildSpec<?> spec, SupervisorNode supervisor, long position) {
        this.spec = spec;
        this.supervisor = supervisor;
        this.position = position;
        SupervisorSpec.Intensity own = spec.intensity();
        this.window = own == null ? null : new RestartWindow(own, supervisor.ticker());
        this.announcerBelow = spec.work() instanceof Work.Nested<?> nested
                ? supervisor.announcer().below(nested.spec().listener())
                : supervisor.announcer();
    }

    ChildSpec<?> spec() {
        return spec;
    }

    String id() {
        return spec.id();
    }

    long position() {
        return position;
    }

    SupervisorNode supervisor() {
        return supervisor;
    }

    @Nullable RestartWindow window() {
        return window;
    }

    Announcer announcerBelow() {
        return announcerBelow;
    }

    // ---- the supervisor's thread

    /** Before its thread is started, so that whatever runs there finds itself. */
    void starting(Incarnation incarnation, @Nullable SupervisorNode below) {
        hasRun = false;
        State now = state;
        state = new State(Status.STARTING, incarnation, below, now.starts, now.abandoned, now.lastExit);
    }

    /** For a child whose thread could not be started. */
    void notStarted() {
        State now = state;
        state = new State(Status.STOPPED, null, now.below, now.starts, now.abandoned, now.lastExit);
    }

    void running() {
        State now = state;
        hasRun = true;
        runningSinceNanos = supervisor.ticker().nanoTime();
        state = new State(Status.RUNNING, now.incarnation, now.below, now.starts + 1, now.abandoned, now.lastExit);
    }

    /** For a child that has a process, or waits for its start. */
    void status(Status status) {
        state = state.with(status);
    }

    /** For a child whose process has ended. */
    void ended(Status status, ExitReason reason, boolean abandoned) {
        state = state.ended(status, reason, abandoned);
    }

    boolean hasRun() {
        return hasRun;
    }

    void removed() {
        removed = true;
    }

    /** How long to wait before the start that follows an end, or a failed start, of just now. */
    Duration nextDelay(RandomGenerator random) {
        ChildSpec.Patience patience = spec.patience();
        if (patience == null) {
            return Duration.ZERO;
        }
        Ticker ticker = supervisor.ticker();
        boolean wasStable = hasRun && ticker.nanoTime() - runningSinceNanos >= Checks.nanos(patience.stableAfter());
        failures = wasStable ? 1 : Math.addExact(Math.min(failures, Integer.MAX_VALUE - 1), 1);
        Backoff backoff = patience.backoff();
        Duration delay = backoff.delay(failures, random);
        return delay.isNegative() ? Duration.ZERO : delay;
    }

    void waitsFor(Wait next) {
        noLongerWaits();
        wait = next;
    }

    /** Whether this is what it waits for now. */
    boolean isWaitingFor(Wait asked) {
        return wait == asked;
    }

    void noLongerWaits() {
        Wait before = wait;
        wait = null;
        if (before != null) {
            before.cancel();
        }
    }

    // ---- any thread

    Status status() {
        return state.status;
    }

    /** Whether it waits for a start of its own, and does not only go with another. */
    boolean waits() {
        return wait != null;
    }

    /** What it waits for, if it does. */
    Optional<Wait> waiting() {
        return Optional.ofNullable(wait);
    }

    boolean isRemoved() {
        return removed;
    }

    @Nullable Incarnation incarnation() {
        return state.incarnation;
    }

    @Nullable ProcessRef<?> process() {
        return processOf(state);
    }

    private static @Nullable ProcessRef<?> processOf(State state) {
        return state.incarnation == null ? null : state.incarnation.process();
    }

    @Nullable SupervisorNode below() {
        return state.below;
    }

    int restarts() {
        return Math.max(0, state.starts - 1);
    }

    /** The process, if it has started and lives. */
    Optional<ProcessRef<?>> livingProcess() {
        State now = state;
        ProcessRef<?> process = processOf(now);
        return now.status == Status.RUNNING && process != null && process.isAlive()
                ? Optional.of(process)
                : Optional.empty();
    }

    SupervisorTree.Child snapshot() {
        State now = state;
        Wait waitNow = wait;
        Optional<SupervisorTree> below = Optional.ofNullable(now.below).map(SupervisorNode::snapshot);
        // a supervisor that runs for its parent may be stopping by itself, because it gave up
        Status status =
                now.status == Status.RUNNING ? below.map(SupervisorTree::status).orElse(Status.RUNNING) : now.status;
        return new SupervisorTree.Child(
                spec.id(),
                spec.work().kind(),
                spec.restart(),
                status,
                Math.max(0, now.starts - 1),
                now.abandoned,
                Optional.ofNullable(now.lastExit),
                Optional.ofNullable(status == Status.RESTARTING ? waitNow : null)
                        .map(Wait::remaining),
                Optional.ofNullable(window).map(RestartWindow::budget),
                below);
    }

    @Override
    public String toString() {
        return snapshot().toString();
    }
}
