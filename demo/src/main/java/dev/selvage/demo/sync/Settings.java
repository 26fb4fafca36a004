package dev.selvage.demo.sync;

import java.time.Duration;

/**
 * How hard the story is played.
 *
 * @param workers how many workers sync at the same time
 * @param longestSync a sync takes a random time up to this
 * @param delay how long an event in conflict is held back
 * @param crashEvery on average one sync in so many blows up
 * @param killInterval how often a worker is killed in the middle of a sync
 * @param withLock false to leave the lock out
 */
record Settings(
        int workers, Duration longestSync, Duration delay, int crashEvery, Duration killInterval, boolean withLock) {

    static Settings of(boolean quick, boolean withLock) {
        return quick
                ? new Settings(16, Duration.ofMillis(3), Duration.ofMillis(10), 200, Duration.ofMillis(50), withLock)
                : new Settings(16, Duration.ofMillis(25), Duration.ofMillis(50), 200, Duration.ofMillis(100), withLock);
    }
}
