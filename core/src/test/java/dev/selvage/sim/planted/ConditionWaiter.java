package dev.selvage.sim.planted;

import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** One thread waits on a condition of a lock until another has set a flag. */
abstract class ConditionWaiter implements Scenario {

    /** Looks at the flag before it holds the lock: the signal may come in between. */
    public static final class ChecksOutside extends ConditionWaiter {
        @Override
        void await() throws InterruptedException {
            if (!done) {
                lock.lock();
                try {
                    condition.await();
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    /** Looks at the flag while it holds the lock. */
    public static final class ChecksInside extends ConditionWaiter {
        @Override
        void await() throws InterruptedException {
            lock.lock();
            try {
                while (!done) {
                    condition.await();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    final ReentrantLock lock = new ReentrantLock();
    final Condition condition = lock.newCondition();
    volatile boolean done;

    abstract void await() throws InterruptedException;

    @Override
    public void play() throws InterruptedException {
        Sim.together(this::await, this::signal);
    }

    private void signal() {
        lock.lock();
        try {
            done = true;
            condition.signal();
        } finally {
            lock.unlock();
        }
    }
}
