package dev.selvage.sim;

import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.ResourceBundle;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What woven classes call instead of, or before, what they were written to call. Not for use by hand.
 *
 * <p>On a thread that is not simulated each does what the original does.
 */
public final class Points {

    private Points() {}

    /** A scheduling point. */
    public static void point() {
        Schedule schedule = Schedule.ofCurrentThreadOrNull();
        if (schedule != null) {
            schedule.point();
        }
    }

    /** The start of a static initializer. */
    public static void enterInitializer() {
        Schedule schedule = Schedule.ofCurrentThreadOrNull();
        if (schedule != null) {
            schedule.enterInitializer();
        }
    }

    /** The end of a static initializer. */
    public static void exitInitializer() {
        Schedule schedule = Schedule.ofCurrentThreadOrNull();
        if (schedule != null) {
            schedule.exitInitializer();
        }
    }

    /** In the place of {@link Thread#yield()}. */
    public static void yield() {
        Schedule schedule = Schedule.ofCurrentThreadOrNull();
        if (schedule == null) {
            Thread.yield();
        } else {
            schedule.giveWay();
        }
    }

    /** In the place of {@link Thread#onSpinWait()}. */
    public static void onSpinWait() {
        Schedule schedule = Schedule.ofCurrentThreadOrNull();
        if (schedule == null) {
            Thread.onSpinWait();
        } else {
            schedule.giveWay();
        }
    }

    /**
     * In the place of {@link System#nanoTime()}.
     *
     * @return the simulated reading
     */
    public static long nanoTime() {
        Schedule schedule = Schedule.ofCurrentThreadOrNull();
        return schedule == null ? System.nanoTime() : schedule.nanoTime();
    }

    /**
     * In the place of {@link LockSupport#parkNanos(long)}.
     *
     * @param nanos the longest wait
     */
    public static void parkNanos(long nanos) {
        parkNanos(null, nanos);
    }

    /**
     * In the place of {@link LockSupport#parkNanos(Object, long)}.
     *
     * @param blocker what the thread waits for
     * @param nanos the longest wait
     */
    public static void parkNanos(@Nullable Object blocker, long nanos) {
        Schedule schedule = Schedule.ofCurrentThreadOrNull();
        if (schedule == null) {
            LockSupport.parkNanos(blocker, nanos);
        } else {
            schedule.parkNanos(blocker, nanos);
        }
    }

    /**
     * In the place of {@link Thread#sleep(long)}.
     *
     * @param millis how long
     * @throws InterruptedException if the thread is interrupted before or meanwhile
     */
    public static void sleep(long millis) throws InterruptedException {
        sleepNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /**
     * In the place of {@link Thread#sleep(long, int)}.
     *
     * @param millis how long
     * @param nanos how much longer
     * @throws InterruptedException if the thread is interrupted before or meanwhile
     */
    public static void sleep(long millis, int nanos) throws InterruptedException {
        sleepNanos(TimeUnit.MILLISECONDS.toNanos(millis) + nanos);
    }

    /**
     * In the place of {@link Thread#sleep(Duration)}.
     *
     * @param time how long
     * @throws InterruptedException if the thread is interrupted before or meanwhile
     */
    public static void sleep(Duration time) throws InterruptedException {
        sleepNanos(TimeUnit.NANOSECONDS.convert(time));
    }

    private static void sleepNanos(long nanos) throws InterruptedException {
        point();
        long start = nanoTime();
        for (long left = nanos; left > 0 && !Thread.currentThread().isInterrupted(); ) {
            parkNanos(null, left);
            left = nanos - (nanoTime() - start);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /**
     * In the place of {@link System#getLogger(String)}.
     *
     * @param name not used
     * @return a logger that drops everything, on any thread: what is worth a line in one run is noise in thousands
     */
    public static System.Logger getLogger(String name) {
        return Silent.INSTANCE;
    }

    private enum Silent implements System.Logger {
        INSTANCE;

        @Override
        public String getName() {
            return "silent";
        }

        @Override
        public boolean isLoggable(Level level) {
            return false;
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
            // dropped
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... params) {
            // dropped
        }
    }

    /**
     * In the place of {@link Ticker#system()}.
     *
     * @return the simulated ticker, on any thread
     */
    public static Ticker ticker() {
        return SimTicker.INSTANCE;
    }

    /**
     * In the place of {@link RandomGenerator#getDefault()}.
     *
     * @return random numbers that come from the seed
     */
    public static RandomGenerator randomGenerator() {
        Schedule schedule = Schedule.ofCurrentThreadOrNull();
        return schedule == null ? RandomGenerator.getDefault() : schedule.scenarioRandom();
    }

    /**
     * In the place of {@link ThreadLocalRandom#current()}.
     *
     * @return the same, its next number coming from the seed
     */
    public static ThreadLocalRandom current() {
        Schedule schedule = Schedule.ofCurrentThreadOrNull();
        if (schedule != null) {
            schedule.seedThreadLocalRandom(Thread.currentThread());
        }
        return ThreadLocalRandom.current();
    }

    /**
     * For a {@link java.util.Random} that is made without a seed.
     *
     * @return a seed that comes from the schedule's
     */
    public static long randomSeed() {
        return randomGenerator().nextLong();
    }
}
