package dev.selvage.lock;

import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import java.util.List;

/** One lease over several keys that were locked together. */
final class LeaseOfAll<K> implements Lease<List<K>> {
    private final List<K> keys;
    private final List<Lease<K>> leases;
    private final Owner holder;

    /**
     * Made when all keys are held by the current thread.
     *
     * @param keys the keys, as they were locked; becomes this lease's own
     * @param leases the leases, in the same order; becomes this lease's own
     */
    LeaseOfAll(List<K> keys, List<Lease<K>> leases) {
        this.keys = List.copyOf(keys);
        this.leases = leases;
        this.holder = Lifetime.current().owner();
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

    @Override
    public void close() {
        closeNewestFirst(leases);
    }

    static <K> void closeNewestFirst(List<Lease<K>> leases) {
        for (int i = leases.size() - 1; i >= 0; i--) {
            leases.get(i).close();
        }
    }

    @Override
    public String toString() {
        return "keys " + keys + ", holder " + holder.name();
    }
}
