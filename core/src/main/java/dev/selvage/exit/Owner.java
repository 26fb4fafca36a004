package dev.selvage.exit;

import java.util.Optional;

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

    /**
     * Tells why the owner ended. Any thread may ask. The answer comes only once the names and locks of the owner are
     * free, so that whoever learns of an end by it finds them free.
     *
     * @return the reason of a process that has ended; empty while it lives, and always for a thread that is no process:
     *     Java tells nobody how such a thread ended
     */
    default Optional<ExitReason> exitReason() {
        return Optional.empty();
    }

    /**
     * Waits until the owner has ended; of a process, until {@link #exitReason()} tells why. What it did happens-before
     * the return.
     *
     * @return why it ended; for a thread that is no process, of which nobody learns that, {@link ExitReason#normal()}
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     */
    default ExitReason join() throws InterruptedException {
        thread().join();
        return ExitReason.normal();
    }
}
