package dev.selvage.pool.worker;

import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Dead letters until their handler is through with them, in order. Guarded by the pool's lock. */
final class Letters<J> {
    private final ArrayDeque<WorkerPool.DeadLetter<J>> waiting = new ArrayDeque<>();

    /** Who handles them, if somebody does. */
    private @Nullable Thread handler;

    void setHandler(@Nullable Thread thread) {
        handler = thread;
    }

    @Nullable Thread handler() {
        return handler;
    }

    void add(WorkerPool.DeadLetter<J> letter) {
        waiting.add(letter);
        LockSupport.unpark(handler);
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
