package dev.selvage.lock;

import dev.selvage.testing.ThreadKind;

/** The kinds of thread that lock. */
enum HolderKind {
    PLATFORM_THREAD,
    VIRTUAL_THREAD,
    PROCESS;

    Thread start(Actors actors, String name, Runnable body) {
        return switch (this) {
            case PLATFORM_THREAD -> started(ThreadKind.PLATFORM.unstarted(name, body));
            case VIRTUAL_THREAD -> started(ThreadKind.VIRTUAL.unstarted(name, body));
            case PROCESS -> actors.scope().run(name, body::run).thread();
        };
    }

    private static Thread started(Thread thread) {
        thread.start();
        return thread;
    }
}
