package dev.selvage.demo.stage;

import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What a story is given to play on.
 *
 * @param console where it shows its progress
 * @param signal tells it to stop before its end
 * @param seed where its random choices start
 * @param quick whether it should take seconds only
 */
public record Stage(Console console, StopSignal signal, long seed, boolean quick) {

    private static final long FRAME_MILLIS = 100;

    /** Refuses null. */
    public Stage {
        Objects.requireNonNull(console, "console");
        Objects.requireNonNull(signal, "signal");
    }

    /**
     * Shows the status again and again until the work is done, the stop signal is raised, or the time has passed.
     *
     * @param work counted down to zero when the work is done
     * @param longest how long to watch at most
     * @param status the line to show, asked for ten times a second on the calling thread
     * @return true if the work is done
     * @throws InterruptedException if the current thread is interrupted while it watches
     */
    public boolean watch(CountDownLatch work, Duration longest, Supplier<String> status) throws InterruptedException {
        Deadline deadline = Deadline.after(longest, Ticker.system());
        do {
            console.status(status.get());
        } while (!work.await(FRAME_MILLIS, TimeUnit.MILLISECONDS) && !signal.isRaised() && !deadline.hasPassed());
        console.clearStatus();
        return work.getCount() == 0;
    }
}
