/**
 * Locks by key, exclusive and shared, that are released when their holder's thread ends.
 *
 * <p>{@link dev.selvage.lock.KeyedLocks} is a set of locks, one for each key that somebody wants;
 * {@link dev.selvage.lock.Lease} is one grant of one key or several, {@link dev.selvage.lock.LockSnapshot} shows who
 * holds and who waits. A lock is held by a thread, be it a process or not, and goes with it: nobody has to find and
 * clear the locks of a worker that crashed.
 *
 * <p>The policy on waits is the library's: an {@link java.lang.InterruptedException} is declared wherever a call may
 * wait, a timeout of 0 or less means "do not wait", and {@code tryLock} neither waits nor throws it.
 */
@NullMarked
package dev.selvage.lock;

import org.jspecify.annotations.NullMarked;
