package dev.selvage.pool.checkout;

import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Supervisor;

/**
 * A factory whose resources run in the tree of their pool. What it makes depends on the pool that it is given to, so
 * each pool has one of its own made.
 */
interface TreeFactory<R> extends ResourceFactory<R> {

    /** The factory of one pool. */
    interface OfPool<R> extends ResourceFactory<R> {

        /** What runs in the pool's tree, ahead of its keeper. */
        ChildSpec<?> child();

        /** The keeper begins, in the tree that the child runs in. */
        void runsIn(Supervisor.Children tree);
    }

    OfPool<R> of(String pool, CheckoutOptions options);
}
