package dev.selvage.demo.bench;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Keyed locks as a program would write them: a lock for each key in use, counted so that an unused one goes. */
final class CountedLocks<K> {

    private static final class Counted extends ReentrantLock {
        private static final long serialVersionUID = 1;

        /** Who holds it or waits for it; changed under the map's own lock of the key. */
        int users;
    }

    private final ConcurrentHashMap<K, Counted> locks = new ConcurrentHashMap<>();

    void lock(K key) {
        Counted lock = locks.compute(key, (k, present) -> {
            Counted used = present == null ? new Counted() : present;
            used.users++;
            return used;
        });
        lock.lock();
    }

    void unlock(K key) {
        locks.computeIfPresent(key, (k, lock) -> {
            lock.unlock();
            return --lock.users == 0 ? null : lock;
        });
    }
}
