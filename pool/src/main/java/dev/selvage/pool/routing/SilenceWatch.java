package dev.selvage.pool.routing;

import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Finds a peer that has gone silent: the oldest request in flight stays the same for an interval (design rule 10.2).
 *
 * <p>It runs on a thread of its own, because the member's may be blocked in a send to that very peer. It picks the
 * oldest request as its <em>suspect</em> and looks again a few times in the interval. While nothing is in flight it
 * sleeps without a limit, and the next request sent wakes it; so it costs a request nothing but a look at a flag, and
 * an idle connection nothing at all.
 *
 * <p>A suspect whose caller gives up stays the suspect: it is the peer that owes the answer. Otherwise callers with
 * less patience than the interval would keep a dead connection in use for ever.
 *
 * <p>Found after at least one interval and at most one and a quarter, counted from when the silent peer's oldest
 * request became the oldest.
 */
final class SilenceWatch {
    private static final long NOBODY = 0;
    private static final int LOOKS_AN_INTERVAL = 4;

    private final Connection<?, ?> connection;
    private final Duration interval;
    private final Ticker ticker;
    private final long lookAgainNanos;

    /** The id of a request that has been in flight since a look. Set by the watch, or by the sender that wakes it. */
    private volatile long suspect = NOBODY;

    /** Set by the watch before it sleeps without a limit, cleared by the sender that wakes it. */
    private volatile boolean idle;

    /** Written by the watch when it begins. */
    private volatile @Nullable Thread watcher;

    SilenceWatch(Connection<?, ?> connection, Duration interval, Ticker ticker) {
        this.connection = connection;
        this.interval = interval;
        this.ticker = ticker;
        this.lookAgainNanos = Math.max(1, Deadline.after(interval, ticker).remainingNanos() / LOOKS_AN_INTERVAL);
    }

    /** By the sender, with a request that is booked, before it is written. */
    void sending(long id) {
        if (idle) {
            suspect = id;
            idle = false;
            wake();
        }
    }

    /** By whoever sees a request of the connection end otherwise than by its caller's giving up. */
    void answered(long id) {
        if (id == suspect) {
            suspect = NOBODY;
        }
    }

    /** By whoever dropped the connection. */
    void wake() {
        LockSupport.unpark(watcher);
    }

    /** What the thread of the watch runs; returns when the connection is dropped, by it or by another. */
    void run() throws InterruptedException {
        watcher = Thread.currentThread();
        while (!connection.isDropped()) {
            long id = suspect == NOBODY ? suspectOldest() : suspect;
            if (id == NOBODY) {
                awaitRequest();
            } else if (staysUnanswered(id)) {
                connection.foundSilent(id, interval);
            }
        }
    }

    private long suspectOldest() {
        long oldest = connection.oldestInFlight();
        if (oldest == NOBODY) {
            return NOBODY;
        }
        suspect = oldest;
        VarHandle.fullFence(); // whoever answers takes it out first and looks at the suspect afterwards
        if (!connection.isInFlight(oldest)) {
            suspect = NOBODY;
        }
        return suspect;
    }

    private void awaitRequest() throws InterruptedException {
        idle = true;
        VarHandle.fullFence(); // a sender books its request first and looks whether this is idle afterwards
        if (connection.oldestInFlight() != NOBODY) {
            idle = false;
        }
        while (idle && !connection.isDropped()) {
            LockSupport.park(this);
            throwIfInterrupted();
        }
    }

    private boolean staysUnanswered(long id) throws InterruptedException {
        Deadline silent = Deadline.after(interval, ticker);
        while (suspect == id && !connection.isDropped()) {
            if (silent.hasPassed()) {
                return true;
            }
            ticker.parkNanos(this, Math.min(lookAgainNanos, silent.remainingNanos()));
            throwIfInterrupted();
        }
        return false;
    }

    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    @Override
    public String toString() {
        return "silence watch of " + connection;
    }
}
