package dev.selvage.lock;

import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import java.util.concurrent.atomic.AtomicBoolean;

/** The lease of a lock call by a thread that held the key already: one of those that its ticket counts. */
final class NestedLease<K> implements Transferable<K> {
    private final Ticket<K> ticket;
    private final AtomicBoolean closed = new AtomicBoolean();

    NestedLease(Ticket<K> ticket) {
        this.ticket = ticket;
    }

    @Override
    public K key() {
        return ticket.key();
    }

    @Override
    public Owner holder() {
        return ticket.holder();
    }

    @Override
    public boolean isHeld() {
        return !closed.get() && ticket.isHolding();
    }

    @Override
    public long token() {
        return ticket.token();
    }

    @Override
    public Lease<K> handOver(Thread receiver) {
        return handOver(Receivers.lifetimeOf(receiver, this));
    }

    @Override
    public Transferable<K> handOver(Lifetime receiver) {
        if (closed.get()) {
            throw LockException.NotHeld.of(this);
        }
        Transferable<K> handed = ticket.handOverNested(receiver);
        closed.set(true);
        return handed;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            ticket.closeNested();
        }
    }

    @Override
    public String toString() {
        return ticket.toString();
    }
}
