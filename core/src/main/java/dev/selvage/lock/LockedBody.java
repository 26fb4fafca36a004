package dev.selvage.lock;

import org.jspecify.annotations.Nullable;

/**
 * What runs while a key is locked.
 *
 * @param <T> what it returns
 * @param <X> what it throws; a body that throws nothing checked leaves it to be inferred as {@link RuntimeException}
 */
@FunctionalInterface
public interface LockedBody<T extends @Nullable Object, X extends Exception> {

    /**
     * Runs once, on the thread that holds the lock.
     *
     * @return its result
     * @throws X what it fails with; the lock is released and the failure goes on to the caller
     */
    T run() throws X;
}
