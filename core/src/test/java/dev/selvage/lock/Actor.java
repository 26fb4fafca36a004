package dev.selvage.lock;

import dev.selvage.testing.Threads;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A thread that does what the test tells it, step by step, until it is told to end. Made by {@link Actors}.
 */
final class Actor {
    /** What a crashing actor dies of: an error, without a stack that would fill the log. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("expected by the test", null, false, false);
        }
    }

    private final BlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();
    private final Thread thread;

    /** Written and read by the actor's own thread. */
    private boolean ended;

    Actor(HolderKind kind, Actors actors, String name) {
        thread = kind.start(actors, name, this::work);
    }

    private void work() {
        while (!ended) {
            try {
                steps.take().run();
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted between two steps", e);
            }
        }
    }

    Thread thread() {
        return thread;
    }

    /** Begins a step and returns at once. */
    <T> Step<T> begin(Callable<T> body) {
        Step<T> step = new Step<>(body);
        steps.add(step);
        return step;
    }

    /** Begins a step and returns when it has parked the thread. */
    <T> Step<T> beginAndPark(Callable<T> body) {
        Step<T> step = begin(body);
        Threads.awaitTrue(thread + " parked in the step", () -> step.hasStarted() && isParked() || step.isDone());
        if (step.isDone()) {
            throw new AssertionError("the step did not wait: " + step);
        }
        return step;
    }

    private boolean isParked() {
        Thread.State state = thread.getState();
        return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
    }

    /** Runs a step and returns what it returned; what it threw is thrown. */
    <T> T call(Callable<T> body) throws Exception {
        return begin(body).get();
    }

    /** Tells the thread to end after the steps before, and waits until it has. */
    void end() {
        tellToEnd();
        join();
    }

    void tellToEnd() {
        begin(() -> ended = true);
    }

    /** Makes the thread end by an exception that nobody catches, and waits until it has. */
    void crash() {
        steps.add(() -> {
            thread.setUncaughtExceptionHandler((crashed, expected) -> {});
            throw new Crash();
        });
        join();
    }

    void join() {
        Threads.awaitState(thread, Thread.State.TERMINATED);
    }
}
