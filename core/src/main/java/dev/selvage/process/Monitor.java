package dev.selvage.process;

/**
 * The wish to hear of one process's end, once. Made by {@link ProcessRef#monitor} and {@link Mailbox#monitor}.
 *
 * <p>Monitors stack: two on the same process tell twice. They are one-way: the watched process never learns of them.
 * The idea is Erlang's {@code monitor/2}.
 */
public interface Monitor extends AutoCloseable {

    /**
     * Cancels the wish. Any thread may call it, any number of times. When it returns true the notice will never come;
     * when it returns false it was given, or is being given on another thread at this moment, or was cancelled before.
     *
     * @return true if this call cancelled it
     */
    boolean cancel();

    /** Cancels the wish; the same as {@link #cancel()}. */
    @Override
    default void close() {
        cancel();
    }
}
