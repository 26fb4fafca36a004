package dev.selvage.sim;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Runs the thread of highest priority, and at a few points of the schedule makes the running one the lowest.
 *
 * <p>After "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs" (Burckhardt and others, 2010): a bug
 * that needs d orderings is found with probability 1/(n·k^(d-1)) for n threads and k points. The length k is not known
 * beforehand, so each schedule draws a horizon of its own.
 */
final class PriorityStrategy implements Strategy {

    /** A thread that has passed as many points in a row while others could run spins on what one of them must do. */
    private static final int POINTS_IN_A_ROW = 2_000;

    private final SplittableRandom random;
    private final long[] changesAtPoint;
    private final int horizon;
    private long points;
    private long lowest;

    PriorityStrategy(SplittableRandom random, int changes, int horizon) {
        this.random = random;
        this.horizon = horizon;
        this.changesAtPoint = random.longs(changes, 1, horizon + 1L).sorted().toArray();
    }

    @Override
    public void started(SimThread thread) {
        thread.priority = 1 + random.nextInt(1 << 20);
    }

    @Override
    public boolean preempts(SimThread running, List<SimThread> ready) {
        points++;
        if (isChange(points) || running.pointsInARow > POINTS_IN_A_ROW) {
            demote(running);
        }
        for (SimThread other : ready) {
            if (other.priority > running.priority) {
                return true;
            }
        }
        return false;
    }

    private boolean isChange(long point) {
        for (long change : changesAtPoint) {
            if (change == point) {
                return true;
            }
        }
        return false;
    }

    private void demote(SimThread thread) {
        thread.priority = --lowest;
    }

    @Override
    public SimThread pick(List<SimThread> ready) {
        SimThread highest = ready.get(0);
        for (SimThread thread : ready) {
            if (thread.priority > highest.priority) {
                highest = thread;
            }
        }
        return highest;
    }

    @Override
    public void gaveWay(SimThread thread) {
        demote(thread);
    }

    @Override
    public String toString() {
        return "priorities, " + changesAtPoint.length + " changes within " + horizon + " points";
    }
}
