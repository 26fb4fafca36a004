package dev.selvage.lock;

import dev.selvage.exit.Owner;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The root of what keyed locks throw, apart from the usual for bad arguments. The circumstances, exactly:
 *
 * <ul>
 *   <li>{@link OwnerExited}: a process locks that was declared exited while its thread runs on;
 *   <li>{@link Deadlock}: threads wait for each other's keys, and the last of them would never be served;
 *   <li>{@link Upgrade}: a thread that shares a key with others wants it exclusively;
 *   <li>{@link HandOver}: a lease cannot be handed to the thread that was named;
 *   <li>{@link NotHeld}: a lease that is over is to be handed over, or asked for a token that it never had;
 *   <li>this class itself: a thread locks a key that it holds by more than half a billion open leases.
 * </ul>
 *
 * <p>That a key is not granted is no exception but an empty result.
 */
public class LockException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LockException(String message) {
        super(message);
    }

    /** The calling process was declared exited while its thread runs on: it can lock nothing more. */
    public static final class OwnerExited extends LockException {
        private static final long serialVersionUID = 1L;

        private OwnerExited(String message) {
            super(message);
        }

        static OwnerExited of(Slot<?> slot, Owner owner) {
            return new OwnerExited(owner.name() + " was declared exited: it cannot lock " + slot);
        }
    }

    /**
     * The calling thread shares the key with others and wants it exclusively, besides: it would wait for them to
     * release it, and if one of them wanted the same, both would wait for ever. It keeps what it holds.
     */
    public static final class Upgrade extends LockException {
        private static final long serialVersionUID = 1L;

        private Upgrade(String message) {
            super(message);
        }

        static Upgrade of(Ticket<?> ticket) {
            return new Upgrade(ticket.holder().name() + " shares " + ticket.slot()
                    + " with others and cannot have it exclusively: close the shared lease first, or lock exclusively"
                    + " from the start");
        }
    }

    /**
     * The call would wait for ever: the holder of the key waits, itself or through others, for a key that the calling
     * thread holds. The message names all threads and keys of the circle. The call has failed and waits no more; the
     * thread keeps what it held before, and the others wait on until it gives that back.
     */
    public static final class Deadlock extends LockException {
        private static final long serialVersionUID = 1L;

        private Deadlock(String message) {
            super(message);
        }

        /** The waits of the circle, that of the calling thread first. */
        static Deadlock of(List<Deadlocks.Link> circle) {
            String links = circle.stream()
                    .map(link -> link.waiter().holder().name() + " waits for "
                            + link.waiter().slot() + ", held by "
                            + link.holder().holder().name())
                    .collect(Collectors.joining("; "));
            String failed = circle.get(0).waiter().holder().name();
            return new Deadlock("deadlock: " + links + ". The call of " + failed + " has failed; " + failed
                    + " keeps what it held before, and the others wait until it gives that back");
        }
    }

    /**
     * A lease cannot be handed over: its receiver has ended, or it is not the only lease of its holder on that key, or
     * the caller is not its holder. The holder keeps it.
     */
    public static final class HandOver extends LockException {
        private static final long serialVersionUID = 1L;

        HandOver(String message) {
            super(message);
        }
    }

    /** A lease is over: it was closed, handed over, or its holder's thread has ended. */
    public static final class NotHeld extends LockException {
        private static final long serialVersionUID = 1L;

        private NotHeld(String message) {
            super(message);
        }

        static NotHeld of(Lease<?> lease) {
            return new NotHeld(lease + ": this lease is over");
        }
    }
}
