package dev.selvage.sim.planted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** A permit is handed to a waiter in the moment in which its time is up; afterwards somebody must have it. */
abstract class TimedWaiter implements Scenario {

    enum State {
        WAITING,
        GRANTED,
        CANCELLED
    }

    record Waiter(Thread thread, AtomicReference<State> state) {}

    /** Gives up without a look at whether it has been granted the permit meanwhile. */
    public static final class ForgetsGrant extends TimedWaiter {
        @Override
        boolean cancel(Waiter waiter) {
            waiter.state.set(State.CANCELLED);
            return true;
        }
    }

    /** One compare-and-set decides between the two. */
    public static final class DecidesOnce extends TimedWaiter {
        @Override
        boolean cancel(Waiter waiter) {
            return waiter.state.compareAndSet(State.WAITING, State.CANCELLED);
        }
    }

    private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();
    private volatile boolean acquired;
    private volatile boolean free;

    /** Returns false if it is too late to give up. */
    abstract boolean cancel(Waiter waiter);

    @Override
    public void play() throws InterruptedException {
        Sim.together(() -> acquired = acquire(), this::release);
        assertThat(acquired != free).as("the permit is either held or free").isTrue();
    }

    private boolean acquire() {
        Waiter waiter = new Waiter(Thread.currentThread(), new AtomicReference<>(State.WAITING));
        waiters.add(waiter);
        Deadline deadline = Deadline.after(Duration.ofSeconds(1), Sim.ticker());
        while (waiter.state.get() == State.WAITING) {
            if (deadline.hasPassed() && cancel(waiter)) {
                return false;
            }
            deadline.park(this);
        }
        return true;
    }

    private void release() throws InterruptedException {
        Sim.sleep(Duration.ofSeconds(1));
        Waiter next = waiters.poll();
        if (next != null && next.state.compareAndSet(State.WAITING, State.GRANTED)) {
            LockSupport.unpark(next.thread);
        } else {
            free = true;
        }
    }
}
