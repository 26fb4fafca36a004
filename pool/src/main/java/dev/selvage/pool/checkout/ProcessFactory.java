package dev.selvage.pool.checkout;

import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.ChildSpec;
import java.util.function.Function;

/** Makes processes as resources, for any pool. */
record ProcessFactory<M>(Function<? super String, ChildSpec<M>> specs) implements TreeFactory<ProcessRef<M>> {

    @Override
    public OfPool<ProcessRef<M>> of(String pool, CheckoutOptions options) {
        return new PooledProcesses<>(specs, pool, options);
    }

    @Override
    public ProcessRef<M> create() {
        throw new CheckoutException("this factory makes processes in the tree of a checkout pool: it is to be given to"
                + " the pool as it is, not inside another factory");
    }
}
