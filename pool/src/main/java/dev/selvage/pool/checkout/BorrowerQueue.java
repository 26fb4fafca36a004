package dev.selvage.pool.checkout;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for a resource, first come, first served. A doubly linked list, so that who gives up leaves the middle at
 * no cost. Everything is guarded by {@code lock}; no code of the user's runs under it.
 */
final class BorrowerQueue<R> {
    private final ReentrantLock lock = new ReentrantLock();
    private final @Nullable Codel codel;
    private @Nullable Borrower<R> first;
    private @Nullable Borrower<R> last;
    private boolean closed;
    private int count;

    /** The length, for those who only look: written under the lock before a borrower looks for what is idle. */
    private volatile int length;

    BorrowerQueue(@Nullable Codel codel) {
        this.codel = codel;
    }

    /** Enters a borrower; false when the queue is closed. */
    boolean add(Borrower<R> borrower) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            borrower.ahead = last;
            if (last == null) {
                first = borrower;
            } else {
                last.behind = borrower;
            }
            last = borrower;
            borrower.isQueued = true;
            length = ++count;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a borrower out that has given up. */
    void remove(Borrower<R> borrower) {
        lock.lock();
        try {
            unlink(borrower);
        } finally {
            lock.unlock();
        }
    }

    private void unlink(Borrower<R> borrower) {
        if (!borrower.isQueued) {
            return;
        }
        borrower.isQueued = false;
        if (borrower.ahead == null) {
            first = borrower.behind;
        } else {
            borrower.ahead.behind = borrower.behind;
        }
        if (borrower.behind == null) {
            last = borrower.ahead;
        } else {
            borrower.behind.ahead = borrower.ahead;
        }
        borrower.ahead = null;
        borrower.behind = null;
        length = --count;
    }

    /**
     * Hands resources to those who wait, in turn, until either runs out. A grant that comes too late for one goes to
     * the next. Returns what was taken and found nobody, or null.
     */
    @Nullable PooledResource<R> serve(Supplier<@Nullable PooledResource<R>> resources, long nowNanos) {
        lock.lock();
        try {
            while (first != null) {
                PooledResource<R> resource = resources.get();
                if (resource == null || !serveOne(resource, nowNanos)) {
                    return resource;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private boolean serveOne(PooledResource<R> resource, long nowNanos) {
        for (Borrower<R> next = first; next != null; next = first) {
            unlink(next);
            boolean shed = codel != null && codel.sheds(nowNanos, nowNanos - next.sinceNanos, first != null);
            if (shed) {
                next.refuse(Borrower.Refusal.SHED);
            } else if (next.grant(resource)) {
                return true;
            }
        }
        return false;
    }

    /** What the shedding of load has to say, once. */
    @Nullable String takeNews() {
        if (codel == null) {
            return null;
        }
        lock.lock();
        try {
            return codel.takeNews();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses all who wait, and all who come. */
    void close() {
        lock.lock();
        try {
            closed = true;
            for (Borrower<R> next = first; next != null; next = first) {
                unlink(next);
                next.refuse(Borrower.Refusal.CLOSED);
            }
        } finally {
            lock.unlock();
        }
    }

    int length() {
        return length;
    }
}
