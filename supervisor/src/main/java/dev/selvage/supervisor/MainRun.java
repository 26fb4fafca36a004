package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** A tree that a program's main thread waits for: keeps the JVM up while it runs, and stops it when the JVM ends. */
final class MainRun {

    private MainRun() {}

    static void run(Launch launch, Runnable afterwards) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = addShutdownHook(launch, Thread.currentThread(), ended);
        try {
            keepJvmUp(launch.node().name(), ended);
            launch.detached();
            try {
                join(launch);
            } finally {
                afterwards.run();
            }
        } finally {
            ended.countDown();
            LockSupport.unpark(hook);
            removeShutdownHook(hook);
        }
    }

    private static void join(Launch launch) throws InterruptedException {
        ProcessRef<?> process = launch.process();
        try {
            Optional<ExitReason> endedEarly = launch.awaitOutcome();
            if (endedEarly.isPresent() && endedEarly.get().isAbnormal()) {
                throw launch.startFailure(endedEarly.get());
            }
            check(launch.node().name(), process.join());
        } catch (InterruptedException interrupt) {
            Supervisor.shutdown(launch.node(), process);
            throw interrupt;
        }
    }

    private static void check(String name, ExitReason reason) {
        if (!reason.isAbnormal()) {
            return;
        }
        if (!(reason instanceof ExitReason.Failed(Throwable cause))) {
            throw new SupervisorException("supervisor '" + name + "' was killed");
        }
        if (cause instanceof SupervisorException.GaveUp gaveUp) {
            throw gaveUp.onThisThread();
        }
        throw new SupervisorException("supervisor '" + name + "' failed: " + cause, cause);
    }

    private static Thread addShutdownHook(Launch launch, Thread caller, CountDownLatch ended) {
        String name = launch.node().name();
        Thread hook = new Thread(() -> stopForExit(launch, caller, ended), "shutdown hook of " + name);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException ending) {
            throw new SupervisorException("supervisor '" + name + "' is not started: the JVM is ending", ending);
        }
        return hook;
    }

    private static void stopForExit(Launch launch, Thread caller, CountDownLatch ended) {
        JvmExit.begin();
        try {
            Supervisor.shutdown(launch.node(), launch.process());
        } catch (InterruptedException nobodyWaitsForThis) {
            Thread.currentThread().interrupt();
        }
        Deadline deadline = Deadline.after(Supervisor.MARGIN, Ticker.system());
        while (ended.getCount() > 0 && !deadline.hasPassed() && !JvmExit.isWaitedForBy(caller)) {
            deadline.park(ended);
        }
    }

    private static void removeShutdownHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            return; // it runs already, and finds the tree ended
        }
    }

    /** The caller keeps the JVM up, unless it is a daemon, as every virtual thread is. */
    private static void keepJvmUp(String name, CountDownLatch ended) {
        if (Thread.currentThread().isDaemon()) {
            Thread.ofPlatform()
                    .daemon(false)
                    .name("keeps the JVM up for " + name)
                    .start(() -> awaitQuietly(ended));
        }
    }

    private static void awaitQuietly(CountDownLatch ended) {
        try {
            ended.await();
        } catch (InterruptedException enough) {
            Thread.currentThread().interrupt();
        }
    }
}
