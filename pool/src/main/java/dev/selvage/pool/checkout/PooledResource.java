package dev.selvage.pool.checkout;

import dev.selvage.exit.ExitException;
import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One resource of a checkout pool. At each moment it is one party's: the idle set's, a lease's, the keeper's while it
 * is checked or reset, or nobody's any more. Whoever has it writes its fields; it is passed on by a compare-and-set or
 * under a lock, which carries the writes along.
 *
 * <p>It is also the hook on its borrower's lifetime, and stays there after it came back: the same thread that borrows
 * it again pays nothing for being watched. So when the hook runs, its lease may be over, or another's.
 */
final class PooledResource<R> extends ExitHook {
    /** The fate of one that is nobody's any more, and was whole until then. */
    private static final Object GIVEN_UP = new Object();

    private static final VarHandle USES;
    private static final VarHandle LEASE;
    private static final VarHandle FATE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            USES = lookup.findVarHandle(PooledResource.class, "uses", long.class);
            LEASE = lookup.findVarHandle(PooledResource.class, "lease", CheckoutLease.class);
            FATE = lookup.findVarHandle(PooledResource.class, "fate", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final R resource;
    final int number;

    /** How many rounds of the keeper had failed when its making began. */
    final int round;

    /** The pool's epoch when it was made: one of an earlier epoch is not lent any more. */
    final int epoch;

    final long madeNanos;

    /** When it is too old to be lent; meaningless in a pool whose resources grow as old as they like. */
    final long expiresNanos;

    final Lending<R> lending;

    /** The lease it is lent by; null while it is not. Written by who has the resource, read by anyone. */
    volatile @Nullable CheckoutLease<R> lease;

    /** Null -> why it broke, by whoever its factory told; or null -> GIVEN_UP, by who has it. */
    private volatile @Nullable Object fate;

    /** Its place among those that may be idle; written by the keeper before it is idle for the first time. */
    int slot;

    /** Whether the keeper, whose this is, has taken note that it broke. */
    boolean isBreakNoted;

    /** When it was last given back, or made. */
    long idleSinceNanos;

    /** When it was last given back, or found well, or made. */
    long wellSinceNanos;

    /** How often it was lent. Written by borrowers, one at a time; read, perhaps a little late, by statistics. */
    private long uses;

    /** Where the hook hangs, if it hangs; borrowers only. */
    private @Nullable Lifetime hungOn;

    PooledResource(Lending<R> lending, R resource, int number, int round, long nowNanos, long expiresNanos) {
        super(Phase.AT_THREAD_END);
        this.lending = lending;
        this.resource = resource;
        this.number = number;
        this.round = round;
        this.epoch = lending.epoch();
        this.madeNanos = nowNanos;
        this.idleSinceNanos = nowNanos;
        this.wellSinceNanos = nowNanos;
        this.expiresNanos = expiresNanos;
    }

    /**
     * Hangs the hook on the lifetime of the current thread, which is about to borrow.
     *
     * @throws ExitException if the process was declared exited
     */
    void hangOn(Lifetime borrower) {
        Lifetime before = hungOn;
        if (before == borrower && borrower.isAlive()) {
            return;
        }
        takeDown();
        borrower.add(this);
        hungOn = borrower;
    }

    /** Moves the hook to the lifetime of another thread, by who has the resource; false if that thread has ended. */
    boolean moveTo(Lifetime receiver) {
        takeDown();
        hungOn = receiver;
        return receiver.adopt(this);
    }

    /** Takes the hook off whatever it hangs on. */
    void takeDown() {
        Lifetime before = hungOn;
        if (before != null) {
            hungOn = null;
            before.remove(this);
        }
    }

    /** Its lease is over, and it is put among the idle ones next: that exchange makes this write seen before it. */
    void noLongerLent() {
        LEASE.setRelease(this, null);
    }

    /** Takes note that it has broken; false if that was known, or it was given up before. Any thread. */
    boolean breaksBy(Throwable why) {
        return FATE.compareAndSet(this, null, why);
    }

    /** Takes note that it is nobody's any more: what its factory says of it from now on is not heard. */
    void giveUp() {
        FATE.compareAndSet(this, null, GIVEN_UP);
    }

    boolean isBroken() {
        return fate instanceof Throwable;
    }

    @Nullable Throwable whyBroken() {
        return fate instanceof Throwable why ? why : null;
    }

    void countUse() {
        USES.setOpaque(this, uses + 1);
    }

    long uses() {
        return (long) USES.getOpaque(this);
    }

    /** A thread has ended that had borrowed this last when the hook was hung up; perhaps another has it by now. */
    @Override
    protected void onExit() {
        CheckoutLease<R> current = lease;
        if (current != null && current.borrowerHasEnded()) {
            lending.returns().reclaim(current);
        }
    }

    @Override
    public String toString() {
        return "resource " + number + " of checkout pool " + lending.name();
    }
}
