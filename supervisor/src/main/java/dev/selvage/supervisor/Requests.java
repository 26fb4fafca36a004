package dev.selvage.supervisor;

import dev.selvage.supervisor.SupervisorException.Refused;
import dev.selvage.supervisor.SupervisorException.Refused.Why;
import dev.selvage.supervisor.SupervisorTree.Status;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a supervisor does when it is asked to, on its thread only. Each request is answered, whatever comes of it. */
final class Requests {
    private final SupervisorNode node;
    private final Children children;
    private final Restarts restarts;

    Requests(SupervisorNode node, Children children, Restarts restarts) {
        this.node = node;
        this.children = children;
        this.restarts = restarts;
    }

    void handle(Signal.Ask ask) throws InterruptedException {
        boolean answered = false;
        try {
            ask.answer().reply(serve(ask.request()));
            answered = true;
        } catch (Refused | SupervisorException.StartFailed told) {
            ask.answer().fail(told);
            answered = true;
        } finally {
            if (!answered) { // the supervisor ends over it
                ask.answer()
                        .fail(new Refused(
                                Why.STOPPING, "supervisor '" + node.name() + "' was stopped while it did this"));
            }
        }
    }

    private ChildSlot serve(Signal.Request request) throws InterruptedException {
        return switch (request) {
            case Signal.Request.Start(var spec, var caller) -> start(spec);
            case Signal.Request.Terminate(var child, var caller) -> terminate(present(child));
            case Signal.Request.Restart(var child, var caller) -> restart(present(child));
            case Signal.Request.Delete(var child, var caller) -> delete(present(child));
            case Signal.Request.Replace(var child, var spec, var caller) -> replace(present(child), spec);
        };
    }

    /** What the caller has found may be gone by the time it is its turn. */
    private ChildSlot present(ChildSlot child) {
        if (child.isRemoved()) {
            throw new Refused(
                    Why.UNKNOWN, "supervisor '" + node.name() + "' has no child '" + child.id() + "' any more");
        }
        return child;
    }

    private ChildSlot start(ChildSpec<?> spec) throws InterruptedException {
        refuseDuplicate(spec, null);
        int most = node.spec().maxChildren();
        if (node.size() >= most) {
            throw new Refused(
                    Why.FULL, "supervisor '" + node.name() + "' has " + most + " children, as many as it may have");
        }
        ChildSlot child = node.add(spec);
        boolean kept = false;
        try {
            startForCaller(child);
            kept = true;
        } finally {
            if (!kept) {
                node.remove(child);
            }
        }
        return child;
    }

    private void refuseDuplicate(ChildSpec<?> spec, @Nullable ChildSlot butThis) {
        ChildSlot there = node.slot(spec.id());
        if (there != null && there != butThis) {
            throw new Refused(
                    Why.DUPLICATE,
                    "supervisor '" + node.name() + "' has a child '" + spec.id() + "' already: " + there.status());
        }
    }

    private void startForCaller(ChildSlot child) throws InterruptedException {
        Optional<Throwable> failure = startOnce(child);
        if (failure.isPresent()) {
            throw startFailed(child, failure.get());
        }
    }

    private Optional<Throwable> startOnce(ChildSlot child) throws InterruptedException {
        try {
            return children.start(child);
        } finally {
            children.forgetIfTemporary(child);
        }
    }

    private void cutShort(ChildSlot child) throws InterruptedException {
        Optional<Restarts.FailedStart> failed = restarts.cutShort(child);
        if (failed.isPresent()) { // a sibling's perhaps, so that this one was not even tried
            throw startFailed(failed.get().child(), failed.get().cause());
        }
    }

    private SupervisorException.StartFailed startFailed(ChildSlot child, Throwable cause) {
        return new SupervisorException.StartFailed(node.name(), child.id(), cause);
    }

    private ChildSlot terminate(ChildSlot child) throws InterruptedException {
        boolean waited = child.waits();
        children.stop(child, Status.STOPPED, false);
        if (waited) {
            restarts.goOnWithoutLeader();
        }
        return child;
    }

    private ChildSlot restart(ChildSlot child) throws InterruptedException {
        if (child.status() == Status.RESTARTING) {
            cutShort(child);
            return child;
        }
        children.end(child, Status.STOPPED, false);
        startForCaller(child);
        return child;
    }

    private ChildSlot delete(ChildSlot child) {
        switch (child.status()) {
            case RUNNING, STARTING, STOPPING, RESTARTING ->
                throw new Refused(
                        Why.RUNNING,
                        "child '" + child.id() + "' of supervisor '" + node.name() + "' is " + child.status()
                                + "; terminate it first");
            case WAITING, STOPPED, ENDED, DECLINED -> node.remove(child);
        }
        return child;
    }

    private ChildSlot replace(ChildSlot child, ChildSpec<?> spec) throws InterruptedException {
        refuseDuplicate(spec, child);
        boolean waited = child.waits();
        boolean isToBeStarted = child.status() == Status.RESTARTING;
        children.end(child, Status.STOPPED, false);
        ChildSlot other = node.replace(child, spec);
        if (isToBeStarted && spec.restart() != Restart.TEMPORARY) {
            other.status(Status.RESTARTING);
            cutShort(other);
            return other;
        }
        Optional<Throwable> failure = startOnce(other);
        if (waited) {
            restarts.goOnWithoutLeader();
        }
        if (failure.isPresent()) {
            throw startFailed(other, failure.get());
        }
        return other;
    }
}
