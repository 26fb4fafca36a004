package dev.selvage.scope;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for a state, and tasks that wait. */
final class Waiting {

    private static final long LONGEST_NANOS = Duration.ofSeconds(20).toNanos();

    private Waiting() {}

    static void until(String what, BooleanSupplier state) {
        long start = System.nanoTime();
        while (!state.getAsBoolean()) {
            assertThat(System.nanoTime() - start).as("waiting until %s", what).isLessThan(LONGEST_NANOS);
            LockSupport.parkNanos(100_000);
        }
    }

    static void forEndOf(Thread thread) throws InterruptedException {
        forEndOf(thread, LONGEST_NANOS);
    }

    /** Of a thread that waits itself, so that its wait fails first, and says for what it was. */
    static void forEndOfWaiting(Thread thread) throws InterruptedException {
        forEndOf(thread, 2 * LONGEST_NANOS);
    }

    private static void forEndOf(Thread thread, long nanos) throws InterruptedException {
        assertThat(thread.join(Duration.ofNanos(nanos)))
                .as("end of %s at %s", thread, java.util.Arrays.toString(thread.getStackTrace()))
                .isTrue();
    }

    /** Until the thread is parked for good, in a method of this name. */
    static void untilParkedIn(Thread thread, String method) {
        until(
                thread.getName() + " waits in " + method,
                () -> thread.getState() == Thread.State.WAITING
                        && java.util.Arrays.stream(thread.getStackTrace())
                                .anyMatch(frame -> frame.getMethodName().equals(method)));
    }

    /** A task that ends when it is interrupted, and leaves the flag set. */
    static void untilInterrupted() {
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.park();
        }
    }
}
