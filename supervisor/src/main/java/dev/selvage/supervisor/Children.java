package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.Exit;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The children of one running supervisor: starts and stops them, one at a time. The supervisor's thread only. */
final class Children {
    private final SupervisorNode node;
    private final ProcessScope scope;
    private final Inbox inbox;
    private final Consumer<Signal> supervisor;

    /**
     * Whose process is whose. A process that is not in here was stopped or replaced by the supervisor itself, and its
     * end is no news.
     */
    private final Map<ProcessRef<?>, ChildSlot> byProcess = new HashMap<>();

    Children(SupervisorNode node, ProcessScope scope, Inbox inbox, Consumer<Signal> supervisor) {
        this.node = node;
        this.scope = scope;
        this.inbox = inbox;
        this.supervisor = supervisor;
    }

    /** Starts all in order; the first that fails ends it. */
    void startAll() throws InterruptedException {
        for (ChildSlot child : node.children()) {
            Optional<Throwable> failure = start(child);
            if (failure.isPresent()) {
                throw new SupervisorException.StartFailed(node.name(), child.id(), failure.get());
            }
        }
    }

    /**
     * Starts a child and waits until it is ready, or does not want to run, or has failed. Starts nothing when the
     * supervisor was asked to stop, and leaves with that when it is asked meanwhile.
     *
     * @return why the start failed, if it did; then nothing of it runs
     */
    Optional<Throwable> start(ChildSlot child) throws InterruptedException {
        inbox.takeIn();
        child.attempt();
        Incarnation incarnation = new Incarnation(child.id(), supervisor);
        ProcessRef<?> process;
        try {
            process = launch(child, incarnation);
        } catch (RuntimeException | Error refused) {
            child.notStarted();
            return Optional.of(refused);
        }
        incarnation.runsAs(process);
        byProcess.put(process, child);
        if (child.spec().isAwaited()) {
            return awaitStart(child, process, incarnation);
        }
        child.running();
        return Optional.empty();
    }

    private ProcessRef<?> launch(ChildSlot child, Incarnation incarnation) {
        ChildSpec<?> spec = child.spec();
        if (spec.work() instanceof Work.Nested<?> nested) {
            SupervisorNode below = new SupervisorNode(nested.spec(), node.ticker());
            child.starting(incarnation, below);
            return scope.start(spec.id(), new SupervisorBody(below, incarnation::ready), spec::processOptions);
        }
        child.starting(incarnation, null);
        return fork(spec, spec.work(), incarnation);
    }

    private <M> ProcessRef<?> fork(ChildSpec<?> spec, Work<M> work, Incarnation incarnation) {
        return switch (work) {
            case Work.Plain<M>(var body) ->
                scope.<M>start(
                        spec.id(),
                        mailbox -> {
                            incarnation.begins();
                            body.run(mailbox);
                        },
                        spec::processOptions);
            case Work.Announcing<M>(var body) ->
                scope.<M>start(
                        spec.id(),
                        mailbox -> {
                            incarnation.begins();
                            body.run(mailbox, incarnation);
                        },
                        spec::processOptions);
            case Work.Task<M>(var body) ->
                scope.run(
                        spec.id(),
                        () -> {
                            incarnation.begins();
                            body.run();
                        },
                        spec::processOptions);
            case Work.Nested<M> nested -> throw new AssertionError(nested);
        };
    }

    private Optional<Throwable> awaitStart(ChildSlot child, ProcessRef<?> process, Incarnation incarnation)
            throws InterruptedException {
        Deadline deadline = Deadline.after(child.spec().startTimeout(), node.ticker());
        for (; ; ) {
            Optional<Signal> arrived = inbox.nextArrival(deadline);
            if (arrived.isEmpty()) {
                if (deadline.hasPassed()) {
                    return Optional.of(timedOut(child));
                }
                continue;
            }
            switch (arrived.get()) {
                case Signal.Ready(var ready)
                when ready == incarnation -> {
                    child.running();
                    return Optional.empty();
                }
                case Signal.Declined(var declined)
                when declined == incarnation -> {
                    stop(child, Status.DECLINED, false);
                    return Optional.empty();
                }
                case Signal.Exited(var exit)
                when exit.process() == process -> {
                    byProcess.remove(process);
                    child.ended(Status.STOPPED, exit.reason(), process.isAbandoned());
                    return Optional.of(endedEarly(child, exit.reason()));
                }
                default -> inbox.putOff(arrived.get());
            }
        }
    }

    private Throwable timedOut(ChildSlot child) throws InterruptedException {
        stop(child, Status.STOPPED, true);
        return new SupervisorException("child '" + child.id() + "' was not ready within "
                + child.spec().startTimeout());
    }

    private static Throwable endedEarly(ChildSlot child, ExitReason reason) {
        return reason instanceof ExitReason.Failed(Throwable cause)
                ? cause
                : new SupervisorException("child '" + child.id() + "' ended before it was ready: " + reason);
    }

    /**
     * Ends a child's process, if it has one, by the child's rule, or at once when that is asked for or the supervisor
     * was interrupted.
     *
     * @param after what the child is then, unless it is temporary, and forgotten
     * @throws InterruptedException if the supervisor was interrupted; the process has ended even so
     */
    void stop(ChildSlot child, Status after, boolean atOnce) throws InterruptedException {
        ProcessRef<?> process = child.process();
        if (process == null) {
            becomes(child, after);
            return;
        }
        child.status(Status.STOPPING);
        boolean hopeless = JvmExit.isWaitedForBy(process.thread());
        boolean patient = !atOnce && !hopeless && !Thread.currentThread().isInterrupted();
        try {
            process.shutdown(
                    patient ? child.spec().stopTime() : Duration.ZERO,
                    hopeless ? Duration.ZERO : child.spec().interruptTime());
        } finally {
            byProcess.remove(process);
            child.ended(after, process.exitReason().orElse(ExitReason.killed()), process.isAbandoned());
            forgetIfTemporary(child);
        }
    }

    /** A child that is not running becomes another, unless it is only stopped and has told more already. */
    private static void becomes(ChildSlot child, Status after) {
        if (after == Status.RESTARTING || child.status() == Status.RESTARTING) {
            child.status(after);
        }
    }

    /**
     * Stops all in reverse, each by its rule; without patience from an interrupt on, which is passed on to those that
     * are left. Nothing keeps it from finishing.
     */
    void stopAll() {
        List<ChildSlot> all = node.children();
        for (int each = all.size() - 1; each >= 0; each--) {
            try {
                stop(all.get(each), Status.STOPPED, false);
            } catch (InterruptedException passedOn) {
                Thread.currentThread().interrupt(); // so that the next child is killed at once too
            }
        }
    }

    /** Takes note of an exit: whose it was, if it is news. That child has no process any more. */
    Optional<ChildSlot> ended(Exit exit) {
        ChildSlot child = byProcess.remove(exit.process());
        if (child != null) {
            boolean isRestartDue = child.spec().restart().isDueAfter(exit.reason());
            child.ended(
                    isRestartDue ? Status.RESTARTING : Status.ENDED,
                    exit.reason(),
                    exit.process().isAbandoned());
        }
        return Optional.ofNullable(child);
    }

    void forgetIfTemporary(ChildSlot child) {
        if (child.spec().restart() == Restart.TEMPORARY) {
            node.remove(child);
        }
    }
}
