package dev.selvage.sim;

/** A simulated thread as its schedule sees it. Used by the driver and by the thread it runs, which are one carrier. */
final class SimThread {

    final Thread thread;
    final Runnable task;
    final int index;

    /** The higher runs first; written by {@link PriorityStrategy} alone. */
    long priority;

    /** How many points it has passed since it was last picked. */
    int pointsInARow;

    /** How many turns it gave away while nobody else could run, since it last waited for anything. */
    int turnsAlone;

    /** True while it sits in the schedule's list of those that can run. */
    boolean ready;

    SimThread(Thread thread, Runnable task, int index) {
        this.thread = thread;
        this.task = task;
        this.index = index;
    }

    /** Returns the thread's own name, or one by the order of starting, which is the same in each run of a seed. */
    String name() {
        return thread.getName().isEmpty() ? "thread-" + index : thread.getName();
    }

    @Override
    public String toString() {
        return name();
    }
}
