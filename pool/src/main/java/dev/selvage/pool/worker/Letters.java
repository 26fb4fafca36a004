package dev.selvage.pool.worker;

import dev.selvage.process.ProcessRef;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Dead letters until their handler is through with them, in order. Guarded by the pool's lock. */
final class Letters<J> {
    private final ArrayDeque<WorkerPool.DeadLetter<J>> waiting = new ArrayDeque<>();

    /** Who handles them, if somebody does. */
    private @Nullable ProcessRef<Alarms.Look> handler;

    void setHandler(ProcessRef<Alarms.Look> process) {
        handler = process;
    }

    void add(WorkerPool.DeadLetter<J> letter) {
        waiting.add(letter);
        if (handler != null) {
            handler.send(Alarms.Look.LOOK);
        }
    }

    /** The first one, which stays until it was handled; or null. */
    WorkerPool.@Nullable DeadLetter<J> first() {
        return waiting.peekFirst();
    }

    void handled() {
        waiting.pollFirst();
    }

    int size() {
        return waiting.size();
    }
}
