package dev.selvage.testing;

import java.util.concurrent.ThreadFactory;

/** Both kinds of threads, for tests that have to hold on either ({@code @ParameterizedTest @EnumSource}). */
public enum ThreadKind {
    PLATFORM,
    VIRTUAL;

    /**
     * Returns a thread that is not started; a platform thread is a daemon, so that a hanging test ends with its JVM.
     *
     * @param name the thread's name
     * @param body what it runs
     * @return the thread
     */
    public Thread unstarted(String name, Runnable body) {
        return builder().name(name).unstarted(body);
    }

    /**
     * Returns a factory of such threads.
     *
     * @param prefix what their names begin with; a number follows
     * @return the factory
     */
    public ThreadFactory factory(String prefix) {
        return builder().name(prefix, 0).factory();
    }

    private Thread.Builder builder() {
        return this == VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    }
}
