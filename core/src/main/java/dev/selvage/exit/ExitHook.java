package dev.selvage.exit;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that must not outlive its owner's thread, such as a registration or a lock.
 *
 * <p>A hook is hung on a {@link Lifetime} by the owner's thread and taken off by whoever ends the thing earlier.
 * Otherwise {@link #onExit()} runs when the owner ends. Between the two there is a race that the hook settles: order
 * the writes so that clean-up always finds what there is to clean:
 *
 * <ol>
 *   <li>to acquire: add the hook, then publish the thing, then ask {@link Lifetime#isAlive()} again, and take the thing
 *       back if the owner died meanwhile;
 *   <li>to release: take the thing away, then remove the hook.
 * </ol>
 *
 * <p>Then nobody hears of an owner's end before the thing is gone, not even while another thread is half through
 * releasing it.
 */
public abstract class ExitHook {

    /** When a hook runs. */
    public enum Phase {
        /** When the owner is declared exited, at once, even if its thread runs on: names. */
        AT_EXIT,
        /** When the owner's thread really runs none of the owner's code: locks and leases, never held by two. */
        AT_THREAD_END
    }

    private final Phase phase;

    /** The list that this hook is on; guarded by that list's lock, as are its neighbours. */
    @Nullable HookList list;

    @Nullable ExitHook previous;

    @Nullable ExitHook next;

    /**
     * Makes a hook.
     *
     * @param phase when it runs
     */
    protected ExitHook(Phase phase) {
        this.phase = Objects.requireNonNull(phase, "phase");
    }

    /**
     * Returns when this hook runs.
     *
     * @return its phase
     */
    public final Phase phase() {
        return phase;
    }

    /**
     * Takes the thing away. Runs at most once, under no lock, on the ending thread, on the thread that abandons it, or
     * on its watcher. It must not block and must bear a concurrent release of the same thing. What it throws is logged
     * and keeps no other hook from running.
     */
    protected abstract void onExit();
}
