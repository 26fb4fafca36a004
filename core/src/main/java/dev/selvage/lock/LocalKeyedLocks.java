package dev.selvage.lock;

import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keyed locks of one JVM: one of the two modes of a {@link LockTable}.
 */
final class LocalKeyedLocks<K> implements KeyedLocks<K> {
    private final LockTable<K> table;
    private final LockMode mode;
    private final LocalKeyedLocks<K> shared;

    LocalKeyedLocks(String name, KeyedLocksOptions<K> options) {
        this.table = new LockTable<>(name, options);
        this.mode = LockMode.EXCLUSIVE;
        this.shared = new LocalKeyedLocks<>(table);
    }

    private LocalKeyedLocks(LockTable<K> table) {
        this.table = table;
        this.mode = LockMode.SHARED;
        this.shared = this;
    }

    @Override
    public String name() {
        return table.name();
    }

    @Override
    public KeyedLocks<K> shared() {
        return shared;
    }

    @Override
    public Lease<K> lock(K key) throws InterruptedException {
        throwIfInterrupted();
        Lease<K> lease = table.lockAtOnce(key, mode);
        if (lease == null) {
            lease = table.lockInTurn(key, mode, Deadline.never());
        }
        return Objects.requireNonNull(lease, "a wait that never times out ended without a lease");
    }

    @Override
    public Optional<Lease<K>> lock(K key, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        throwIfInterrupted();
        Lease<K> lease = table.lockAtOnce(key, mode);
        if (lease == null && timeout.isPositive()) {
            lease = table.lockInTurn(
                    key, mode, Deadline.after(timeout, table.options().ticker()));
        }
        return Optional.ofNullable(lease);
    }

    @Override
    public Optional<Lease<K>> tryLock(K key) {
        return Optional.ofNullable(table.lockAtOnce(key, mode));
    }

    @Override
    public Lease<List<K>> lockAll(Collection<? extends K> keys) throws InterruptedException {
        List<K> sorted = sorted(keys);
        throwIfInterrupted();
        return Objects.requireNonNull(
                lockInOrder(sorted, Deadline.never()), "a wait that never times out ended without a lease");
    }

    @Override
    public Optional<Lease<List<K>>> lockAll(Collection<? extends K> keys, Duration timeout)
            throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        List<K> sorted = sorted(keys);
        throwIfInterrupted();
        return Optional.ofNullable(
                lockInOrder(sorted, Deadline.after(timeout, table.options().ticker())));
    }

    private List<K> sorted(Collection<? extends K> keys) {
        Objects.requireNonNull(keys, "keys");
        LinkedHashSet<K> distinct = new LinkedHashSet<>();
        for (K key : keys) {
            distinct.add(Objects.requireNonNull(key, "key"));
        }
        return table.options().sorted(distinct);
    }

    private @Nullable Lease<List<K>> lockInOrder(List<K> keys, Deadline deadline) throws InterruptedException {
        List<Transferable<K>> leases = new ArrayList<>(keys.size());
        boolean all = false;
        try {
            for (K key : keys) {
                Transferable<K> lease = table.lockAtOnce(key, mode);
                if (lease == null && !deadline.hasPassed()) {
                    lease = table.lockInTurn(key, mode, deadline);
                }
                if (lease == null) {
                    return null;
                }
                leases.add(lease);
            }
            all = true;
            return new LeaseOfAll<>(table, Lifetime.current().owner(), keys, leases);
        } finally {
            if (!all) {
                LeaseOfAll.closeNewestFirst(leases);
            }
        }
    }

    @Override
    public Optional<Owner> holder(K key) {
        return Optional.ofNullable(table.holder(key)).map(Ticket::holder);
    }

    @Override
    public long size() {
        return table.size();
    }

    @Override
    public LockSnapshot<K> snapshot() {
        return new LockSnapshot<>(name(), table.rows());
    }

    /** How many threads wait for a key now; for tests. */
    int waiters(K key) {
        Slot<K> slot = table.slot(key);
        return slot == null ? 0 : slot.waiters();
    }

    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    @Override
    public String toString() {
        return table + (mode.isShared() ? ", in shared mode" : "");
    }
}
