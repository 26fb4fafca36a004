package dev.selvage.demo.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.selvage.process.ProcessScope;
import java.lang.management.ManagementFactory;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts many idle things in a JVM of its own, and prints how many bytes of heap each takes and how much processor time
 * they use, in nanoseconds, over some seconds of idleness.
 */
final class IdleProgram {
    private static final long LONGEST_START_NANOS = TimeUnit.MINUTES.toNanos(2);

    private static final int LONGEST_UNREST_SECONDS = 10;

    /** What a JVM at rest uses in a second at most: two of the operating system's ticks. */
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private IdleProgram() {}

    public static void main(String[] args) {
        int count = Integer.parseInt(args[1]);
        int idleSeconds = Integer.parseInt(args[2]);
        long before = heapInUse();
        Object[] held = args[0].equals("processes") ? processes(count) : threads(count);
        long bytes = heapInUse() - before;
        comeToRest();
        long processorNanos = idle(idleSeconds);
        System.out.printf("%d %d%n", bytes / held.length, processorNanos);
        Runtime.getRuntime().halt(0); // ending a million of them is not what is measured
    }

    private static Object[] threads(int count) {
        Thread[] threads = new Thread[count];
        for (int i = 0; i < count; i++) {
            LinkedTransferQueue<Object> queue = new LinkedTransferQueue<>();
            threads[i] = Thread.startVirtualThread(() -> {
                try {
                    throw new IllegalStateException("not idle: " + queue.take());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        awaitParked(threads);
        return threads;
    }

    private static Object[] processes(int count) {
        ProcessScope scope = ProcessScope.open("idle");
        Thread[] threads = new Thread[count];
        for (int i = 0; i < count; i++) {
            threads[i] = scope.<Object>start("idle", mailbox -> {
                        throw new IllegalStateException("not idle: " + mailbox.receive());
                    })
                    .thread();
        }
        awaitParked(threads);
        return threads;
    }

    private static void awaitParked(Thread[] threads) {
        long start = System.nanoTime();
        for (Thread thread : threads) {
            while (thread.getState() != Thread.State.WAITING) {
                if (System.nanoTime() - start > LONGEST_START_NANOS) {
                    throw new IllegalStateException(thread + " does not wait, it is " + thread.getState());
                }
                LockSupport.parkNanos(10_000);
            }
        }
    }

    /** The least of some collections: what is not collected at once, such as what references clear, is not ours. */
    private static long heapInUse() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /** Lets the compilers and the collector finish what the start gave them to do: that is no idleness yet. */
    static void comeToRest() {
        int seconds = 0;
        while (seconds < LONGEST_UNREST_SECONDS && idle(1) > REST_NANOS) {
            seconds++;
        }
    }

    static long idle(int seconds) {
        OperatingSystemMXBean machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        long before = machine.getProcessCpuTime();
        long left;
        while ((left = end - System.nanoTime()) > 0) {
            LockSupport.parkNanos(left);
        }
        return machine.getProcessCpuTime() - before;
    }
}
