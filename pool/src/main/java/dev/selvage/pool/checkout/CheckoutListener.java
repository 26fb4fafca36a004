package dev.selvage.pool.checkout;

import java.time.Duration;

/**
 * Hears what happens in checkout pools that is worth counting or telling.
 *
 * {@snippet :
 * options.withListener(new CheckoutListener() {
 *     public void onCheckout(String pool, Duration waited) {
 *         registry.timer("pool.acquire", "pool", pool).record(waited);
 *     }
 *
 *     public void onReturn(String pool, Duration held) {
 *         registry.timer("pool.usage", "pool", pool).record(held);
 *     }
 * })
 * }
 *
 * <p>Each method does nothing by default. They are called on the threads on which things happen, those of borrowers and
 * of the pool, under no lock of the pool, by many at the same time, and hold these up: so they return at once. What one
 * throws is logged and changes nothing. How many there were of each, and what there is now, is also in {@link
 * CheckoutPool.Statistics}. A pool without a listener pays nothing for this; in one that has a listener each loan reads
 * the clock twice.
 *
 * <p>What happens in other pools too has the same method in their listeners: one class may implement them all.
 */
public interface CheckoutListener {

    /** Why a resource was destroyed. */
    enum Reason {
        /** It told so itself, its borrower discarded it, it could not be reset, or was found not to be well. */
        BROKEN,
        /** It was as old as resources become. */
        EXPIRED,
        /** All resources of its time were {@linkplain CheckoutPool#evictAll evicted}. */
        EVICTED,
        /** There were more than are needed. */
        UNNEEDED,
        /** Its borrower's thread ended without giving it back. */
        ORPHANED,
        /** It was used past a {@linkplain CheckoutPool#useWithin deadline}. */
        OVERDUE,
        /** It was made only when its making had been given up. */
        LATE,
        /** The pool was closed, or its tree was stopped or begins anew. */
        CLOSED
    }

    /**
     * A borrower had to wait; on its thread. This is told when the wait ends, be it by an interrupt. Those that get a
     * resource at once are told of by {@link #onCheckout} alone.
     *
     * @param pool the name of the pool
     * @param waited for how long
     * @param granted whether it got a resource in the end
     */
    default void onWait(String pool, Duration waited, boolean granted) {}

    /**
     * A borrower was lent a resource; on its thread.
     *
     * @param pool the name of the pool
     * @param waited for how long it had to wait; 0 if it did not
     */
    default void onCheckout(String pool, Duration waited) {}

    /**
     * A resource was given back, as well or as broken; on the thread that did, once the next borrower may have it.
     *
     * @param pool the name of the pool
     * @param held for how long it was lent
     */
    default void onReturn(String pool, Duration held) {}

    /**
     * A borrower has waited and gets nothing; on its thread, to which that is thrown next. Those that are interrupted
     * or come to a closed pool are not told of.
     *
     * @param pool the name of the pool
     * @param why what is thrown: {@link CheckoutException.CheckoutTimeout}, {@link CheckoutException.CreationFailed},
     *     {@link CheckoutException.Shed} or {@link CheckoutException.Closed}
     */
    default void onRefusal(String pool, CheckoutException why) {}

    /**
     * A use was not over by its {@linkplain CheckoutPool#useWithin deadline}, and its resource was taken away; on the
     * thread that keeps the pool's deadlines, while the use may still go on.
     *
     * @param pool the name of the pool
     * @param late who uses it, and for how long it was held
     */
    default void onDeadline(String pool, CheckoutPool.Holder late) {}

    /**
     * The thread of a borrower has ended, and its resource was taken back; on that thread, or one that noticed it.
     *
     * @param pool the name of the pool
     * @param dead who has ended, and for how long it had held the resource
     */
    default void onReclaim(String pool, CheckoutPool.Holder dead) {}

    /**
     * A resource was made; on the thread that made it.
     *
     * @param pool the name of the pool
     * @param took how long that took
     */
    default void onCreate(String pool, Duration took) {}

    /**
     * An attempt to make a resource has failed, or has taken too long; on the keeper's thread.
     *
     * @param pool the name of the pool
     * @param took how long that took
     * @param cause what the factory threw
     */
    default void onCreationFailure(String pool, Duration took, Throwable cause) {}

    /**
     * A resource was destroyed; on the thread that did.
     *
     * @param pool the name of the pool
     * @param reason why
     */
    default void onDestroy(String pool, Reason reason) {}
}
