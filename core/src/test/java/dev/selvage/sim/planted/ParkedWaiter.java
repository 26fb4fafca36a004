package dev.selvage.sim.planted;

import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One thread parks until another has set a flag. */
abstract class ParkedWaiter implements Scenario {

    /** Looks at the flag before it says who waits: the flag may be set, and nobody woken, in between. */
    public static final class ChecksThenAnnounces extends ParkedWaiter {
        @Override
        void await() {
            while (!done) {
                waiter = Thread.currentThread();
                LockSupport.park(this);
            }
        }
    }

    /** Says who waits, then looks at the flag. */
    public static final class AnnouncesThenChecks extends ParkedWaiter {
        @Override
        void await() {
            waiter = Thread.currentThread();
            while (!done) {
                LockSupport.park(this);
            }
        }
    }

    volatile boolean done;
    volatile @Nullable Thread waiter;

    abstract void await();

    @Override
    public void play() throws InterruptedException {
        Sim.together(this::await, this::signal);
    }

    private void signal() {
        done = true;
        LockSupport.unpark(waiter);
    }
}
