package dev.selvage.supervisor;

import dev.selvage.process.ProcessRef;
import dev.selvage.process.ReplyTo;
import dev.selvage.process.Request;
import dev.selvage.supervisor.SupervisorException.Refused.Why;
import dev.selvage.supervisor.SupervisorTree.Status;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A child that is looked up again when the one found before is gone.
 *
 * @param <M> the type of its messages
 */
final class FoundChild<M> implements ChildRef<M> {
    private final String id;
    private final SupervisorNode root;
    private final Supplier<@Nullable ChildSlot> lookUp;

    /** What was found last; good as long as a process runs for it. Any thread writes it. */
    private volatile @Nullable ChildSlot last;

    FoundChild(String id, SupervisorNode root, Supplier<@Nullable ChildSlot> lookUp) {
        this.id = id;
        this.root = root;
        this.lookUp = lookUp;
    }

    /** One that is always the same: what a start returned. */
    static <M> FoundChild<M> of(ChildSlot slot) {
        return new FoundChild<>(slot.id(), slot.supervisor().root(), () -> slot.isRemoved() ? null : slot);
    }

    @Override
    public String id() {
        return id;
    }

    private @Nullable ChildSlot find() {
        ChildSlot known = last;
        if (known != null && !known.isRemoved() && known.livingProcess().isPresent()) {
            return known;
        }
        ChildSlot found = lookUp.get();
        last = found;
        return found;
    }

    private ChildSlot require() {
        ChildSlot found = find();
        if (found == null) {
            throw new SupervisorException.Refused(
                    Why.UNKNOWN, "there is no child '" + id + "' in the tree of supervisor '" + root.name() + "'");
        }
        return found;
    }

    @Override
    @SuppressWarnings("unchecked") // the process was made from a specification with the same key, so of the same type
    public Optional<ProcessRef<M>> resolve() {
        ChildSlot found = find();
        return found == null ? Optional.empty() : found.livingProcess().map(process -> (ProcessRef<M>) process);
    }

    @Override
    public Optional<ProcessRef<M>> await(Duration timeout) throws InterruptedException {
        Deadline deadline = Deadline.after(Objects.requireNonNull(timeout, "timeout"), root.ticker());
        return root.changes().await(this::resolve, root::hasEnded, deadline);
    }

    @Override
    public boolean send(M message) {
        Objects.requireNonNull(message, "message");
        return resolve().map(process -> process.send(message)).orElse(false);
    }

    @Override
    public <R> R call(Function<ReplyTo<R>, ? extends M> message, Duration timeout) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the call to child '" + id + "'");
        }
        return resolve().orElseThrow(this::notRunning).call(message, timeout);
    }

    @Override
    public <R> Request<R> request(Function<ReplyTo<R>, ? extends M> message, Duration timeout) {
        return resolve().orElseThrow(this::notRunning).request(message, timeout);
    }

    private SupervisorException notRunning() {
        ChildSlot found = find();
        String now = found == null ? "is not in the tree" : "does not run: it is " + found.status();
        return new SupervisorException.Refused(
                Why.NOT_RUNNING, "child '" + id + "' of the tree of supervisor '" + root.name() + "' " + now);
    }

    @Override
    public Optional<SupervisorTree.Child> snapshot() {
        return Optional.ofNullable(find()).map(ChildSlot::snapshot);
    }

    @Override
    public void terminate() throws InterruptedException {
        ChildSlot slot = require();
        Asking.refuseIfPartOf(slot, "ends");
        Asking.ask(slot.supervisor(), caller -> new Signal.Request.Terminate(slot, caller));
    }

    @Override
    public Optional<ProcessRef<M>> restart() throws InterruptedException {
        ChildSlot slot = require();
        Asking.refuseIfPartOf(slot, "restarts");
        Asking.ask(slot.supervisor(), caller -> new Signal.Request.Restart(slot, caller));
        return resolve();
    }

    @Override
    public void delete() throws InterruptedException {
        ChildSlot slot = require();
        Asking.ask(slot.supervisor(), caller -> new Signal.Request.Delete(slot, caller));
    }

    @Override
    public <N> ChildRef<N> replace(ChildSpec<N> other) throws InterruptedException {
        Objects.requireNonNull(other, "other");
        ChildSlot slot = require();
        slot.supervisor().spec().refuseUselessSignificance(other);
        Asking.refuseIfPartOf(slot, "replaces");
        return of(Asking.ask(slot.supervisor(), caller -> new Signal.Request.Replace(slot, other, caller)));
    }

    @Override
    public Supervisor.Children children() {
        return new Supervisor.Children(id, this::below);
    }

    private SupervisorNode below() {
        ChildSlot slot = require();
        SupervisorNode below = slot.below();
        if (below == null || (slot.status() != Status.RUNNING && slot.status() != Status.STARTING)) {
            throw new SupervisorException.Refused(
                    Why.NOT_RUNNING,
                    "child '" + id + "' has no children now: it is a "
                            + slot.spec().work().kind() + ", " + slot.status());
        }
        return below;
    }

    @Override
    public String toString() {
        return snapshot().map(SupervisorTree.Child::toString).orElse(id + ": not in the tree");
    }
}
