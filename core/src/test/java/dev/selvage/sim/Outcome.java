package dev.selvage.sim;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How one schedule went. */
record Outcome(
        @Nullable Problem problem,
        long fingerprint,
        long steps,
        long points,
        Duration simulatedTime,
        String strategy,
        String trace) {

    /**
     * What went wrong.
     *
     * @param summary one line
     * @param cause what a thread threw, if it was that
     * @param stacks the threads that were alive, with their stacks
     */
    record Problem(String summary, @Nullable Throwable cause, String stacks) {}
}
