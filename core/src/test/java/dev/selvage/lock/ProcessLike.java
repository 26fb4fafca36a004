package dev.selvage.lock;

import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import dev.selvage.sim.Scenario;
import org.jspecify.annotations.Nullable;

/** A thread that begins and ends its own lifetime, as a process does, and no more than that. */
final class ProcessLike implements Owner {
    private final Thread thread;
    private volatile @Nullable Lifetime lifetime;
    private volatile boolean alive = true;

    private ProcessLike(String name, Scenario body) {
        thread = Thread.ofVirtual().name(name).unstarted(() -> live(body));
    }

    static ProcessLike start(String name, Scenario body) {
        ProcessLike process = new ProcessLike(name, body);
        process.thread.start();
        return process;
    }

    private void live(Scenario body) {
        Lifetime own = Lifetime.begin(this);
        lifetime = own;
        try {
            body.run();
        } finally {
            alive = false;
            own.end();
        }
    }

    /** Declares it exited while its thread runs on. */
    void abandon() {
        alive = false;
        Lifetime begun = lifetime;
        if (begun != null) {
            begun.abandon();
        }
    }

    @Override
    public String name() {
        return thread.getName();
    }

    @Override
    public Thread thread() {
        return thread;
    }

    @Override
    public boolean isAlive() {
        return alive;
    }
}
