package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.Exit;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.supervisor.SupervisorTree.Event;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
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
        child.noLongerWaits();
        Incarnation incarnation = new Incarnation(child, node, supervisor);
        ProcessRef<?> process;
        try {
            process = launch(child, incarnation);
        } catch (RuntimeException | Error refused) {
            child.notStarted();
            return failed(child, refused);
        }
        incarnation.runsAs(process);
        if (child.spec().work() instanceof Work.Task<?> task && task.onEnd() != null) {
            process.monitor(task.onEnd());
        }
        byProcess.put(process, child);
        if (child.spec().isAwaited()) {
            return awaitStart(child, process, incarnation);
        }
        started(child, process);
        return Optional.empty();
    }

    private void started(ChildSlot child, ProcessRef<?> process) {
        child.running();
        node.changes().happened();
        if (node.announcer().isHeard()) {
            node.announcer().tell(new Event.Started(node.name(), child.id(), process));
        }
    }

    private Optional<Throwable> failed(ChildSlot child, Throwable cause) {
        node.announcer().tell(new Event.StartFailed(node.name(), child.id(), cause));
        return Optional.of(cause);
    }

    private ProcessRef<?> launch(ChildSlot child, Incarnation incarnation) {
        ChildSpec<?> spec = child.spec();
        if (spec.work() instanceof Work.Nested<?> nested) {
            SupervisorNode below = new SupervisorNode(nested.spec(), child, incarnation);
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
            case Work.Announcing<M>(var body, var kind) ->
                scope.<M>start(
                        spec.id(),
                        mailbox -> {
                            incarnation.begins();
                            body.run(mailbox, incarnation);
                        },
                        spec::processOptions);
            case Work.Task<M>(var body, var onEnd) ->
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
                    return failed(child, timedOut(child));
                }
                continue;
            }
            switch (arrived.get()) {
                case Signal.Ready(var ready)
                when ready == incarnation -> {
                    started(child, process);
                    return Optional.empty();
                }
                case Signal.Declined(var declined)
                when declined == incarnation -> {
                    stop(child, Status.DECLINED, false);
                    node.announcer().tell(new Event.Declined(node.name(), child.id()));
                    return Optional.empty();
                }
                case Signal.Exited(var exit)
                when exit.process() == process -> {
                    byProcess.remove(process);
                    hasEnded(child, Status.STOPPED, process, exit.reason());
                    return failed(child, endedEarly(child, exit.reason()));
                }
                default -> inbox.putOff(arrived.get());
            }
        }
    }

    private Throwable timedOut(ChildSlot child) throws InterruptedException {
        stop(child, Status.STOPPED, true);
        return new SupervisorException("child '" + child.id() + "' was not ready within "
                + TreeText.duration(child.spec().startTimeout()));
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
        try {
            end(child, after, atOnce);
        } finally {
            forgetIfTemporary(child);
        }
    }

    /** The same, for a child that keeps its place whatever it is. */
    void end(ChildSlot child, Status after, boolean atOnce) throws InterruptedException {
        child.noLongerWaits();
        ProcessRef<?> process = child.process();
        if (process == null) {
            becomes(child, after);
            return;
        }
        saysItStops(child);
        boolean hopeless = JvmExit.isWaitedForBy(process.thread());
        boolean patient = !atOnce && !hopeless && !Thread.currentThread().isInterrupted();
        try {
            process.shutdown(
                    patient ? child.spec().stopTime() : Duration.ZERO,
                    hopeless ? Duration.ZERO : child.spec().interruptTime());
        } finally {
            stopped(child, after, process);
        }
    }

    /** From here on the child gets no answer from the supervisor, which waits for its end, and is told so. */
    private void saysItStops(ChildSlot child) {
        child.status(Status.STOPPING);
        Incarnation incarnation = child.incarnation();
        if (incarnation != null) {
            incarnation.stops();
            if (!node.isClosing()) { // otherwise all were refused
                inbox.refuseTo(incarnation);
            }
        }
    }

    private void stopped(ChildSlot child, Status after, ProcessRef<?> process) {
        byProcess.remove(process);
        hasEnded(child, after, process, process.exitReason().orElse(ExitReason.killed()));
    }

    /** A child that is not running becomes another only if it was to be started: others are what they are. */
    private static void becomes(ChildSlot child, Status after) {
        if (child.status() == Status.RESTARTING) {
            child.status(after);
        }
    }

    /**
     * Stops all in reverse, each by its rule; without patience from an interrupt on, which is passed on to those that
     * are left. Nothing keeps it from finishing. The children of a dynamic supervisor are stopped all at once.
     */
    void stopAll() {
        if (node.isDynamic()) {
            stopAllAtOnce();
            return;
        }
        for (ChildSlot child : node.slots().descendingMap().values()) {
            try {
                stop(child, Status.STOPPED, false);
            } catch (InterruptedException passedOn) {
                Thread.currentThread().interrupt(); // so that the next child is killed at once too
            }
        }
    }

    private void stopAllAtOnce() {
        List<ChildSlot> all = List.copyOf(node.children());
        List<ProcessRef<?>> processes = new ArrayList<>(all.size());
        for (ChildSlot child : all) {
            ProcessRef<?> process = child.process();
            processes.add(process);
            if (process == null) {
                continue;
            }
            saysItStops(child);
            if (JvmExit.isWaitedForBy(process.thread())) {
                abandon(process);
            }
        }
        scope.close(); // each by its own rule, and all together; they stay in the tree, to be looked at
        for (int each = 0; each < all.size(); each++) {
            ChildSlot child = all.get(each);
            ProcessRef<?> process = processes.get(each);
            child.noLongerWaits();
            if (process == null) {
                becomes(child, Status.STOPPED);
            } else {
                stopped(child, Status.STOPPED, process);
            }
        }
    }

    private static void abandon(ProcessRef<?> process) {
        try {
            process.shutdown(Duration.ZERO, Duration.ZERO);
        } catch (InterruptedException passedOn) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes note of an exit: whose it was, if it is news. That child has no process any more. */
    Optional<ChildSlot> ended(Exit exit) {
        ChildSlot child = byProcess.remove(exit.process());
        if (child != null) {
            boolean isRestartDue = child.spec().restart().isDueAfter(exit.reason());
            hasEnded(child, isRestartDue ? Status.RESTARTING : Status.ENDED, exit.process(), exit.reason());
        }
        return Optional.ofNullable(child);
    }

    private void hasEnded(ChildSlot child, Status after, ProcessRef<?> process, ExitReason reason) {
        child.ended(after, reason, process.isAbandoned());
        if (process.isAbandoned()) {
            new AbandonedThread(node, child.id(), process).watch();
        }
        if (child.hasRun() && node.announcer().isHeard()) {
            node.announcer().tell(new Event.Exited(node.name(), child.id(), process, reason));
        }
    }

    /** A temporary child that has ended is forgotten, and so is each of a dynamic supervisor that is done. */
    void forgetIfTemporary(ChildSlot child) {
        boolean isGone = child.process() == null && child.status() != Status.WAITING;
        boolean isDone = isGone && child.status() != Status.RESTARTING;
        if (child.spec().restart() == Restart.TEMPORARY ? isGone : node.isDynamic() && isDone) {
            node.remove(child);
        }
    }
}
