package dev.selvage.process;

import dev.selvage.testing.Threads;

/** Waits until somebody waits. */
final class Waiting {

    private Waiting() {}

    /** Until the process waits for something that has not come. */
    static void untilParked(ProcessRef<?> process) {
        untilParked(process.thread());
    }

    static void untilParked(Thread thread) {
        Threads.awaitState(thread, Thread.State.WAITING, Thread.State.TIMED_WAITING);
    }
}
