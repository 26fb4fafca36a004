package dev.selvage.exit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The hooks of one lifetime: an intrusive doubly linked list for each phase, so that adding, removing and taking the
 * newest cost the same whatever the number of hooks. Everything is guarded by {@code lock}; hooks run outside it.
 */
final class HookList {
    private static final class Chain {
        @Nullable ExitHook oldest;

        @Nullable ExitHook newest;

        boolean closed;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Chain atExit = new Chain();
    private final Chain atThreadEnd = new Chain();

    /** Adds at the end, or returns false when the hook's phase has been run. */
    boolean add(ExitHook hook) {
        lock.lock();
        try {
            if (hook.list != null) {
                throw new IllegalStateException("hook is on a lifetime already: " + hook);
            }
            Chain chain = chain(hook.phase());
            if (chain.closed) {
                return false;
            }
            hook.list = this;
            hook.previous = chain.newest;
            if (chain.newest == null) {
                chain.oldest = hook;
            } else {
                chain.newest.next = hook;
            }
            chain.newest = hook;
            return true;
        } finally {
            lock.unlock();
        }
    }

    boolean remove(ExitHook hook) {
        lock.lock();
        try {
            if (hook.list != this) {
                return false;
            }
            unlink(hook);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the newest hook of a phase; closes the phase and returns null when there is none left. */
    @Nullable ExitHook takeNewest(ExitHook.Phase phase) {
        lock.lock();
        try {
            Chain chain = chain(phase);
            ExitHook hook = chain.newest;
            if (hook == null) {
                chain.closed = true;
            } else {
                unlink(hook);
            }
            return hook;
        } finally {
            lock.unlock();
        }
    }

    <T extends ExitHook> List<T> snapshot(Class<T> type) {
        List<T> found = new ArrayList<>();
        lock.lock();
        try {
            collect(atExit, type, found);
            collect(atThreadEnd, type, found);
        } finally {
            lock.unlock();
        }
        return found;
    }

    private static <T extends ExitHook> void collect(Chain chain, Class<T> type, List<T> into) {
        for (ExitHook hook = chain.oldest; hook != null; hook = hook.next) {
            if (type.isInstance(hook)) {
                into.add(type.cast(hook));
            }
        }
    }

    private Chain chain(ExitHook.Phase phase) {
        return phase == ExitHook.Phase.AT_EXIT ? atExit : atThreadEnd;
    }

    private void unlink(ExitHook hook) {
        Chain chain = chain(hook.phase());
        ExitHook before = hook.previous;
        ExitHook after = hook.next;
        if (before == null) {
            chain.oldest = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            chain.newest = before;
        } else {
            after.previous = before;
        }
        hook.previous = null;
        hook.next = null;
        hook.list = null;
    }
}
