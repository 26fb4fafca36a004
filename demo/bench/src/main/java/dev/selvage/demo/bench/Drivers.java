package dev.selvage.demo.bench;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Benchmark threads are platform threads; what is measured between virtual threads is driven from one. */
final class Drivers {

    private Drivers() {}

    static <T> T inVirtualThread(Callable<T> body) throws InterruptedException {
        FutureTask<T> task = new FutureTask<>(body);
        Thread.ofVirtual().name("driver").start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the benchmark failed", e.getCause());
        }
    }
}
