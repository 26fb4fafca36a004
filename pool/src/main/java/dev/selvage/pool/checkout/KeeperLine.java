package dev.selvage.pool.checkout;

import dev.selvage.process.ProcessRef;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** How the keeper of a checkout pool is reached, whichever process that is now, and when there is none. */
final class KeeperLine<R> {
    private final Lending<R> lending;
    private final AtomicBoolean called = new AtomicBoolean();

    private volatile @Nullable ProcessRef<ResourceKeeper.Message<R>> keeper;

    /** Whether the pool's tree was stopped; false again when it is started anew. */
    private volatile boolean stopped;

    KeeperLine(Lending<R> lending) {
        this.lending = lending;
    }

    /** Connects a keeper that begins. */
    void connect(ProcessRef<ResourceKeeper.Message<R>> process) {
        ProcessRef<ResourceKeeper.Message<R>> before = keeper;
        if (before != null && before.isAlive()) {
            throw new CheckoutException(lending + " runs already: its specification may run once at a time");
        }
        keeper = process;
        stopped = false;
        called.set(false);
    }

    /** The keeper ends for good, as far as it knows. */
    void stopped() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    /** Asks the keeper to look whether there is something to do; once until it does. */
    void call() {
        if (!called.get() && called.compareAndSet(false, true)) {
            tell(new ResourceKeeper.Message.Look<>());
        }
    }

    /** The keeper is about to look: who calls from now on may have seen what it does not. */
    void answered() {
        called.set(false);
    }

    /** The keeper of now, dead or alive, if there was one; for tests. */
    Optional<ProcessRef<?>> process() {
        return Optional.ofNullable(keeper);
    }

    void tell(ResourceKeeper.Message<R> message) {
        ProcessRef<ResourceKeeper.Message<R>> current = keeper;
        if (current == null || !current.send(message)) {
            ResourceKeeper.withoutKeeper(lending, message);
        }
    }
}
