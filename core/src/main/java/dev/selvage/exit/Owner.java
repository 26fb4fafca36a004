package dev.selvage.exit;

/**
 * A thread as the owner of things: of a registration, a lock, a lease.
 *
 * <p>It is either a process (then this is its {@code ProcessRef}) or a thread that is none. Owners are compared by
 * identity and may be asked by any thread.
 */
public interface Owner {

    /**
     * Returns the name for people: the process's, or the thread's.
     *
     * @return the name, never empty
     */
    String name();

    /**
     * Returns the thread that owns.
     *
     * @return the thread
     */
    Thread thread();

    /**
     * Tells whether the owner still lives. A process is dead from the first instant of its exit, before anybody is
     * told, and also when its thread goes on because it was abandoned; a bare thread is dead when it has terminated.
     *
     * @return true while it lives
     */
    boolean isAlive();
}
