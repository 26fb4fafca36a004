package dev.selvage.lock;

import dev.selvage.exit.ExitException;
import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import dev.selvage.time.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One thread's turn at one key, from the moment it waits until it is over: waiter, holder, the lease of the outermost
 * lock call, and the hook on the holder's lifetime, in one object.
 */
final class Ticket<K> extends ExitHook implements Lease<K> {
    /*
     *                                 nest +4 / nested close -4
     *                                      +----+
     *              waiting2held            |    v    last lease closed, not CONTENDED
     *   WAITING ---------------------->  HELD (> 1)  --------------------------------> RETIRED (0)
     *      |                               |                                               ^
     *      | waiting2cancelled             | last lease closed, CONTENDED                  | nobody waits any more
     *      v                               v                                               | (under the guard)
     *   CANCELLED                       PASSING (1) ---------------------------------------+
     *                                      stays so when the key has gone to a waiter
     *
     * HELD is a number: bit 0 CONTENDED, set under the guard by the first waiter behind this holder and then kept; bit
     * 1 set while the outermost lease is open; from bit 2 the count of nested leases. RETIRED, and nothing else, says
     * that the slot is dead; so a ticket that has passed its key on must never read RETIRED.
     */
    private static final int CANCELLED = -2;
    private static final int WAITING = -1;
    private static final int RETIRED = 0;
    private static final int PASSING = 1;

    private static final int CONTENDED = 1;
    private static final int OUTERMOST = 2;
    private static final int NESTED = 4;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Ticket.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Slot<K> slot;
    private final Lifetime lifetime;
    private volatile int state;

    /** Neighbours in the slot's queue, guarded by its guard. */
    @Nullable Ticket<K> ahead;

    @Nullable Ticket<K> behind;

    private Ticket(Slot<K> slot, Lifetime lifetime, int state) {
        super(Phase.AT_THREAD_END);
        this.slot = slot;
        this.lifetime = lifetime;
        this.state = state;
    }

    static <K> Ticket<K> held(Slot<K> slot, Lifetime lifetime) {
        return new Ticket<>(slot, lifetime, OUTERMOST);
    }

    static <K> Ticket<K> waiting(Slot<K> slot, Lifetime lifetime) {
        return new Ticket<>(slot, lifetime, WAITING);
    }

    /**
     * Hangs this ticket on the life of the current thread, its own. First of all: from here on that thread's end ends
     * it.
     */
    void hang() {
        try {
            lifetime.add(this);
        } catch (ExitException abandoned) {
            throw LockException.OwnerExited.of(slot, holder());
        }
    }

    // as the lease of the outermost call

    @Override
    public K key() {
        return slot.key();
    }

    @Override
    public Owner holder() {
        return lifetime.owner();
    }

    @Override
    public boolean isHeld() {
        return (state & OUTERMOST) != 0 && isHolding();
    }

    @Override
    public void close() {
        int now = state;
        while (isHeldIn(now) && (now & OUTERMOST) != 0) {
            int left = now & ~OUTERMOST;
            if (STATE.compareAndSet(this, now, left)) {
                leaseClosed(left);
                return;
            }
            now = state;
        }
    }

    // as the holder

    private static boolean isHeldIn(int state) {
        return state > PASSING;
    }

    /** Whether this ticket holds the key, by whatever lease, for a thread that has not ended. Any thread. */
    boolean isHolding() {
        return isHeldIn(state) && !lifetime.hasEnded();
    }

    /** Another lease for the thread that holds; null if that is not the current one, or if it has just lost the key. */
    @Nullable Lease<K> nest() {
        if (lifetime.thread() != Thread.currentThread()) {
            return null;
        }
        int now = state;
        while (isHeldIn(now)) {
            if (now > Integer.MAX_VALUE - NESTED) {
                throw new LockException(holder().name() + " locks " + slot + " for the " + (now / NESTED) + "th time");
            }
            if (STATE.compareAndSet(this, now, now + NESTED)) {
                return new NestedLease<>(this);
            }
            now = state;
        }
        return null;
    }

    /** Called once for each nested lease. */
    void closeNested() {
        int now = state;
        while (isHeldIn(now)) {
            int left = now - NESTED;
            if (STATE.compareAndSet(this, now, left)) {
                leaseClosed(left);
                return;
            }
            now = state;
        }
    }

    private void leaseClosed(int left) {
        if (!isHeldIn(left)) {
            letGo(left);
            lifetime.remove(this); // last, and only if that went well: until then this thread's end has to finish it
        }
    }

    private boolean letGo(int left) {
        if (left == PASSING) {
            return slot.passOn(this);
        }
        slot.retire();
        return true;
    }

    /** Sets the mark that a waiter comes, or returns false if the slot is retired. Under the guard, for the holder. */
    boolean contend() {
        int now = state;
        while (now != RETIRED) {
            if ((now & CONTENDED) != 0 || STATE.compareAndSet(this, now, now | CONTENDED)) {
                return true;
            }
            now = state;
        }
        return false;
    }

    /** Under the guard, when nobody waits any more. */
    void passing2retired() {
        state = RETIRED;
    }

    /**
     * Clears the way if this ticket stands in it for nothing: takes a retired slot out of the table, and releases the
     * key in the place of a thread that has ended. Any thread.
     *
     * @return true if it did, so that the caller looks again
     */
    boolean clearIfOver() {
        int now = state;
        if (now == RETIRED) {
            slot.retire();
            return true;
        }
        return now >= PASSING && lifetime.hasEnded() && releaseAll();
    }

    private boolean releaseAll() {
        int now = state;
        while (isHeldIn(now) && !STATE.compareAndSet(this, now, now & CONTENDED)) {
            now = state;
        }
        return now >= RETIRED && letGo(now & CONTENDED);
    }

    // as a waiter

    Thread thread() {
        return lifetime.thread();
    }

    /** Under the guard, by whoever hands over. */
    boolean waiting2held(boolean contended) {
        return STATE.compareAndSet(this, WAITING, contended ? OUTERMOST | CONTENDED : OUTERMOST);
    }

    private boolean waiting2cancelled() {
        return STATE.compareAndSet(this, WAITING, CANCELLED);
    }

    /**
     * Waits for the key. On the ticket's own thread, which is in the queue.
     *
     * @return true if it holds the key now; false if the deadline passed, and then it is out of the queue
     */
    boolean await(Deadline deadline) throws InterruptedException {
        boolean granted = false;
        try {
            granted = awaitGrant(deadline);
            if (granted && !lifetime.isAlive()) {
                granted = false;
                throw LockException.OwnerExited.of(slot, holder());
            }
        } finally {
            if (!granted) {
                giveUp();
            }
        }
        return granted;
    }

    private boolean awaitGrant(Deadline deadline) throws InterruptedException {
        while (state == WAITING) {
            if (Thread.currentThread().isInterrupted()) {
                if (waiting2cancelled()) {
                    Thread.interrupted();
                    throw new InterruptedException();
                }
            } else if (deadline.hasPassed()) {
                if (waiting2cancelled()) {
                    return false;
                }
            } else {
                deadline.park(this);
            }
        }
        return true;
    }

    /** Ends the wait, or the hold if it was granted meanwhile. On the ticket's own thread. */
    void giveUp() {
        try {
            onExit();
        } finally {
            lifetime.remove(this);
        }
    }

    // as the hook on the holder's life

    @Override
    protected void onExit() {
        if (waiting2cancelled() || state == CANCELLED) {
            slot.leave(this);
        } else {
            releaseAll();
        }
    }

    @Override
    public String toString() {
        return slot
                + (state < RETIRED ? ", waiter " : ", holder ")
                + lifetime.owner().name();
    }
}
