package dev.selvage.supervisor;

import dev.selvage.process.ProcessRef;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One start of one child: what tells its process and its announcements from those of an earlier start, and what its
 * thread knows of the tree above it.
 */
final class Incarnation implements AnnouncingBody.Start {

    /** The child that the current thread runs. A thread runs one at most, so nothing is ever taken away again. */
    private static final ThreadLocal<@Nullable Incarnation> CURRENT = new ThreadLocal<>();

    private enum Announced {
        NOTHING,
        READY,
        DECLINED
    }

    private final ChildSlot slot;
    private final SupervisorNode supervisor;
    private final Consumer<Signal> tell;
    private final AtomicReference<Announced> announced = new AtomicReference<>(Announced.NOTHING);

    /** Written by the supervisor once the thread was started. */
    private volatile @Nullable ProcessRef<?> process;

    /** Written by the supervisor before it begins to wait for the end of this one; it handles no request meanwhile. */
    private volatile boolean stopping;

    Incarnation(ChildSlot slot, SupervisorNode supervisor, Consumer<Signal> tell) {
        this.slot = slot;
        this.supervisor = supervisor;
        this.tell = tell;
    }

    /** The child of whatever supervisor that the current thread runs, or null. */
    static @Nullable Incarnation current() {
        return CURRENT.get();
    }

    /** On the child's own thread, before any code of its body. */
    void begins() {
        CURRENT.set(this);
    }

    SupervisorNode supervisor() {
        return supervisor;
    }

    String id() {
        return slot.id();
    }

    void runsAs(ProcessRef<?> started) {
        process = started;
    }

    @Nullable ProcessRef<?> process() {
        return process;
    }

    void stops() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping;
    }

    /** Whether the supervisor waits for this one's announcement, and so does nothing else. */
    boolean isAwaited() {
        return slot.spec().isAwaited() && announced.get() == Announced.NOTHING;
    }

    /** This one, or the supervisor above it, or the one above that...: the one that is a child of the given one. */
    @Nullable Incarnation branchOf(SupervisorNode ancestor) {
        for (Incarnation each = this; each != null; each = each.supervisor.asChild()) {
            if (each.supervisor == ancestor) {
                return each;
            }
        }
        return null;
    }

    @Override
    public void ready() {
        if (announced.compareAndSet(Announced.NOTHING, Announced.READY)) {
            tell.accept(new Signal.Ready(this));
        }
    }

    @Override
    public void decline() {
        if (announced.compareAndSet(Announced.NOTHING, Announced.DECLINED)) {
            tell.accept(new Signal.Declined(this));
        } else if (announced.get() == Announced.READY) {
            throw new SupervisorException("child '" + id() + "' cannot decline: it has said that it is ready");
        }
    }

    @Override
    public String toString() {
        return "start of '" + id() + "', announced: " + announced.get();
    }
}
