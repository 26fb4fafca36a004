package dev.selvage.pool.worker;

/** What a pool has done. Guarded by the pool's lock, so that all of it is of one instant. */
final class Counts {
    long submitted;
    long refused;
    long coalesced;
    long done;
    long failed;
    long cancelled;
    long deadLetters;
    long retries;
    long timeouts;
    long reclaimed;
    long waits;
    long waitedNanos;
}
