package dev.selvage.pool.checkout;

import org.jspecify.annotations.Nullable;

/**
 * The root of what a checkout pool throws, apart from the usual for bad arguments. The circumstances, exactly:
 *
 * <ul>
 *   <li>{@link CheckoutTimeout}: nothing to lend came back or was made in time;
 *   <li>{@link CreationFailed}: nothing came in time because nothing could be made;
 *   <li>{@link Shed}: a borrower was refused because the pool sheds load;
 *   <li>{@link DeadlinePassed}: a resource was used past the {@linkplain CheckoutPool#useWithin deadline} of the use;
 *   <li>{@link StaleLease}: a resource was asked for by a lease that is over;
 *   <li>{@link Closed}: the pool was closed, before a borrower came or while it waited;
 *   <li>this class itself: misuse, such as a lease that is handed over by somebody else than its borrower or to a
 *       thread that has ended, or a pool that is started twice.
 * </ul>
 *
 * <p>Messages name the pool, and tell how many resources there are and who has them.
 */
public class CheckoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CheckoutException(String message) {
        this(message, null);
    }

    CheckoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** No resource came back and none was made in time. The message tells who has them, and what those do now. */
    public static final class CheckoutTimeout extends CheckoutException {
        private static final long serialVersionUID = 1L;

        CheckoutTimeout(String message) {
            super(message);
        }
    }

    /** There is no resource at all, and none could be made in time. The cause is what the factory threw last. */
    public static final class CreationFailed extends CheckoutException {
        private static final long serialVersionUID = 1L;

        CreationFailed(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The pool sheds load: borrowers have waited too long for too long, and this one was refused. */
    public static final class Shed extends CheckoutException {
        private static final long serialVersionUID = 1L;

        Shed(String message) {
            super(message);
        }
    }

    /**
     * A use was not over by its {@linkplain CheckoutPool#useWithin deadline}: its resource was taken away, and its
     * thread interrupted. The message tells where it was when the deadline passed, who else had resources, for how
     * long, and what they did. The cause is what the use threw; it has none where the use returned, only too late.
     */
    public static final class DeadlinePassed extends CheckoutException {
        private static final long serialVersionUID = 1L;

        DeadlinePassed(String message, @Nullable Throwable thrown) {
            super(message, thrown);
        }
    }

    /** The lease is over: its resource may be another's by now. If it has broken, the cause tells why. */
    public static final class StaleLease extends CheckoutException {
        private static final long serialVersionUID = 1L;

        StaleLease(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The pool was closed. */
    public static final class Closed extends CheckoutException {
        private static final long serialVersionUID = 1L;

        Closed(String message) {
            super(message);
        }
    }
}
