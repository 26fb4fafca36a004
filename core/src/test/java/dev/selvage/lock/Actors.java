package dev.selvage.lock;

import dev.selvage.process.ProcessScope;
import java.util.ArrayList;
import java.util.List;

/** The actors of one test, all of one kind; they are ended and joined at its end. Used by the thread of the test. */
final class Actors implements AutoCloseable {
    private final HolderKind kind;
    private final ProcessScope scope = ProcessScope.open("actors");
    private final List<Actor> started = new ArrayList<>();

    Actors(HolderKind kind) {
        this.kind = kind;
    }

    Actor start(String name) {
        Actor actor = new Actor(kind, this, name);
        started.add(actor);
        return actor;
    }

    ProcessScope scope() {
        return scope;
    }

    @Override
    public void close() {
        started.forEach(Actor::tellToEnd);
        started.forEach(Actor::join);
        scope.close();
    }
}
