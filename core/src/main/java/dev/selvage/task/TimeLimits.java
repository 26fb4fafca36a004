package dev.selvage.task;

import dev.selvage.process.TaskBody;
import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the keeper of time limits runs: it interrupts the items that take too long, and abandons those that ignore that.
 * In a process of its own, since the owner of the map may be away, busy with a result, while an item hangs.
 */
final class TimeLimits implements TaskBody {
    private final Duration limit;
    private final Duration interruptPatience;
    private final Ticker ticker;

    private final ReentrantLock lock = new ReentrantLock();

    /** Until when each may run. All have the same limit, so the order of starts is that of deadlines. Guarded. */
    private final SequencedMap<Slot<?, ?>, Deadline> running = new LinkedHashMap<>();

    /** Until when each of those that were interrupted may take to end, the earliest first. Guarded. */
    private final SequencedMap<Slot<?, ?>, Deadline> overdue = new LinkedHashMap<>();

    /**
     * Guarded: set by the keeper when it is about to park and no item runs, cleared by the owner, who wakes it for the
     * next. Otherwise it parks until the deadline of an item, and those of later items are later.
     */
    private boolean idle;

    /** Owner only. */
    private @Nullable Thread keeper;

    /** Returns null if there is nothing to keep. */
    static @Nullable TimeLimits of(ParallelMapOptions options) {
        Duration limit = options.timeout();
        return limit == null || Deadline.after(limit, options.ticker()).isNever()
                ? null
                : new TimeLimits(limit, options.interruptPatience(), options.ticker());
    }

    private TimeLimits(Duration limit, Duration interruptPatience, Ticker ticker) {
        this.limit = limit;
        this.interruptPatience = interruptPatience;
        this.ticker = ticker;
    }

    /** Whether the keeper still has to be started. Owner only. */
    boolean hasNoKeeper() {
        return keeper == null;
    }

    void keptBy(Thread thread) {
        keeper = thread;
    }

    /** Until when an item may run that is started now. */
    Deadline next() {
        return Deadline.after(limit, ticker);
    }

    /** Owner only, right after the item was started, in the order of deadlines. */
    void watch(Slot<?, ?> slot, Deadline deadline) {
        boolean wake;
        lock.lock();
        try {
            running.put(slot, deadline);
            wake = idle;
            idle = false;
        } finally {
            lock.unlock();
        }
        if (wake) {
            LockSupport.unpark(keeper);
        }
    }

    /** Once its process has ended. Any thread. */
    void forget(Slot<?, ?> slot) {
        lock.lock();
        try {
            running.remove(slot);
            overdue.remove(slot);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() throws InterruptedException {
        for (; ; ) {
            enforce();
            nextDeadline().park(this);
            if (Thread.interrupted()) {
                throw new InterruptedException("the parallel map is closed");
            }
        }
    }

    private void enforce() throws InterruptedException {
        for (Slot<?, ?> late = running2overdue(); late != null; late = running2overdue()) {
            if (!late.timeOut(limit)) {
                forget(late); // it has its outcome and is ending
            }
        }
        for (Slot<?, ?> deaf = takeDeaf(); deaf != null; deaf = takeDeaf()) {
            deaf.abandon();
        }
    }

    private @Nullable Slot<?, ?> running2overdue() {
        lock.lock();
        try {
            Map.Entry<Slot<?, ?>, Deadline> oldest = running.firstEntry();
            if (oldest == null || !oldest.getValue().hasPassed()) {
                return null;
            }
            running.remove(oldest.getKey());
            overdue.put(oldest.getKey(), Deadline.after(interruptPatience, ticker));
            return oldest.getKey();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Slot<?, ?> takeDeaf() {
        lock.lock();
        try {
            Map.Entry<Slot<?, ?>, Deadline> oldest = overdue.firstEntry();
            if (oldest == null || !oldest.getValue().hasPassed()) {
                return null;
            }
            overdue.remove(oldest.getKey());
            return oldest.getKey();
        } finally {
            lock.unlock();
        }
    }

    /** The next that has to be looked at. One that has passed meanwhile makes a wait that ends at once. */
    private Deadline nextDeadline() {
        lock.lock();
        try {
            Deadline ofRunning = firstOf(running);
            Deadline ofOverdue = firstOf(overdue);
            idle = ofRunning.isNever();
            return ofRunning.remainingNanos() <= ofOverdue.remainingNanos() ? ofRunning : ofOverdue;
        } finally {
            lock.unlock();
        }
    }

    private static Deadline firstOf(SequencedMap<Slot<?, ?>, Deadline> deadlines) {
        Map.Entry<Slot<?, ?>, Deadline> first = deadlines.firstEntry();
        return first == null ? Deadline.never() : first.getValue();
    }
}
