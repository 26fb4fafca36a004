package dev.selvage.pool.checkout;

import dev.selvage.exit.ExitException;
import dev.selvage.exit.Lifetime;
import dev.selvage.pool.checkout.CheckoutListener.Reason;
import dev.selvage.time.Deadline;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Who has what in one checkout pool: lends, queues, takes back. It makes and destroys nothing itself; that is the
 * {@link ResourceKeeper}'s, on threads of its own.
 *
 * <p>A resource is put among the idle ones first and those who wait are looked for afterwards; a borrower enters the
 * queue first and looks for idle ones afterwards. So no resource lies idle while somebody waits for it. Nobody takes an
 * idle one past those who wait.
 */
final class Lending<R> {
    private static final Logger LOG = System.getLogger("dev.selvage.pool.checkout");

    private static final VarHandle EPOCH;

    static {
        try {
            EPOCH = MethodHandles.lookup().findVarHandle(Lending.class, "epoch", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String name;
    private final CheckoutOptions options;
    private final ResourceFactory<R> factory;
    private final IdleResources<R> idle;
    private final BorrowerQueue<R> queue;

    /** Every resource there is, whoever has it now. */
    private final Set<PooledResource<R>> all = ConcurrentHashMap.newKeySet();

    private final KeeperLine<R> keeper = new KeeperLine<>(this);
    private final BorrowerWatch<R> watch = new BorrowerWatch<>(this);
    private final Returns<R> returns = new Returns<>(this);
    private final UseClock<R> clock;

    private final ResourceCounts counts = new ResourceCounts();
    private final Announcer announcer;
    private final LongAdder usesOfRetired = new LongAdder();

    private volatile @Nullable Throwable lastFailure;
    private volatile int size;
    private volatile int epoch;
    private volatile boolean suspended;
    private volatile boolean closed;

    Lending(String name, int size, ResourceFactory<R> factory, CheckoutOptions options) {
        this.name = name;
        this.factory = factory;
        this.options = options;
        this.size = size;
        this.idle = IdleResources.of(options.reuse());
        this.queue = new BorrowerQueue<>(options.codel());
        this.clock = new UseClock<>(this);
        this.announcer = new Announcer(name, options);
    }

    // ---- borrowing

    CheckoutLease<R> borrow(Duration timeout) throws InterruptedException {
        CheckoutLease<R> lease = borrowUninterrupted();
        return lease != null ? lease : borrowInTurn(Deadline.after(timeout, options.ticker()));
    }

    CheckoutLease<R> borrow(Deadline deadline) throws InterruptedException {
        CheckoutLease<R> lease = borrowUninterrupted();
        return lease != null ? lease : borrowInTurn(deadline);
    }

    private @Nullable CheckoutLease<R> borrowUninterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before waiting for a resource of " + this);
        }
        return borrowAtOnce();
    }

    /** Lends an idle resource where nobody waits; null where there is none, or somebody does. */
    @Nullable CheckoutLease<R> borrowAtOnce() {
        requireOpen();
        if (suspended || queue.length() > 0) {
            return null;
        }
        PooledResource<R> taken = takeIdle();
        return taken == null ? null : lend(taken, 0);
    }

    private CheckoutLease<R> borrowInTurn(Deadline deadline) throws InterruptedException {
        Borrower<R> borrower = new Borrower<>(now());
        if (!queue.add(borrower)) {
            throw closedNow();
        }
        counts.waits.increment();
        FlightEvents.Wait event = FlightEvents.waitBegins();
        boolean ended = false;
        try {
            watch.watchAll();
            serve();
            if (all.size() < size + options.overflow()) {
                keeper.call();
            }
            borrower.await(deadline, this);
            ended = true;
        } finally {
            queue.remove(borrower);
            PooledResource<R> tooLate = ended || borrower.giveUp() ? null : borrower.granted();
            if (tooLate != null) {
                putBack(tooLate);
            }
            counts.waitedNanos.add(now() - borrower.sinceNanos);
            announcer.waited(event, borrower.sinceNanos, ended && borrower.granted() != null);
        }
        PooledResource<R> granted = borrower.granted();
        if (granted == null) {
            throw refused(Refusals.of(this, borrower));
        }
        return lend(granted, now() - borrower.sinceNanos);
    }

    CheckoutException refused(CheckoutException why) {
        announcer.refused(why);
        return why;
    }

    private CheckoutLease<R> lend(PooledResource<R> taken, long waitedNanos) {
        boolean lent = false;
        try {
            Lifetime lifetime = Lifetime.currentOrNull();
            if (lifetime == null) {
                taken.takeDown();
            } else {
                taken.hangOn(lifetime);
            }
            CheckoutLease<R> lease = new CheckoutLease<>(taken, Thread.currentThread(), lifetime, startOfLoan());
            taken.lease = lease;
            lent = true;
            if (returns.takeAwayIfLate(lease)) {
                throw closedNow();
            }
            returns.takeIfBroken(lease);
            taken.countUse();
            watch.lent(lease);
            announcer.lent(waitedNanos);
            return lease;
        } catch (ExitException abandoned) {
            throw new CheckoutException(abandoned.getMessage() + ": it can borrow nothing from " + this);
        } finally {
            if (!lent) {
                putBack(taken);
            }
        }
    }

    /** To within a round of the keeper, or exactly where somebody asks for it. */
    private long startOfLoan() {
        return announcer.isHeard() ? now() : watch.now();
    }

    CheckoutLease<R> handOver(CheckoutLease<R> lease, Thread receiver) {
        Lifetime lifetime = Lifetime.ofLiving(receiver);
        if (lifetime == null || !lifetime.isAlive()) {
            throw new CheckoutException(
                    lease.lent + " cannot be handed to '" + receiver.getName() + "', which has ended");
        }
        if (!lease.end()) {
            throw lease.stale();
        }
        PooledResource<R> moved = lease.lent;
        CheckoutLease<R> handed = new CheckoutLease<>(moved, receiver, lifetime, lease.sinceNanos);
        boolean hangs = moved.moveTo(lifetime);
        moved.lease = handed;
        if (!hangs || lifetime.hasEnded()) {
            returns.reclaim(handed); // it ended before the hook could find its lease
        }
        returns.takeAwayIfLate(handed);
        returns.takeIfBroken(handed);
        return handed;
    }

    private @Nullable PooledResource<R> takeIdle() {
        for (; ; ) {
            PooledResource<R> taken = idle.take();
            if (taken == null) {
                return null;
            }
            Reason unfit = unfitness(taken);
            if (unfit != null) {
                retire(taken, unfit);
            } else if (needsCheck(taken)) {
                keeper.tell(new ResourceKeeper.Message.Check<>(taken));
            } else {
                return taken;
            }
        }
    }

    /** Why a resource is not to be lent again; null if it may be. */
    @Nullable Reason unfitness(PooledResource<R> resource) {
        if (resource.epoch != epoch) {
            return Reason.EVICTED;
        }
        if (isOver()) {
            return Reason.CLOSED;
        }
        if (resource.isBroken()) {
            return Reason.BROKEN;
        }
        return options.ages() && resource.expiresNanos - now() <= 0 ? Reason.EXPIRED : null;
    }

    /** Whether nothing is lent any more that comes back, because the pool was closed or its tree stopped. */
    private boolean isOver() {
        return closed || keeper.isStopped();
    }

    private boolean needsCheck(PooledResource<R> resource) {
        long after = options.validateAfterNanos();
        return after >= 0 && now() - resource.wellSinceNanos > after;
    }

    // ---- coming back

    /** Lends a resource that nobody has to the next who waits, or puts it among the idle ones. */
    void putBack(PooledResource<R> resource) {
        Reason unfit = unfitness(resource);
        if (unfit == null && all.size() > size + options.overflow()) {
            unfit = Reason.UNNEEDED;
        }
        if (unfit != null) {
            retire(resource, unfit);
            return;
        }
        idle.put(resource);
        if (resource.isBroken()) {
            keeper.tell(new ResourceKeeper.Message.Broken<>(resource)); // it may have looked for it before
        }
        if (isOver()) {
            retireIdle(); // put back too late for whoever looks through the idle ones last
        } else if (queue.length() > 0) {
            serve();
        }
    }

    /** Gives what is idle to those who wait. */
    void serve() {
        PooledResource<R> left = null;
        do {
            if (left != null) {
                idle.put(left);
            }
            left = suspended ? null : queue.serve(this::takeIdle, now());
        } while (left != null);
        String news = queue.takeNews();
        if (news != null) {
            LOG.log(Level.WARNING, "checkout pool ''{0}'' {1}", name, news);
        }
    }

    /** Gives a resource up for good: it counts no more, and the keeper destroys it and makes another if need be. */
    void retire(PooledResource<R> resource, Reason reason) {
        if (forget(resource)) {
            keeper.tell(new ResourceKeeper.Message.Destroy<>(resource, reason));
        }
    }

    /** Counts a resource no more; true for the one caller that did, which sees to its destruction. */
    boolean forget(PooledResource<R> resource) {
        resource.giveUp();
        if (!all.remove(resource)) {
            return false;
        }
        idle.remove(resource);
        resource.takeDown(); // or a borrower that lives on would keep it for ever
        usesOfRetired.add(resource.uses());
        return true;
    }

    // ---- what the keeper tells

    /** A new resource. */
    void add(PooledResource<R> made) {
        lastFailure = null;
        idle.add(made);
        all.add(made);
        putBack(made);
    }

    void failed(Throwable failure) {
        lastFailure = failure;
    }

    // ---- closing

    /** Closes for good, and waits for what is lent only for so long. */
    void close(Duration drain) {
        closed = true;
        queue.close();
        keeper.call();
        clock.close();
        returns.tellClosing();
        try {
            returns.awaitAllBack(Deadline.after(drain, options.ticker()));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        returns.takeAllAway();
        retireIdle();
    }

    /** Gives up all that is idle. */
    void retireIdle() {
        for (PooledResource<R> resource : takeAllIdle()) {
            retire(resource, Reason.CLOSED);
        }
    }

    List<PooledResource<R>> takeAllIdle() {
        return idle.takeAll();
    }

    /** A round of the keeper, while there are loans. */
    void adapt() {
        idle.adapt();
    }

    void putBackIdle(List<PooledResource<R>> taken) {
        idle.putBack(taken);
        if (queue.length() > 0) {
            serve();
        }
    }

    // ---- what there is

    KeeperLine<R> keeper() {
        return keeper;
    }

    BorrowerWatch<R> watch() {
        return watch;
    }

    Returns<R> returns() {
        return returns;
    }

    Announcer announcer() {
        return announcer;
    }

    UseClock<R> clock() {
        return clock;
    }

    String name() {
        return name;
    }

    CheckoutOptions options() {
        return options;
    }

    ResourceFactory<R> factory() {
        return factory;
    }

    Set<PooledResource<R>> all() {
        return all;
    }

    int total() {
        return all.size();
    }

    int leased() {
        int count = 0;
        for (PooledResource<R> resource : all) {
            if (resource.lease != null) {
                count++;
            }
        }
        return count;
    }

    int waiting() {
        return queue.length();
    }

    long uses() {
        long sum = usesOfRetired.sum();
        for (PooledResource<R> resource : all) {
            sum += resource.uses();
        }
        return sum;
    }

    int size() {
        return size;
    }

    void resize(int wanted) {
        size = wanted;
        keeper.call();
    }

    int epoch() {
        return epoch;
    }

    /** Lets no resource be lent again that was made before now. */
    void beginEpoch() {
        EPOCH.getAndAdd(this, 1);
        keeper.call();
    }

    void suspend() {
        suspended = true;
    }

    void resume() {
        suspended = false;
        serve();
    }

    boolean isSuspended() {
        return suspended;
    }

    boolean isClosed() {
        return closed;
    }

    @Nullable Throwable lastFailure() {
        return lastFailure;
    }

    ResourceCounts counts() {
        return counts;
    }

    CheckoutPool.Statistics statistics() {
        return new CheckoutPool.Statistics(
                total(),
                leased(),
                waiting(),
                uses(),
                counts.waits.sum(),
                Duration.ofNanos(counts.waitedNanos.sum()),
                counts.timeouts.sum(),
                counts.deadlines.sum(),
                counts.shed.sum(),
                counts.created.sum(),
                counts.destroyed.sum(),
                counts.failures.sum(),
                counts.reclaimed.sum(),
                counts.discarded.sum());
    }

    long now() {
        return options.ticker().nanoTime();
    }

    private void requireOpen() {
        if (closed) {
            throw closedNow();
        }
    }

    CheckoutException.Closed closedNow() {
        return new CheckoutException.Closed(this + " is closed");
    }

    @Override
    public String toString() {
        return "checkout pool '" + name + "' (" + leased() + " of " + total() + " lent, " + waiting()
                + " waiting, size "
                + size + (options.overflow() > 0 ? " and " + options.overflow() + " of overflow" : "")
                + (suspended ? ", suspended" : "") + (closed ? ", closed" : "") + ")";
    }
}
