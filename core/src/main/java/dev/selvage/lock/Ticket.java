package dev.selvage.lock;

import dev.selvage.exit.ExitException;
import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import dev.selvage.time.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One thread's turn at one key, from the moment it waits until it is over: waiter, holder, the lease of the outermost
 * lock call, and the hook on the holder's lifetime, in one object.
 */
final class Ticket<K> extends ExitHook implements Transferable<K> {
    /*
     *                                 nest +4 / nested close -4
     *                                      +----+
     *               grant                  |    v    last lease closed, not CROWDED
     *   WAITING ---------------------->  HELD (> 1)  --------------------------------> RETIRED (0)
     *    |   | waiting2parked              |   ^                                             ^
     *    |   v                 grant       |   |                                             |
     *    |  PARKED ------------------------|---+                                             |
     *    |   |                             | last lease closed, CROWDED                      | nobody holds or waits
     *    v   v waiting2cancelled           v                                                 | any more (guarded)
     *   CANCELLED                       PASSING (1) -----------------------------------------+
     *                                      stays so when the key has gone to somebody, or others hold it
     *
     * HELD is a number: bit 0 CROWDED, set under the guard when there are waiters or other holders, and then kept; bit
     * 1 set while the outermost lease is open; from bit 2 the count of nested leases. RETIRED, and nothing else, says
     * that the slot is dead; so a ticket that has passed its key on must never read RETIRED.
     *
     * No state is entered twice: who saw a ticket wait, or hold, and sees it again, knows that it did so all the time
     * between. (A hand-over that is refused goes from HELD to PASSING and back, under the guard, while its thread
     * runs.)
     */
    private static final int PARKED = -3;
    private static final int CANCELLED = -2;
    private static final int WAITING = -1;
    private static final int RETIRED = 0;
    private static final int PASSING = 1;

    private static final int CROWDED = 1;
    private static final int OUTERMOST = 2;
    private static final int NESTED = 4;

    /** A token that nobody has drawn. */
    private static final long NO_TOKEN = 0;

    private static final VarHandle STATE;
    private static final VarHandle TOKEN;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Ticket.class, "state", int.class);
            TOKEN = MethodHandles.lookup().findVarHandle(Ticket.class, "token", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Slot<K> slot;
    private final Lifetime lifetime;
    private final LockMode mode;
    private volatile int state;

    /** Drawn by the first that asks for it while this ticket holds the key; most are never asked. */
    private volatile long token;

    /**
     * When the wait began, or where hold times are wanted the hold, on the ticker of the locks: reading a clock would
     * make a third of the price of a lock that is free. Written by the ticket's thread, read by anyone.
     */
    private long sinceNanos;

    /** Neighbours in one of the lists of the slot's crowd, guarded by it. */
    @Nullable Ticket<K> ahead;

    @Nullable Ticket<K> behind;

    private Ticket(Slot<K> slot, Lifetime lifetime, LockMode mode, int state) {
        super(Phase.AT_THREAD_END);
        this.slot = slot;
        this.lifetime = lifetime;
        this.mode = mode;
        this.state = state;
    }

    static <K> Ticket<K> held(Slot<K> slot, Lifetime lifetime, LockMode mode) {
        return new Ticket<>(slot, lifetime, mode, OUTERMOST);
    }

    static <K> Ticket<K> waiting(Slot<K> slot, Lifetime lifetime, LockMode mode) {
        Ticket<K> ticket = new Ticket<>(slot, lifetime, mode, WAITING);
        ticket.beginsNow();
        return ticket;
    }

    /** Notes the time at which its wait or its hold begins. */
    void beginsNow() {
        sinceNanos = slot.nanoTime();
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

    @Override
    public long token() {
        long drawn = token;
        if (drawn == NO_TOKEN) {
            long fresh = slot.nextToken();
            if (!isHeldByAnyLease()) { // asked after the draw: so it was drawn while this held the key, and in its
                // order
                throw LockException.NotHeld.of(this);
            }
            drawn = TOKEN.compareAndSet(this, NO_TOKEN, fresh) ? fresh : token;
        }
        return drawn;
    }

    OptionalLong tokenIfDrawn() {
        long drawn = token;
        return drawn == NO_TOKEN ? OptionalLong.empty() : OptionalLong.of(drawn);
    }

    @Override
    public Lease<K> handOver(Thread receiver) {
        return handOver(Receivers.lifetimeOf(receiver, this));
    }

    @Override
    public Transferable<K> handOver(Lifetime receiver) {
        return handOver(receiver, OUTERMOST);
    }

    Transferable<K> handOverNested(Lifetime receiver) {
        return handOver(receiver, NESTED);
    }

    private Transferable<K> handOver(Lifetime receiver, int onlyLease) {
        Ticket<K> next = waiting(slot, receiver, mode);
        next.token = token;
        boolean handed = false;
        try {
            if (!receiver.adopt(next)) {
                throw new LockException.HandOver(
                        this + ": cannot be handed to " + receiver.owner().name() + ", which has ended");
            }
            slot.handOver(this, next, onlyLease);
            handed = true;
        } finally {
            if (!handed) {
                next.giveUp();
            }
        }
        lifetime.remove(this);
        next.lookAgain();
        return next;
    }

    /** If the receiver of this ticket waits, others may now wait for it in a circle that none of them has closed. */
    private void lookAgain() {
        VarHandle.fullFence(); // between handing over and asking; a waiter says what it waits for, and then looks
        if (lifetime.waitsFor() != null) {
            LockSupport.unpark(lifetime.thread());
        }
    }

    // as a holder

    /** Guarded; this ticket has the mark CROWDED. Returns false if it holds by another lease, or by none. */
    boolean held2passing(int onlyLease) {
        return STATE.compareAndSet(this, onlyLease | CROWDED, PASSING);
    }

    /** Guarded: takes {@link #held2passing} back. */
    void passing2held(int onlyLease) {
        state = onlyLease | CROWDED;
    }

    /** Whether a lease is open, of a thread that may have ended meanwhile. */
    boolean isHeldByAnyLease() {
        return isHeldIn(state);
    }

    private static boolean isHeldIn(int state) {
        return state > PASSING;
    }

    boolean isShared() {
        return mode.isShared();
    }

    LockMode mode() {
        return mode;
    }

    Slot<K> slot() {
        return slot;
    }

    Lifetime lifetime() {
        return lifetime;
    }

    boolean isOfSameThread(Ticket<?> other) {
        return lifetime == other.lifetime;
    }

    boolean isOfCurrentThread() {
        return lifetime.thread() == Thread.currentThread();
    }

    /** Whether this ticket holds the key, by whatever lease, for a thread that has not ended. Any thread. */
    boolean isHolding() {
        return isHeldIn(state) && !lifetime.hasEnded();
    }

    /**
     * Another lease for the thread that holds; null if that is not the current one, if it holds in another mode, or if
     * it has just lost the key.
     */
    @Nullable Transferable<K> nest(LockMode wanted) {
        if (mode != wanted || !isOfCurrentThread()) {
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

    /** Sets the mark that the holder is not alone, or returns false if the slot is retired. Under the guard. */
    boolean crowd() {
        int now = state;
        while (now != RETIRED) {
            if ((now & CROWDED) != 0 || STATE.compareAndSet(this, now, now | CROWDED)) {
                return true;
            }
            now = state;
        }
        return false;
    }

    /** Under the guard, when nobody holds or waits any more. */
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
        while (isHeldIn(now) && !STATE.compareAndSet(this, now, now & CROWDED)) {
            now = state;
        }
        return now >= RETIRED && letGo(now & CROWDED);
    }

    // as a waiter

    private static boolean isWaitingIn(int state) {
        return state == WAITING || state == PARKED;
    }

    boolean isWaiting() {
        return isWaitingIn(state);
    }

    Thread thread() {
        return lifetime.thread();
    }

    /** Whether the ticket's thread, the current one, holds the key by another ticket already. */
    boolean hasCompanion() {
        return !lifetime.isOnly(this)
                && lifetime.hooks(Ticket.class).stream()
                        .anyMatch(other -> other != this && other.slot == slot && other.isHolding());
    }

    /** What comes of a grant. */
    enum Grant {
        /** The waiter has given up. */
        LOST,
        /** It holds the key, and runs. */
        TAKEN,
        /** It holds the key, and has to be woken. */
        TAKEN_ASLEEP
    }

    /** Under the guard, by whoever grants the key. */
    Grant grant(boolean crowded) {
        int granted = crowded ? OUTERMOST | CROWDED : OUTERMOST;
        if (STATE.compareAndSet(this, WAITING, granted)) {
            return Grant.TAKEN;
        }
        return STATE.compareAndSet(this, PARKED, granted) ? Grant.TAKEN_ASLEEP : Grant.LOST;
    }

    boolean waiting2cancelled() {
        return STATE.compareAndSet(this, WAITING, CANCELLED) || STATE.compareAndSet(this, PARKED, CANCELLED);
    }

    private boolean waiting2parked() {
        return state == PARKED || STATE.compareAndSet(this, WAITING, PARKED);
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
        lifetime.waitsFor(this);
        try {
            return awaitGrantOrDeadlock(deadline);
        } finally {
            lifetime.waitsFor(null);
            if (slot.timesHolds()) {
                beginsNow();
            }
        }
    }

    private boolean awaitGrantOrDeadlock(Deadline deadline) throws InterruptedException {
        while (isWaiting()) {
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
                if (!lifetime.isOnly(this)) {
                    Deadlocks.failIfClosedBy(this);
                }
                if (waiting2parked()) {
                    deadline.park(this);
                }
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

    /** How long it has waited, or held if that was measured. Any thread; a guess in the moment between the two. */
    Optional<Duration> since(boolean waits) {
        return waits || slot.timesHolds()
                ? Optional.of(Duration.ofNanos(Math.max(0, slot.nanoTime() - sinceNanos)))
                : Optional.empty();
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
        return slot + ", " + mode + ", " + (state < RETIRED ? "waiter " : "holder ")
                + lifetime.owner().name();
    }
}
