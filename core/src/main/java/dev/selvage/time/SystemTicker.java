package dev.selvage.time;

import java.util.concurrent.locks.LockSupport;

/** The running JVM's own clock and wait. */
enum SystemTicker implements Ticker {
    INSTANCE;

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void parkNanos(Object blocker, long nanos) {
        LockSupport.parkNanos(blocker, nanos);
    }

    @Override
    public String toString() {
        return "Ticker.system()";
    }
}
