package dev.selvage.pool.checkout;

import dev.selvage.supervisor.AnnouncingBody;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Shutdown;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorSpec;

/** What runs for a checkout pool: its keeper, and ahead of it what its resources run in, if they run. */
final class PoolTree {

    private PoolTree() {}

    /** The factory for one pool. */
    static <R> ResourceFactory<R> factory(String pool, ResourceFactory<R> factory, CheckoutOptions options) {
        return factory instanceof TreeFactory<R> inTree ? inTree.of(pool, options) : factory;
    }

    static <R> SupervisorSpec spec(Lending<R> lending) {
        CheckoutOptions options = lending.options();
        AnnouncingBody<ResourceKeeper.Message<R>> body =
                (mailbox, start) -> ResourceKeeper.run(lending, mailbox, start::ready);
        if (!(lending.factory() instanceof TreeFactory.OfPool<R> own)) {
            return SupervisorSpec.oneForOne(lending.name(), keeper(lending, body))
                    .withTicker(options.ticker());
        }
        AnnouncingBody<ResourceKeeper.Message<R>> ownBody = (mailbox, start) -> {
            own.runsIn(Supervisor.siblings().orElseThrow());
            body.run(mailbox, start);
        };
        return SupervisorSpec.restForOne(lending.name(), own.child(), keeper(lending, ownBody))
                .withTicker(options.ticker());
    }

    private static <R> ChildSpec<?> keeper(Lending<R> lending, AnnouncingBody<ResourceKeeper.Message<R>> body) {
        return ChildSpec.process(lending.name() + "-keeper", body)
                .withShutdown(Shutdown.after(lending.options().stopTimeout()));
    }
}
