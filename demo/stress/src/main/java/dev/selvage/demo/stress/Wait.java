package dev.selvage.demo.stress;

import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.time.Duration;

/**
 * A wait that a wake-up ends, and that its time limit ends only if the wake-up was lost. The limit is far beyond any
 * delay of a busy machine; once it was needed, and so the test has failed, it is short, lest the rest takes hours.
 */
public final class Wait {
    private static final Duration FAR_AWAY = Duration.ofSeconds(10);
    private static final Duration NEAR = Duration.ofMillis(1);

    private static volatile boolean lostBefore;

    private final Duration limit = lostBefore ? NEAR : FAR_AWAY;
    private final Deadline deadline = Deadline.after(limit, Ticker.system());

    /** Begins now. */
    public Wait() {}

    /**
     * Returns the time limit, for what takes a duration.
     *
     * @return the limit
     */
    public Duration limit() {
        return limit;
    }

    /**
     * Returns the time limit, for what takes a deadline.
     *
     * @return the deadline
     */
    public Deadline deadline() {
        return deadline;
    }

    /**
     * Tells, after the wait, whether it took the time limit to end it.
     *
     * @return 1 if no wake-up came, 0 if one did
     */
    public int wasLost() {
        boolean lost = deadline.hasPassed();
        if (lost) {
            lostBefore = true;
        }
        return lost ? 1 : 0;
    }
}
