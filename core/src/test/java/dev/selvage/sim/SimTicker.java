package dev.selvage.sim;

import dev.selvage.time.Ticker;

/** The ticker of whatever schedule is running; holds no state, so that it may outlive a schedule in a static field. */
enum SimTicker implements Ticker {
    INSTANCE;

    @Override
    public long nanoTime() {
        return Schedule.ofCurrentThread().nanoTime();
    }

    @Override
    public void parkNanos(Object blocker, long nanos) {
        Schedule.ofCurrentThread().parkNanos(blocker, nanos);
    }

    @Override
    public String toString() {
        return "Sim.ticker()";
    }
}
