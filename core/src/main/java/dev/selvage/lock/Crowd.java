package dev.selvage.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Who is at a key besides its first holder: those that share it, and those that wait. All of it is guarded by
 * {@link #enter} and {@link #leave}; inside are some dozen instructions, no user code, no other lock and nothing that
 * parks. So whoever finds the guard taken waits for that little, and need not be queued, parked and woken, which would
 * cost a hundred times as much as what it waits for.
 */
final class Crowd<K> {
    private static final int SPINS_BEFORE_YIELDING = 64;
    private static final VarHandle GUARD;

    static {
        try {
            GUARD = MethodHandles.lookup().findVarHandle(Crowd.class, "guard", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Those that wait, the first to be served first. */
    final TicketList<K> waiting = new TicketList<>();

    /** All holders but the one that the slot names. */
    final TicketList<K> sharing = new TicketList<>();

    /** 1 while somebody is inside. */
    private volatile int guard;

    void enter() {
        if (!GUARD.compareAndSet(this, 0, 1)) {
            enterLater();
        }
    }

    private void enterLater() {
        int spins = 0;
        do {
            if (spins++ < SPINS_BEFORE_YIELDING) {
                Thread.onSpinWait();
            } else {
                Turn.giveAway();
            }
        } while (guard != 0 || !GUARD.compareAndSet(this, 0, 1));
    }

    void leave() {
        GUARD.setRelease(this, 0);
    }
}
