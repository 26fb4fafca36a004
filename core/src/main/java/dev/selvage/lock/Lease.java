package dev.selvage.lock;

import dev.selvage.exit.Owner;

/**
 * One grant of one key: what a lock call returns and a release gives back.
 *
 * {@snippet :
 * try (Lease<UserId> lease = locks.lock(user)) {
 *     sync(lease.key());
 * }
 * }
 *
 * <p>Each call that locks returns a lease of its own, also when a thread locks a key that it holds already; the key is
 * free again when the last of them is closed, in whatever order. A lease is over when it is closed or when its holder's
 * thread has ended, whichever comes first, and is never revived: closing it later does nothing, whoever holds the key
 * by then.
 *
 * <p>All methods may be called by any thread. Leases are compared by identity.
 *
 * @param <K> the keys
 */
public interface Lease<K> extends AutoCloseable {

    /**
     * Returns the key that this lease was granted for.
     *
     * @return the key, as it was given by the call that got this lease
     */
    K key();

    /**
     * Returns who holds, or held, the key by this lease.
     *
     * @return the process or the bare thread that locked
     */
    Owner holder();

    /**
     * Tells whether this lease still holds its key. The answer may be old when it arrives, except for the holder itself
     * as long as nobody else closes its leases.
     *
     * @return false once it was closed or its holder's thread has ended
     */
    boolean isHeld();

    /**
     * Gives the key back. When it is the last open lease of its holder on this key, the key goes to the thread that
     * waits longest, before this call returns, or is free.
     *
     * <p>Never waits for another holder and throws nothing. A second call, or one after the holder's end, does nothing.
     * May be called by a thread that is not the holder; then it is for the two of them to see to it that the holder is
     * done with what the key protects.
     *
     * <p>Memory effects: what the closing thread did before, happens-before the next grant of the key.
     */
    @Override
    void close();
}
