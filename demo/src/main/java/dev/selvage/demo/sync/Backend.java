package dev.selvage.demo.sync;

import dev.selvage.demo.stage.Dice;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Where a user is synced to: it takes a while, and now and then it blows up in the middle.
 *
 * @param longestSync each sync takes a random time up to this
 * @param crashEvery one sync in so many blows up; 0: none
 */
record Backend(Duration longestSync, int crashEvery, Dice dice, Witness witness) {

    /** What a crashed sync throws; an {@link Error}, because those have to be survived too. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash(SyncEvent event) {
            super("the sync of " + event.user() + " blew up (line " + event.line() + ")");
        }
    }

    /** Syncs the event's user on the current thread. */
    void sync(SyncEvent event) throws InterruptedException {
        RandomGenerator random = dice.roll();
        long nanos = random.nextLong(1, longestSync.toNanos() + 1);
        witness.enter(event);
        try {
            Thread.sleep(Duration.ofNanos(nanos));
            if (crashEvery > 0 && random.nextInt(crashEvery) == 0) {
                throw new Crash(event);
            }
        } finally {
            witness.leave(event);
        }
        witness.synced(event);
    }
}
