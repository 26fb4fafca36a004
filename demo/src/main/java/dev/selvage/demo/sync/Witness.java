package dev.selvage.demo.sync;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Stands where users are synced, and counts who comes and goes. It is plain {@code java.util.concurrent} and asks the
 * toolkit nothing: the verdict must not come from the accused. Any thread may call.
 */
final class Witness {

    private final Map<String, AtomicInteger> syncsUnderWay = new ConcurrentHashMap<>(); // by user
    private final Set<Long> syncedLines = ConcurrentHashMap.newKeySet();
    private final CountDownLatch everythingSynced = new CountDownLatch(1);
    private volatile long expected = Long.MAX_VALUE; // until the reader has seen the end of the file

    final LongAdder syncs = new LongAdder();
    final LongAdder collisions = new LongAdder();
    final LongAdder repeats = new LongAdder();
    final LongAdder conflicts = new LongAdder();
    final LongAdder workersStarted = new LongAdder();
    final LongAdder workersDied = new LongAdder();

    /** A worker begins to sync the event's user. */
    void enter(SyncEvent event) {
        syncs.increment();
        if (underWay(event).incrementAndGet() > 1) {
            collisions.increment();
        }
    }

    /** The same worker has ended, well or not. */
    void leave(SyncEvent event) {
        underWay(event).decrementAndGet();
    }

    /** The event's user is synced. */
    void synced(SyncEvent event) {
        if (!syncedLines.add(event.line())) {
            repeats.increment();
        }
        checkForEnd();
    }

    /** The reader has handed over the last event. */
    void endOfFile(long events) {
        expected = events;
        checkForEnd();
    }

    /** Returns how many different events are synced. */
    long eventsSynced() {
        return syncedLines.size();
    }

    /** Returns how many users the events were of. */
    long users() {
        return syncsUnderWay.size();
    }

    /** Returns how many events the file has, in words as long as the reader has not come to its end. */
    String eventsInFile() {
        return expected == Long.MAX_VALUE ? "an unknown number of" : "%,d".formatted(expected);
    }

    /** Returns a latch that is down when the file is read to its end and each event of it is synced. */
    CountDownLatch everythingSynced() {
        return everythingSynced;
    }

    private void checkForEnd() {
        if (eventsSynced() >= expected) {
            everythingSynced.countDown();
        }
    }

    private AtomicInteger underWay(SyncEvent event) {
        return syncsUnderWay.computeIfAbsent(event.user(), user -> new AtomicInteger());
    }
}
