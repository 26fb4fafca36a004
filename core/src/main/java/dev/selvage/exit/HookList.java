package dev.selvage.exit;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The hooks of one lifetime: an intrusive doubly linked list, so that adding and removing cost the same whatever the
 * number of hooks. Everything is guarded by {@code lock}; hooks run outside it.
 */
final class HookList {
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<ExitHook.Phase> closed = EnumSet.noneOf(ExitHook.Phase.class);
    private @Nullable ExitHook oldest;
    private @Nullable ExitHook newest;

    /** Adds at the end, or returns false when the hook's phase has been run. */
    boolean add(ExitHook hook) {
        lock.lock();
        try {
            if (hook.list != null) {
                throw new IllegalStateException("hook is on a lifetime already: " + hook);
            }
            if (closed.contains(hook.phase())) {
                return false;
            }
            hook.list = this;
            hook.previous = newest;
            if (newest == null) {
                oldest = hook;
            } else {
                newest.next = hook;
            }
            newest = hook;
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
            for (ExitHook hook = newest; hook != null; hook = hook.previous) {
                if (hook.phase() == phase) {
                    unlink(hook);
                    return hook;
                }
            }
            closed.add(phase);
            return null;
        } finally {
            lock.unlock();
        }
    }

    <T extends ExitHook> List<T> snapshot(Class<T> type) {
        List<T> found = new ArrayList<>();
        lock.lock();
        try {
            for (ExitHook hook = oldest; hook != null; hook = hook.next) {
                if (type.isInstance(hook)) {
                    found.add(type.cast(hook));
                }
            }
        } finally {
            lock.unlock();
        }
        return found;
    }

    private void unlink(ExitHook hook) {
        ExitHook before = hook.previous;
        ExitHook after = hook.next;
        if (before == null) {
            oldest = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            newest = before;
        } else {
            after.previous = before;
        }
        hook.previous = null;
        hook.next = null;
        hook.list = null;
    }
}
