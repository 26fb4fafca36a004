package dev.selvage.lock;

/** Planted locks that tell a scenario how many threads wait. */
interface CountsWaiters {
    int waiters(String key);
}
