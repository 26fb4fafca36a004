package dev.selvage.demo.stage;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** How long things took, counted by tenths of a millisecond. Any thread may add and ask. */
public final class Times {

    private static final int BUCKETS = 50_000; // five seconds; what takes longer is in the last one
    private static final long BUCKET_NANOS = 100_000;

    private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong longestNanos = new AtomicLong();

    /** Makes an empty one. */
    public Times() {}

    /**
     * Counts one.
     *
     * @param nanos how long it took
     */
    public void add(long nanos) {
        buckets.incrementAndGet(Math.clamp(nanos / BUCKET_NANOS, 0, BUCKETS - 1));
        longestNanos.accumulateAndGet(nanos, Math::max);
        count.incrementAndGet();
    }

    /**
     * Returns how many there were.
     *
     * @return the count
     */
    public long count() {
        return count.get();
    }

    /**
     * Returns the longest.
     *
     * @return how long it took; zero if there was none
     */
    public Duration longest() {
        return Duration.ofNanos(longestNanos.get());
    }

    /**
     * Returns the time that the given share of all did not exceed.
     *
     * @param share 0.5 for the median
     * @return a time, exact to a tenth of a millisecond; zero if there was none
     */
    public Duration within(double share) {
        long wanted = (long) Math.ceil(share * count.get());
        long seen = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            seen += buckets.get(bucket);
            if (seen >= wanted && seen > 0) {
                return Duration.ofNanos(Math.min((bucket + 1) * BUCKET_NANOS, longestNanos.get()));
            }
        }
        return longest();
    }

    /**
     * Returns a time as people write it.
     *
     * @param time a time
     * @return in milliseconds, with a tenth if it is short
     */
    public static String text(Duration time) {
        double millis = time.toNanos() / 1e6;
        return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%,.0f ms", millis);
    }
}
