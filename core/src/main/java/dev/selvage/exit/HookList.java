package dev.selvage.exit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hooks of one lifetime: an intrusive doubly linked list for each phase, so that adding, removing and taking the
 * newest cost the same whatever the number of hooks. Everything is guarded by {@code guard}; hooks run outside it.
 */
final class HookList {
    private static final int SPINS_BEFORE_YIELDING = 64;
    private static final VarHandle GUARD;

    static {
        try {
            GUARD = MethodHandles.lookup().findVarHandle(HookList.class, "guard", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final class Chain {
        @Nullable ExitHook oldest;

        @Nullable ExitHook newest;

        boolean closed;
    }

    /**
     * 1 while somebody reads or changes the chains, else 0. Nearly always it is the owner, alone: one compare-and-set
     * and one store, a third of what a ReentrantLock costs, and this is taken twice for each registration and each
     * lock. Whoever finds it taken waits for a few stores to end, or for a snapshot, and nobody parks while he has it.
     */
    private volatile int guard;

    private final Chain atExit = new Chain();
    private final Chain atThreadEnd = new Chain();

    private void enter() {
        if (!GUARD.compareAndSet(this, 0, 1)) {
            enterLater();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // lets whoever is inside go on, where both share a processor
    private void enterLater() {
        int spins = 0;
        do {
            if (spins++ < SPINS_BEFORE_YIELDING) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        } while (guard != 0 || !GUARD.compareAndSet(this, 0, 1));
    }

    private void leave() {
        GUARD.setRelease(this, 0);
    }

    /** Adds at the end, or returns false when the hook's phase has been run. */
    boolean add(ExitHook hook) {
        enter();
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
            leave();
        }
    }

    boolean remove(ExitHook hook) {
        enter();
        try {
            if (hook.list != this) {
                return false;
            }
            unlink(hook);
            return true;
        } finally {
            leave();
        }
    }

    /** Whether a hook is the only one of its phase; also if it is not on this list and no other is. */
    boolean isOnly(ExitHook hook) {
        enter();
        try {
            Chain chain = chain(hook.phase());
            return (chain.oldest == null || chain.oldest == hook) && (chain.newest == null || chain.newest == hook);
        } finally {
            leave();
        }
    }

    /** Takes the newest hook of a phase; closes the phase and returns null when there is none left. */
    @Nullable ExitHook takeNewest(ExitHook.Phase phase) {
        enter();
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
            leave();
        }
    }

    <T extends ExitHook> List<T> snapshot(Class<T> type) {
        List<T> found = new ArrayList<>();
        enter();
        try {
            collect(atExit, type, found);
            collect(atThreadEnd, type, found);
        } finally {
            leave();
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
