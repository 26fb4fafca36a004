package dev.selvage.lock;

/**
 * What runs while a key is locked and returns nothing; what does is a {@link LockedBody}. A lambda that could be
 * either, such as {@code () -> list.add(item)}, is taken for the one that returns something.
 *
 * @param <X> what it throws; an action that throws nothing checked leaves it to be inferred as {@link RuntimeException}
 */
@FunctionalInterface
public interface LockedAction<X extends Exception> {

    /**
     * Runs once, on the thread that holds the lock.
     *
     * @throws X what it fails with; the lock is released and the failure goes on to the caller
     */
    void run() throws X;
}
