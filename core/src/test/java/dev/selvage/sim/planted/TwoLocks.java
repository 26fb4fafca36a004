package dev.selvage.sim.planted;

import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.util.concurrent.locks.ReentrantLock;

/** Two threads take two locks. */
abstract class TwoLocks implements Scenario {

    /** Each in its own order. */
    public static final class Crossed extends TwoLocks {
        @Override
        public void play() throws InterruptedException {
            Sim.together(() -> both(left, right), () -> both(right, left));
        }
    }

    /** Both in the same order. */
    public static final class Ordered extends TwoLocks {
        @Override
        public void play() throws InterruptedException {
            Sim.together(() -> both(left, right), () -> both(left, right));
        }
    }

    final ReentrantLock left = new ReentrantLock();
    final ReentrantLock right = new ReentrantLock();

    void both(ReentrantLock first, ReentrantLock second) {
        first.lock();
        try {
            second.lock();
            second.unlock();
        } finally {
            first.unlock();
        }
    }
}
