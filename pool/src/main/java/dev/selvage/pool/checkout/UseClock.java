package dev.selvage.pool.checkout;

import dev.selvage.time.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tells the uses of one pool that have a deadline when it has passed. One virtual thread for all of them, which begins
 * with the first and ends when there was none for a second: a pool that knows no deadlines has none. It belongs to no
 * tree: a deadline counts too where the pool's tree has stopped or its keeper is being restarted.
 *
 * <p>It sleeps until the first of them, and is woken only by one that is earlier. So where all have the same limit, it
 * wakes once in that time, however many there are.
 */
final class UseClock<R> {
    private static final Logger LOG = System.getLogger("dev.selvage.pool.checkout");

    /** How long the thread waits for another use; and how late it may learn that there is none. */
    private static final long LINGER_NANOS = 1_000_000_000;

    private final Lending<R> lending;
    private final Ticker ticker;

    /** Guards the fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Readings are compared by their difference, since they may overflow. */
    private final TreeSet<TimedUse<R>> uses = new TreeSet<>((one, other) -> {
        long difference = one.dueNanos - other.dueNanos;
        return difference != 0 ? Long.signum(difference) : Long.compare(one.number, other.number);
    });

    private long lastNumber;

    /** Who sleeps until the first is due; null where nobody does. */
    private @Nullable Thread thread;

    /** When the thread wakes by itself. */
    private long wakesNanos;

    private boolean closed;

    UseClock(Lending<R> lending) {
        this.lending = lending;
        this.ticker = lending.options().ticker();
    }

    void add(TimedUse<R> use) {
        lock.lock();
        try {
            use.number = ++lastNumber;
            Thread sleeper = thread;
            if (sleeper == null || !sleeper.isAlive()) {
                thread = start(); // first, as it may fail
                wakesNanos = use.dueNanos;
            } else if (use.dueNanos - wakesNanos < 0) {
                LockSupport.unpark(sleeper);
            }
            uses.add(use);
        } finally {
            lock.unlock();
        }
    }

    private Thread start() {
        return Thread.ofVirtual()
                .name(lending.name() + "-deadlines")
                .inheritInheritableThreadLocals(false)
                .start(this::run);
    }

    void remove(TimedUse<R> use) {
        lock.lock();
        try {
            if (uses.remove(use) && uses.isEmpty() && sleepsLongerThanItNeeds()) {
                LockSupport.unpark(thread);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean sleepsLongerThanItNeeds() {
        return closed || wakesNanos - ticker.nanoTime() > LINGER_NANOS;
    }

    /** No uses will come any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            LockSupport.unpark(thread); // which may be null
        } finally {
            lock.unlock();
        }
    }

    /** Who keeps the time now; for tests. */
    Optional<Thread> thread() {
        lock.lock();
        try {
            return Optional.ofNullable(thread);
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        for (long sleepNanos = next(); sleepNanos >= 0; sleepNanos = next()) {
            ticker.parkNanos(this, sleepNanos);
            Thread.interrupted(); // nobody has a reason to; a deadline it was not
        }
    }

    /** Tells one that is due. Returns how long to sleep then; less than 0: the thread is not needed any more. */
    private long next() {
        TimedUse<R> due;
        long sleepNanos;
        lock.lock();
        try {
            long now = ticker.nanoTime();
            due = takeDue(now);
            sleepNanos = due == null ? decideSleep(now) : 0;
        } finally {
            lock.unlock();
        }
        if (due != null) {
            tell(due);
        }
        return sleepNanos;
    }

    private @Nullable TimedUse<R> takeDue(long now) {
        return uses.isEmpty() || uses.first().dueNanos - now > 0 ? null : uses.pollFirst();
    }

    /** With none that is due. One that finds none at all waits for another, and not twice. */
    private long decideSleep(long now) {
        boolean unneeded = uses.isEmpty() && (closed || wakesNanos - now <= 0);
        if (unneeded) {
            thread = null;
            return -1;
        }
        long sleepNanos = uses.isEmpty() ? Math.min(LINGER_NANOS, wakesNanos - now) : uses.first().dueNanos - now;
        wakesNanos = now + sleepNanos;
        return sleepNanos;
    }

    private void tell(TimedUse<R> due) {
        try {
            due.passed();
        } catch (Throwable failure) {
            LOG.log(Level.ERROR, "the deadline of a use in " + lending + " was told with a failure", failure);
        }
    }
}
