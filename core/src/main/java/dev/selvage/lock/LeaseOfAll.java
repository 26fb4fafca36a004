package dev.selvage.lock;

import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** One lease over several keys that were locked together. */
final class LeaseOfAll<K> implements Lease<List<K>> {
    private static final long NO_TOKEN = 0;

    private final LockTable<K> table;
    private final Owner holder;
    private final List<K> keys;
    private final List<Transferable<K>> leases;
    private final AtomicLong token = new AtomicLong(NO_TOKEN);

    /**
     * Made when all keys are held.
     *
     * @param keys the keys, as they were locked; becomes this lease's own
     * @param leases the leases, in the same order; becomes this lease's own
     */
    LeaseOfAll(LockTable<K> table, Owner holder, List<K> keys, List<Transferable<K>> leases) {
        this.table = table;
        this.holder = holder;
        this.keys = List.copyOf(keys);
        this.leases = leases;
    }

    @Override
    public List<K> key() {
        return keys;
    }

    @Override
    public Owner holder() {
        return holder;
    }

    @Override
    public boolean isHeld() {
        return leases.stream().allMatch(Lease::isHeld);
    }

    /** One of its own: it orders the holders of each of the keys, as those of the single leases do. */
    @Override
    public long token() {
        if (token.get() == NO_TOKEN) {
            long fresh = table.nextToken();
            if (!isHeld()) { // asked after the draw: so it was drawn while all keys were held
                throw LockException.NotHeld.of(this);
            }
            token.compareAndSet(NO_TOKEN, fresh);
        }
        return token.get();
    }

    @Override
    public Lease<List<K>> handOver(Thread receiver) {
        Lifetime to = Receivers.lifetimeOf(receiver, this);
        List<Transferable<K>> handed = new ArrayList<>(leases.size());
        boolean all = false;
        try {
            for (Transferable<K> lease : leases) {
                handed.add(lease.handOver(to));
            }
            all = true;
        } finally {
            if (!all) {
                takeBack(handed);
            }
        }
        LeaseOfAll<K> next = new LeaseOfAll<>(table, to.owner(), keys, handed);
        next.token.set(token.get());
        return next;
    }

    /** All or none: what the receiver got before it was refused the next goes back, if it lived to see it. */
    private void takeBack(List<Transferable<K>> handed) {
        for (int i = 0; i < handed.size(); i++) {
            Transferable<K> lease = handed.get(i);
            try {
                leases.set(i, lease.handOver(Lifetime.current()));
            } catch (LockException over) {
                leases.set(i, lease); // its receiver has ended, and so released it
            }
        }
    }

    @Override
    public void close() {
        closeNewestFirst(leases);
    }

    static <K> void closeNewestFirst(List<? extends Lease<K>> leases) {
        for (int i = leases.size() - 1; i >= 0; i--) {
            leases.get(i).close();
        }
    }

    @Override
    public String toString() {
        return "keys " + keys + ", holder " + holder.name();
    }
}
