package dev.selvage.pool.checkout;

import java.util.concurrent.atomic.LongAdder;

/** What has become of the resources of a checkout pool, and of those who wanted one. Any thread counts and reads. */
final class ResourceCounts {
    final LongAdder created = new LongAdder();
    final LongAdder destroyed = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder reclaimed = new LongAdder();
    final LongAdder discarded = new LongAdder();
    final LongAdder timeouts = new LongAdder();
    final LongAdder deadlines = new LongAdder();
    final LongAdder shed = new LongAdder();
    final LongAdder waits = new LongAdder();
    final LongAdder waitedNanos = new LongAdder();
}
