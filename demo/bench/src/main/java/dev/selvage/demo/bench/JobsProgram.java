package dev.selvage.demo.bench;

import dev.selvage.pool.worker.WorkerPool;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Measures how many jobs of cold keys are done beside those of a hot one, in a JVM of its own. */
final class JobsProgram {
    private static final int WORKERS = 8;
    private static final int SUBMITTERS = 16;
    private static final int COLD_KEYS = 100_000;
    private static final int HOT_KEY = -1;
    private static final int CAPACITY = 1_000;
    private static final long JOB_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongAdder cold = new LongAdder();
    private final LongAdder hot = new LongAdder();

    private JobsProgram() {}

    /** Takes jobs, each with its key. */
    private interface Jobs {
        void submit(int key) throws InterruptedException;
    }

    public static void main(String[] args) throws Exception {
        Logger.getLogger("dev.selvage").setLevel(Level.OFF);
        JobsProgram program = new JobsProgram();
        Jobs jobs = switch (args[0]) {
            case "selvage" -> program.selvage();
            case "requeue" -> program.requeueing();
            case "stripes" -> program.stripes();
            default -> throw new IllegalArgumentException(args[0]);
        };
        program.measure(jobs, args[1].equals("hot"), TimeUnit.SECONDS.toNanos(Integer.parseInt(args[2])));
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private void work(int key) {
        LockSupport.parkNanos(JOB_NANOS);
        (key == HOT_KEY ? hot : cold).increment();
    }

    /** Sixteen submitters of cold jobs keep the pool busy; another sixteen may submit hot ones all the time. */
    private void measure(Jobs jobs, boolean withHot, long nanos) {
        for (int i = 0; i < SUBMITTERS; i++) {
            SplittableRandom random = new SplittableRandom(i);
            submitting(() -> jobs.submit(random.nextInt(COLD_KEYS)));
            if (withHot) {
                submitting(() -> jobs.submit(HOT_KEY));
            }
        }
        pause(WARM_UP_NANOS);
        long coldBefore = cold.sum();
        long hotBefore = hot.sum();
        long began = System.nanoTime();
        pause(nanos);
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf("%.0f %.0f%n", (cold.sum() - coldBefore) / seconds, (hot.sum() - hotBefore) / seconds);
    }

    private interface Step {
        void run() throws InterruptedException;
    }

    private static void submitting(Step step) {
        Thread.startVirtualThread(() -> {
            try {
                while (true) {
                    step.run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    // ---- the pools

    private Jobs selvage() throws InterruptedException {
        WorkerPool<Integer, Boolean> pool = WorkerPool.start(
                "bench",
                WORKERS,
                key -> key,
                key -> {
                    work(key);
                    return true;
                },
                options -> options.withCapacity(CAPACITY));
        return pool::submit;
    }

    /** What many programs do: a worker that finds the key busy puts the job back at the end of the queue. */
    private Jobs requeueing() {
        ArrayBlockingQueue<Integer> queue = new ArrayBlockingQueue<>(CAPACITY);
        Set<Integer> busy = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < WORKERS; i++) {
            ArrayDeque<Integer> putOff = new ArrayDeque<>(); // where the queue has no room for what it gave
            submitting(() -> {
                Integer key = putOff.isEmpty() ? queue.take() : putOff.poll();
                if (busy.add(key)) {
                    work(key);
                    busy.remove(key);
                } else if (!queue.offer(key)) {
                    putOff.add(key);
                    LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                }
            });
        }
        return queue::put;
    }

    /** The other thing that many do: a queue and a worker for each stripe of keys. */
    private Jobs stripes() {
        List<ArrayBlockingQueue<Integer>> queues = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            ArrayBlockingQueue<Integer> queue = new ArrayBlockingQueue<>(CAPACITY / WORKERS);
            queues.add(queue);
            submitting(() -> work(queue.take()));
        }
        return key -> queues.get(Math.floorMod(key, WORKERS)).put(key);
    }
}
