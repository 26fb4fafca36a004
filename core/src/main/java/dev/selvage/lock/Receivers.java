package dev.selvage.lock;

import dev.selvage.exit.Lifetime;
import java.util.Objects;

/** Those that leases are handed to. */
final class Receivers {

    private Receivers() {}

    /**
     * Returns the lifetime of a receiver.
     *
     * @throws LockException.HandOver if the current thread does not hold the lease, or the receiver does not live
     */
    static Lifetime lifetimeOf(Thread receiver, Lease<?> lease) {
        Objects.requireNonNull(receiver, "receiver");
        if (lease.holder().thread() != Thread.currentThread()) {
            throw new LockException.HandOver(
                    lease + ": only its holder hands a lease over; this is " + Thread.currentThread());
        }
        Lifetime lifetime = Lifetime.ofLiving(receiver);
        if (lifetime == null) {
            throw new LockException.HandOver(
                    lease + ": cannot be handed to " + receiver + ", which has ended or was not started");
        }
        return lifetime;
    }
}
