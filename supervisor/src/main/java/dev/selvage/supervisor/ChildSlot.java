package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.SupervisorTree.Kind;
import dev.selvage.supervisor.SupervisorTree.Status;
import java.util.Optional;
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
 */
final class ChildSlot {

    private record State(
            Status status,
            @Nullable Incarnation incarnation,
            @Nullable SupervisorNode below,
            int starts,
            int abandoned,
            @Nullable ExitReason lastExit) {

        State with(Status changed) {
            return new State(changed, incarnation, below, starts, abandoned, lastExit);
        }

        State ended(Status changed, ExitReason reason, boolean wasAbandoned) {
            return new State(changed, null, below, starts, abandoned + (wasAbandoned ? 1 : 0), reason);
        }
    }

    private final ChildSpec<?> spec;

    private volatile State state = new State(Status.WAITING, null, null, 0, 0, null);

    /** How many starts were tried; the supervisor's thread only. */
    private int attempts;

    ChildSlot(ChildSpec<?> spec) {
        this.spec = spec;
    }

    ChildSpec<?> spec() {
        return spec;
    }

    String id() {
        return spec.id();
    }

    int attempts() {
        return attempts;
    }

    // ---- the supervisor's thread

    void attempt() {
        attempts++;
    }

    /** Before its thread is started, so that whatever runs there finds itself. */
    void starting(Incarnation incarnation, @Nullable SupervisorNode below) {
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

    // ---- any thread

    Status status() {
        return state.status;
    }

    @Nullable ProcessRef<?> process() {
        return processOf(state);
    }

    private static @Nullable ProcessRef<?> processOf(State state) {
        return state.incarnation == null ? null : state.incarnation.process();
    }

    /** Whether its body runs on this thread, in whatever state. */
    boolean isOn(Thread thread) {
        Incarnation incarnation = state.incarnation;
        return incarnation != null && incarnation.isOn(thread);
    }

    @Nullable SupervisorNode below() {
        return state.below;
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
        Optional<SupervisorTree> below = Optional.ofNullable(now.below).map(SupervisorNode::snapshot);
        // a supervisor that runs for its parent may be stopping by itself, because it gave up
        Status status =
                now.status == Status.RUNNING ? below.map(SupervisorTree::status).orElse(Status.RUNNING) : now.status;
        return new SupervisorTree.Child(
                spec.id(),
                kind(),
                spec.restart(),
                status,
                Math.max(0, now.starts - 1),
                now.abandoned,
                Optional.ofNullable(now.lastExit),
                below);
    }

    private Kind kind() {
        Work<?> work = spec.work();
        if (work instanceof Work.Nested) {
            return Kind.SUPERVISOR;
        }
        return work instanceof Work.Task ? Kind.TASK : Kind.PROCESS;
    }

    @Override
    public String toString() {
        return snapshot().toString();
    }
}
