package dev.selvage.sim.planted;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Methods with and without places at which threads meet, for the test of the weaver. */
@SuppressWarnings("unused") // woven, never run
final class Sample {

    static final AtomicInteger COUNTER = new AtomicInteger();
    static @Nullable Sample last;

    private final List<String> names;
    private final int[] numbers = new int[1];
    private int count;

    Sample(List<String> names) {
        this.names = names;
        this.count = 7;
    }

    int nothing(int a, int b) {
        return a + b;
    }

    List<String> readsFinalField() {
        return names;
    }

    int readsField() {
        return count;
    }

    void writesField() {
        count = 1;
    }

    int readsFieldOfAnother(Sample other) {
        return other.count;
    }

    @Nullable Sample readsStaticField() {
        return last;
    }

    int readsArray() {
        return numbers[0];
    }

    void writesArray() {
        numbers[0] = 1;
    }

    int callsAtomic() {
        return COUNTER.get();
    }

    @Nullable String callsMap(Map<String, String> map) {
        return map.get("key");
    }

    long callsTimeUnit() {
        return TimeUnit.SECONDS.toNanos(1);
    }

    Thread callsCurrentThread() {
        return Thread.currentThread();
    }

    void callsUnpark(Thread thread) {
        LockSupport.unpark(thread);
    }

    void entersMonitor() {
        synchronized (names) {
            nothing(1, 2);
        }
    }

    long readsClock() {
        return System.nanoTime();
    }

    LongSupplier refersToClock() {
        return System::nanoTime;
    }

    void parks() {
        LockSupport.parkNanos(this, 1);
    }

    void spins() {
        Thread.onSpinWait();
        Thread.yield();
    }
}
