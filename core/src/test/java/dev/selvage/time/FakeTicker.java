package dev.selvage.time;

import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.Comparator;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A ticker whose time stands still until a test advances it, for tests on real threads, platform or virtual.
 *
 * {@snippet :
 * FakeTicker ticker = new FakeTicker();
 * Thread waiter = threads.start(kind, "waiter", () -> mailbox.receive(Duration.ofSeconds(5)));
 * ticker.awaitParked(1);
 * ticker.advance(Duration.ofSeconds(5)); // the waiter's time is up
 * }
 *
 * <p>Readings begin a second before the overflow of a {@code long}, so that a comparison of readings that does not
 * stand it is found. Any thread may call any method.
 */
public final class FakeTicker implements Ticker {

    private static final long ORIGIN_NANOS = Long.MAX_VALUE - 1_000_000_000L;

    private record Sleeper(Thread thread, long atNanos, long order) {}

    /** Nanoseconds since the beginning; grows only. */
    private final AtomicLong elapsedNanos = new AtomicLong();

    private final AtomicLong sleeps = new AtomicLong();

    /**
     * What the current thread has read and not parked by yet. A wait is counted from there: who computes what is left
     * and then parks for that long must not oversleep because the time was advanced in between, as no more may come.
     */
    private final ThreadLocal<@Nullable Long> lastReading = new ThreadLocal<>();

    /**
     * Who waits, earliest first. Lock-free, and so must all be that {@link #parkNanos} does before it parks: a thread
     * that queues for a lock may use up there the permit that was to end its wait here.
     */
    private final NavigableSet<Sleeper> sleepers = new ConcurrentSkipListSet<>(
            Comparator.comparingLong(Sleeper::atNanos).thenComparingLong(Sleeper::order));

    /** Makes a ticker whose time stands still. */
    public FakeTicker() {}

    @Override
    public long nanoTime() {
        long nanos = elapsedNanos.get();
        lastReading.set(nanos);
        return ORIGIN_NANOS + nanos;
    }

    @Override
    public void parkNanos(Object blocker, long nanos) {
        if (nanos <= 0) {
            return;
        }
        long atNanos = plusSaturated(takeLastReading(), nanos);
        Sleeper sleeper = new Sleeper(Thread.currentThread(), atNanos, sleeps.getAndIncrement());
        sleepers.add(sleeper);
        try {
            // looked at after the entry in sleepers: an advance either finds the entry, or is seen here
            if (elapsedNanos.get() < atNanos) {
                LockSupport.park(blocker);
            }
        } finally {
            sleepers.remove(sleeper);
        }
    }

    private long takeLastReading() {
        Long reading = lastReading.get();
        lastReading.remove();
        return reading == null ? elapsedNanos.get() : reading;
    }

    /**
     * Lets time pass at one go and wakes everybody whose time is up. Returns at once: those who were woken have not run
     * yet, and a timer that starts over in one advance fires once, however long that was.
     *
     * @param time how much, 0 or more
     */
    public void advance(Duration time) {
        Objects.requireNonNull(time, "time");
        if (time.isNegative()) {
            throw new IllegalArgumentException("time: " + time + "; allowed: 0 or more");
        }
        long nanos = time.toNanos();
        long now = elapsedNanos.updateAndGet(before -> plusSaturated(before, nanos));
        for (Sleeper sleeper : sleepers) {
            if (sleeper.atNanos > now) {
                return;
            }
            LockSupport.unpark(sleeper.thread);
        }
    }

    /**
     * Waits, in real time, until at least as many threads are parked on this ticker and wait for a time yet to come.
     *
     * @param threads how many
     * @throws AssertionError if there are fewer for 20 seconds
     */
    public void awaitParked(int threads) {
        Threads.awaitTrue(threads + " threads parked on " + this, () -> parked() >= threads);
    }

    /**
     * Waits, in real time, until somebody is parked on this ticker.
     *
     * @return how much time has to pass until the first of them wakes
     * @throws AssertionError if nobody is for 20 seconds
     */
    public Duration awaitNextDeadline() {
        awaitParked(1);
        return sleepers.stream()
                .filter(this::isParked)
                .findFirst()
                .map(first -> Duration.ofNanos(Math.max(0, first.atNanos - elapsedNanos.get())))
                .orElseGet(this::awaitNextDeadline); // the one that was there has left just now
    }

    /**
     * Waits, in real time, until somebody is parked on this ticker, then lets the time pass until the first of them
     * wakes.
     *
     * @return how much time has passed
     * @throws AssertionError if nobody is parked for 20 seconds
     */
    public Duration advanceToNextDeadline() {
        Duration time = awaitNextDeadline();
        advance(time);
        return time;
    }

    /**
     * Returns how many threads are parked on this ticker now.
     *
     * @return 0 or more, without those whose time is up; may have changed since
     */
    public int parked() {
        return (int) sleepers.stream().filter(this::isParked).count();
    }

    /** In the set is also who has not parked yet, and whose time is up but who has not noticed so far. */
    private boolean isParked(Sleeper sleeper) {
        return sleeper.atNanos > elapsedNanos.get() && sleeper.thread.getState() == Thread.State.WAITING;
    }

    /**
     * Returns how much time has passed since this ticker was made.
     *
     * @return the sum of what it was advanced
     */
    public Duration elapsed() {
        return Duration.ofNanos(elapsedNanos.get());
    }

    private static long plusSaturated(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    @Override
    public String toString() {
        return "FakeTicker at " + elapsed() + ", " + sleepers.size() + " waiting";
    }
}
