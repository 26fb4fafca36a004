package dev.selvage.supervisor;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** One start of one child: what tells the announcements of this start from those of an earlier one. */
final class Incarnation implements AnnouncingBody.Start {

    private enum Announced {
        NOTHING,
        READY,
        DECLINED
    }

    private final String id;
    private final Consumer<Signal> supervisor;
    private final AtomicReference<Announced> announced = new AtomicReference<>(Announced.NOTHING);

    Incarnation(String id, Consumer<Signal> supervisor) {
        this.id = id;
        this.supervisor = supervisor;
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
