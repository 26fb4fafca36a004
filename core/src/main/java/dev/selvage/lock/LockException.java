package dev.selvage.lock;

import dev.selvage.exit.Owner;

/**
 * The root of what keyed locks throw, apart from the usual for bad arguments. The circumstances, exactly:
 *
 * <ul>
 *   <li>{@link OwnerExited}: a process locks that was declared exited while its thread runs on;
 *   <li>{@link Upgrade}: a thread that shares a key with others wants it exclusively;
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
}
