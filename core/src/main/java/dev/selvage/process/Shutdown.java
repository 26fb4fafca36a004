package dev.selvage.process;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef.Monitor;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Ends one process in bounded time: stop, then interrupt, then abandon, each after its wait (design rule 5.8). */
final class Shutdown {
    private final ManagedProcess<?> process;

    Shutdown(ManagedProcess<?> process) {
        this.process = process;
    }

    ExitReason run(Duration stopPatience, Duration interruptPatience) throws InterruptedException {
        InterruptedException interrupt = null;
        if (!stopPatience.isNegative() && !stopPatience.isZero()) {
            process.stop();
            try {
                Optional<ExitReason> reason = process.join(stopPatience);
                if (reason.isPresent()) {
                    return reason.get();
                }
            } catch (InterruptedException e) {
                interrupt = e;
            }
        }
        process.killOrAbandon(process.deadline(interruptPatience));
        if (interrupt != null) {
            throw interrupt;
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while shutting down '" + process.name() + "'");
        }
        return process.exitReason().orElseThrow();
    }

    /** Waits for the exit; an interrupt of the waiting thread is kept for later. */
    static void awaitUninterruptibly(ManagedProcess<?> process, Deadline deadline) {
        if (process.hasExited()) {
            return;
        }
        Thread waiter = Thread.currentThread();
        boolean interrupted = false;
        try (Monitor monitor = process.monitor(exit -> LockSupport.unpark(waiter))) {
            while (!process.hasExited() && !deadline.hasPassed()) {
                deadline.park(monitor);
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                waiter.interrupt();
            }
        }
    }
}
