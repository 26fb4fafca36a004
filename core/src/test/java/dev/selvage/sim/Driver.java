package dev.selvage.sim;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The platform thread that carries the simulated ones, watched by the thread that waits for its result: the carrier
 * itself stands still when a simulated thread waits while it is pinned, or runs in circles without a scheduling point.
 */
final class Driver {

    private final Duration standstill;
    private volatile @Nullable Schedule schedule;

    private Driver(Duration standstill) {
        this.standstill = standstill;
    }

    /** Says which schedule is run from now on. */
    void runs(Schedule next) {
        schedule = next;
    }

    /** Runs the body on a driver and waits for its result, as long as it gets on. */
    static <T> T run(Duration standstill, Function<Driver, T> body) {
        Driver driver = new Driver(standstill);
        FutureTask<T> result = new FutureTask<>(() -> body.apply(driver));
        Thread thread = Thread.ofPlatform().daemon().name("sim-driver").start(result);
        try {
            return driver.await(result, thread);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the simulation ran, at\n" + stack(thread), e);
        }
    }

    private <T> T await(FutureTask<T> result, Thread thread) throws InterruptedException {
        Schedule before = null;
        long progressBefore = -1;
        for (; ; ) {
            try {
                return result.get(standstill.toNanos(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw new AssertionError("the simulator itself failed", e.getCause());
            } catch (TimeoutException stillRunning) {
                Schedule now = schedule;
                long progress = now == null ? 0 : now.progress();
                if (now == before && progress == progressBefore) {
                    throw standsStill(thread);
                }
                before = now;
                progressBefore = progress;
            }
        }
    }

    private AssertionError standsStill(Thread thread) {
        Schedule stuck = schedule;
        return new AssertionError("the carrier of the simulated threads has stood still for " + standstill
                + ": one of them waits while it is pinned (in a static initializer, or on JDK 21 to 23 in a monitor),"
                + " or runs in circles without a scheduling point"
                + (stuck == null ? "" : "\n" + stuck.describe()) + "\n" + stack(thread));
    }

    private static String stack(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .map(frame -> "  at " + frame + "\n")
                .collect(Collectors.joining());
    }
}
