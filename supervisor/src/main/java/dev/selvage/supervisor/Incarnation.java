package dev.selvage.supervisor;

import dev.selvage.process.ProcessRef;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One start of one child: what tells its process and its announcements from those of an earlier start. */
final class Incarnation implements AnnouncingBody.Start {

    private enum Announced {
        NOTHING,
        READY,
        DECLINED
    }

    private final String id;
    private final Consumer<Signal> supervisor;
    private final AtomicReference<Announced> announced = new AtomicReference<>(Announced.NOTHING);

    /** Written by the supervisor once the thread was started. */
    private volatile @Nullable ProcessRef<?> process;

    /** Written by the child itself, before any code of its body: it may ask for itself ahead of the supervisor. */
    private volatile @Nullable Thread thread;

    Incarnation(String id, Consumer<Signal> supervisor) {
        this.id = id;
        this.supervisor = supervisor;
    }

    void begins() {
        thread = Thread.currentThread();
    }

    boolean isOn(Thread asked) {
        return thread == asked;
    }

    void runsAs(ProcessRef<?> started) {
        process = started;
    }

    @Nullable ProcessRef<?> process() {
        return process;
    }

    @Override
    public void ready() {
        if (announced.compareAndSet(Announced.NOTHING, Announced.READY)) {
            supervisor.accept(new Signal.Ready(this));
        }
    }

    @Override
    public void decline() {
        if (announced.compareAndSet(Announced.NOTHING, Announced.DECLINED)) {
            supervisor.accept(new Signal.Declined(this));
        } else if (announced.get() == Announced.READY) {
            throw new SupervisorException("child '" + id + "' cannot decline: it has said that it is ready");
        }
    }

    @Override
    public String toString() {
        return "start of '" + id + "', announced: " + announced.get();
    }
}
