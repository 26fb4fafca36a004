package dev.selvage.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * The threads of one test: all are joined at the end, and what one of them throws fails the test.
 *
 * {@snippet :
 * try (Threads threads = new Threads()) {
 *     Thread waiter = threads.start(ThreadKind.VIRTUAL, "waiter", () -> latch.await());
 *     Threads.awaitState(waiter, Thread.State.WAITING);
 *     latch.countDown();
 * } // joined here, and what it threw is thrown
 * }
 *
 * <p>Made, started from and closed by the thread of the test.
 */
public final class Threads implements AutoCloseable {

    /** Longer than any thread of a test needs on a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** How often a condition is looked at before the processor is left to those that are to make it true. */
    private static final int YIELDS = 200;

    /** Virtual threads that only yield keep one another going, and nobody else gets a carrier that they share. */
    private static final long BETWEEN_LOOKS_NANOS = 50_000;

    /** What a thread of a test runs. */
    @FunctionalInterface
    public interface Body {

        /**
         * Runs.
         *
         * @throws Exception to fail the test
         */
        void run() throws Exception;
    }

    private final List<Thread> started = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    private final Duration patience;

    /** Makes an empty group of threads. */
    public Threads() {
        this(PATIENCE);
    }

    Threads(Duration patience) {
        this.patience = patience;
    }

    /**
     * Starts a thread.
     *
     * @param kind platform or virtual
     * @param name its name
     * @param body what it runs; what it throws fails the test in {@link #join}
     * @return the started thread
     */
    public Thread start(ThreadKind kind, String name, Body body) {
        Thread thread = kind.unstarted(name, () -> {
            try {
                body.run();
            } catch (Throwable failure) {
                failures.add(new AssertionError(name + " threw " + failure, failure));
            }
        });
        started.add(thread);
        thread.start();
        return thread;
    }

    /**
     * Waits until all threads have ended. One that has not within 20 seconds is interrupted, and fails the test with
     * its stack.
     *
     * @throws AssertionError if a thread threw something or did not end; further ones are suppressed exceptions of it
     */
    public void join() {
        Deadlines deadline = new Deadlines(patience);
        for (Thread thread : started) {
            if (!deadline.join(thread)) {
                failures.add(new AssertionError(describe("did not end within " + patience, thread)));
                thread.interrupt();
            }
        }
        started.clear();
        throwFailures();
    }

    private void throwFailures() {
        Throwable first = failures.poll();
        if (first != null) {
            failures.forEach(first::addSuppressed);
            failures.clear();
            throw (AssertionError) first;
        }
    }

    /** Joins the threads, as {@link #join} does. */
    @Override
    public void close() {
        join();
    }

    /**
     * Runs a body on a thread of its own and waits for its end.
     *
     * @param kind platform or virtual
     * @param body what it runs
     * @throws AssertionError if it threw something or did not end
     */
    public static void run(ThreadKind kind, Body body) {
        try (Threads threads = new Threads()) {
            threads.start(kind, "test-body", body);
        }
    }

    /**
     * Waits until a thread is in one of the states.
     *
     * @param thread the thread
     * @param states the states waited for
     * @throws AssertionError if it is in none of them for 20 seconds
     */
    public static void awaitState(Thread thread, Thread.State... states) {
        Set<Thread.State> wanted = Set.of(states);
        if (!isTrueInTime(() -> wanted.contains(thread.getState()))) {
            throw new AssertionError(describe("is not in " + wanted + " within " + PATIENCE, thread));
        }
    }

    /**
     * Waits for a latch whatever interrupts: for threads that are deaf on purpose. It holds no carrier meanwhile, as
     * one that spins does.
     *
     * @param latch what ends the wait
     * @return whether the thread was interrupted meanwhile or before; the interrupt is swallowed
     */
    public static boolean awaitDeaf(CountDownLatch latch) {
        boolean interrupted = false;
        for (; ; ) {
            try {
                latch.await();
                return interrupted;
            } catch (InterruptedException ignoredOnPurpose) {
                interrupted = true;
            }
        }
    }

    /**
     * Waits until a condition holds.
     *
     * @param what the condition in words, for the error
     * @param condition asked over and over
     * @throws AssertionError if it does not hold for 20 seconds; with the stacks of all platform threads
     */
    public static void awaitTrue(String what, BooleanSupplier condition) {
        if (!isTrueInTime(condition)) {
            throw new AssertionError("not within " + PATIENCE + ": " + what + "\n" + platformThreads());
        }
    }

    private static boolean isTrueInTime(BooleanSupplier condition) {
        Deadlines deadline = new Deadlines(PATIENCE);
        for (int looks = 1; !condition.getAsBoolean(); looks++) {
            if (deadline.hasPassed()) {
                return false;
            }
            if (looks < YIELDS) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
            }
        }
        return true;
    }

    private static String platformThreads() {
        return Thread.getAllStackTraces().entrySet().stream()
                .map(Map.Entry::getKey)
                .map(thread -> describe("", thread))
                .collect(Collectors.joining("\n"));
    }

    private static String describe(String what, Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining("", thread + " " + thread.getState() + " " + what, ""));
    }

    /** A bound on waiting in real time, shared by several waits. */
    private static final class Deadlines {

        private final long start = System.nanoTime();
        private final long nanos;

        Deadlines(Duration patience) {
            this.nanos = patience.toNanos();
        }

        boolean hasPassed() {
            return System.nanoTime() - start >= nanos;
        }

        /** Returns false if the thread still lives when the time is up. */
        boolean join(Thread thread) {
            boolean interrupted = false;
            while (thread.isAlive() && !hasPassed()) {
                try {
                    thread.join(Duration.ofNanos(Math.max(1, nanos - (System.nanoTime() - start))));
                } catch (InterruptedException e) {
                    interrupted = true; // the test's own timeout: go on joining, it is bounded
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return !thread.isAlive();
        }
    }
}
