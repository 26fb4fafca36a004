package dev.selvage.process;

import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Ends all processes of a closing scope together, each by its own patience, in the time of the longest. */
final class ScopeClose {
    private final List<ManagedProcess<?>> youngestFirst;
    private final Ticker ticker;
    private boolean interrupted;

    private record Waiting(ManagedProcess<?> process, Deadline deadline) {}

    ScopeClose(List<ManagedProcess<?>> youngestFirst, Ticker ticker) {
        this.youngestFirst = youngestFirst;
        this.ticker = ticker;
    }

    /** Returns whether the closing thread was interrupted; its status is clear afterwards. */
    boolean run() {
        interrupted = Thread.interrupted();
        List<Waiting> killed = new ArrayList<>();
        for (Waiting each : stopAll()) {
            if (!endsInTime(each)) {
                each.process().kill();
                killed.add(new Waiting(
                        each.process(), after(each.process().options().interruptPatience())));
            }
        }
        for (Waiting each : killed) {
            each.process().killOrAbandon(each.deadline());
            interrupted |= Thread.interrupted();
        }
        return interrupted;
    }

    /** Asks all to stop, the youngest first; returns them in the order in which their patience ends. */
    private List<Waiting> stopAll() {
        List<Waiting> waiting = new ArrayList<>();
        for (ManagedProcess<?> process : youngestFirst) {
            Deadline deadline = after(process.options().stopPatience());
            if (!deadline.hasPassed()) {
                process.stop();
            }
            waiting.add(new Waiting(process, deadline));
        }
        waiting.sort(Comparator.comparingLong(each -> each.deadline().remainingNanos()));
        return waiting;
    }

    /** Waits for an orderly end; after an interrupt of the closing thread nothing is waited for any more. */
    private boolean endsInTime(Waiting each) {
        if (!interrupted && !each.deadline().hasPassed()) {
            try {
                each.process().join(Duration.ofNanos(each.deadline().remainingNanos()));
            } catch (InterruptedException passedOn) {
                interrupted = true; // to the processes, as a kill; the status is set again when the scope is closed
            }
        }
        return each.process().hasExited();
    }

    private Deadline after(Duration patience) {
        return Deadline.after(patience, ticker);
    }
}
