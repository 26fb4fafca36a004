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
 * <p>One of {@link KeyedLocks#lockAll} is over several keys, and its key is their list; it is held while all of them
 * are.
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
     * Returns the fencing token of this grant. Of two grants of the same key of which at least one was exclusive, the
     * later has the greater token, whatever happened to the key meanwhile. Let whatever the key protects, such as a row
     * of a database or a file's store, refuse every request whose token is less than the greatest that it has seen:
     * then a holder that has lost the key without knowing, because it was abandoned or its lease was closed by another
     * thread, can do no harm.
     *
     * <p>The token is drawn when it is first asked for, so a grant whose token nobody wants pays nothing, and stays the
     * same for all leases by which one thread holds one key. A lease over several keys has one token of its own.
     *
     * @return the token, 1 or more
     * @throws LockException.NotHeld if this lease is over, and nobody asked before
     */
    long token();

    /**
     * Hands the key to another thread, without a moment in which it is free: from now on that thread holds it, may lock
     * it again, and releases it by its end. Only the holder may call this.
     *
     * {@snippet :
     * Lease<UserId> lease = locks.lock(user);
     * Lease<UserId> handed = lease.handOver(worker.thread());
     * worker.send(new Sync(handed));  // closes it, or dies and so gives it back
     * }
     *
     * <p>This lease is over then, and closing it does nothing, so it may stand in try-with-resources. The token stays
     * the same. The receiver is not asked, and need not know; it must live.
     *
     * <p>Memory effects: what the calling thread did before, happens-before the next grant of the key; the receiver
     * sees it if it gets the lease by a way that has such an effect, as messages have.
     *
     * @param receiver the thread that holds the key from now on; of a process, its {@link Owner#thread()}
     * @return the receiver's lease; any thread may close it
     * @throws LockException.HandOver if the caller is not the holder, the receiver has ended or was declared exited, or
     *     the holder has another open lease on that key; then nothing has changed
     * @throws LockException.NotHeld if this lease is over
     */
    Lease<K> handOver(Thread receiver);

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
