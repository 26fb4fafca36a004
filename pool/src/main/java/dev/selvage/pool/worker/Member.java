package dev.selvage.pool.worker;

import dev.selvage.process.ProcessRef;
import org.jspecify.annotations.Nullable;

/** One incarnation of a worker. All but the process is guarded by the pool's lock; the flags may be read without. */
final class Member<J, R extends @Nullable Object> {
    final ProcessRef<Ticket<J, R>> process;

    /** What it was given, and has not given back. */
    @Nullable Ticket<J, R> current;

    /** Whether it has begun with that: until then it can be taken away again. */
    boolean begun;

    /** It ignored an interrupt and is about to be abandoned: it is given nothing more. */
    volatile boolean condemned;

    /** It was declared exited while its thread runs on. */
    volatile boolean abandoned;

    /** The job that it did when it was abandoned, and whose key its thread keeps. */
    @Nullable Ticket<J, R> keeps;

    Member(ProcessRef<Ticket<J, R>> process) {
        this.process = process;
    }
}
