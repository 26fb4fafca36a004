package dev.selvage.lock;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Something that an {@link Actor} does. */
final class Step<T> implements Runnable {
    private static final long PATIENCE_SECONDS = 20;

    private final FutureTask<T> task;
    private volatile boolean started;

    Step(Callable<T> body) {
        task = new FutureTask<>(body);
    }

    @Override
    public void run() {
        started = true;
        task.run();
    }

    boolean hasStarted() {
        return started;
    }

    boolean isDone() {
        return task.isDone();
    }

    /** Waits for the end; what the step threw is thrown. */
    T get() throws Exception {
        try {
            return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new AssertionError("the step did not end", e);
        }
    }

    @Override
    public String toString() {
        return task.toString();
    }
}
