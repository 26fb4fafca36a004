package dev.selvage.pool.checkout;

import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A pool that lends each resource to one thread at a time: connections, parsers, devices, sessions.
 *
 * {@snippet :
 * try (CheckoutPool<Printer> printers = CheckoutPool.start("printers", 4, Printer::connect)) {
 *     int pages = printers.use(printer -> printer.print(letter));
 * }
 * }
 *
 * <p><b>Borrowing.</b> A borrower takes an idle resource at once where nobody waits for one, and otherwise waits for
 * its turn, first come, first served. It takes what comes first, one that is given back or one newly made, and never
 * makes one itself: that is done by a process of the pool, which also replaces what is broken, too old or idle for too
 * long. A factory that fails is tried again after a pause that grows; the pool recovers by itself.
 *
 * <p><b>When the borrower's thread ends</b> without giving back, however it ends, its resource is taken back: destroyed
 * and replaced, unless the {@linkplain CheckoutOptions#withOrphans options} say otherwise. Of a process that is a step
 * of its exit, before anyone can learn of it. The end of another thread is noticed at once where somebody waits for a
 * resource, and else if it held it for more than some 20 ms, or when somebody comes to wait. No thread is kept for
 * those that give back sooner.
 *
 * <p><b>Leases.</b> A resource is used by the lease that it was borrowed by. Once that is over, given back or taken
 * back, it throws {@link CheckoutException.StaleLease}; a resource that was kept apart from its lease is not protected
 * so.
 *
 * <p><b>Running.</b> {@link #start start} runs the pool until it is closed. {@link #create create} makes one whose
 * {@linkplain #spec() tree} runs under a supervisor of yours. The pool is a stable handle in either case.
 *
 * <p><b>Memory effects.</b> What a borrower did before it gave a resource back, or before its thread ended,
 * happens-before the next loan of that resource; so does what the factory did to make, check or reset it.
 *
 * <p><b>Not promised.</b> A process that was abandoned, because it ignored stop and interrupt, keeps what it borrowed
 * until its thread really ends: no resource has two users. Statistics are true each, but not all of the same instant.
 *
 * <p>All methods may be called by any thread. The ideas are those of Erlang's
 * <a href="https://github.com/devinus/poolboy">poolboy</a>, of Elixir's DBConnection and of HikariCP; only that the
 * latter do not get back what a dead borrower held.
 *
 * @param <R> the type of the resources
 */
public final class CheckoutPool<R> implements AutoCloseable {

    /**
     * The loan of one resource to one thread.
     *
     * <p>Any thread may call its methods, and closing it is what gives the resource back. Memory effects: see
     * {@link CheckoutPool}.
     *
     * @param <R> the type of the resource
     */
    public sealed interface Lease<R> extends AutoCloseable permits CheckoutLease {

        /**
         * Returns what was lent.
         *
         * @return the resource, which is to be used only while the lease is held
         * @throws CheckoutException.StaleLease if the lease is over
         */
        R resource();

        /**
         * Tells whether the lease is held.
         *
         * @return false once it was given back, discarded or taken back
         */
        boolean isHeld();

        /**
         * Hands the resource to another thread: from now on that is the borrower, and its end takes the resource back.
         * Only the borrower may call this. This lease is over then, so it may stand in try-with-resources. The receiver
         * is not asked; it must live. One that ends at this moment, or a process that has ended and whose thread is
         * about to, may be handed the resource yet, which then comes back from it at once.
         *
         * <p>Memory effects: the receiver sees what this thread did before if it gets the lease by a way that has such
         * an effect, as messages have.
         *
         * @param receiver the borrower from now on
         * @return the receiver's lease
         * @throws CheckoutException.StaleLease if this lease is over
         * @throws CheckoutException if the caller is not the borrower, or the receiver has ended or was declared
         *     exited; then nothing has changed
         */
        Lease<R> handOver(Thread receiver);

        /**
         * Gives the resource back as one that is broken: it is destroyed and replaced. Returns at once. Does nothing
         * when the lease is over.
         */
        void discard();

        /**
         * Gives the resource back, after it was {@linkplain ResourceFactory#reset reset} on this thread, and hands it
         * to the next who waits. Does nothing when the lease is over.
         */
        @Override
        void close();
    }

    /**
     * What is done with a borrowed resource.
     *
     * @param <R> the type of the resource
     * @param <T> the type of the result
     * @param <X> what it may throw
     */
    @FunctionalInterface
    public interface Use<R, T extends @Nullable Object, X extends Exception> {

        /**
         * Uses the resource, on the borrower's thread.
         *
         * @param resource the resource, which must not be kept
         * @return what comes of it
         * @throws X if it fails
         */
        T with(R resource) throws X;
    }

    /**
     * Who holds a resource.
     *
     * @param thread the borrower
     * @param held for how long; to within some 10 ms, or exactly in a pool with a listener
     * @param resource the number of the resource
     */
    public record Holder(Thread thread, Duration held, int resource) {

        @Override
        public String toString() {
            String name = thread.getName().isEmpty() ? "thread " + thread.threadId() : "'" + thread.getName() + "'";
            return "resource " + resource + ", for " + held.toMillis() + " ms, " + name + ", " + thread.getState();
        }
    }

    /**
     * What a pool has done and does. Counts are since it was made.
     *
     * @param total how many resources there are
     * @param leased how many of them are lent; the others are idle, or being checked
     * @param waiting how many borrowers wait
     * @param checkouts how many loans there were
     * @param waits how many borrowers had to wait
     * @param waited how long they waited, together
     * @param timeouts how many got nothing in time
     * @param deadlines how many uses were not over by their {@linkplain #useWithin deadline}
     * @param shed how many were refused to shed load
     * @param created how many resources were made
     * @param destroyed how many were destroyed
     * @param creationFailures how many attempts to make one failed
     * @param reclaimed how many were taken back from threads that had ended
     * @param discarded how many borrowers gave back as broken
     */
    public record Statistics(
            int total,
            int leased,
            int waiting,
            long checkouts,
            long waits,
            Duration waited,
            long timeouts,
            long deadlines,
            long shed,
            long created,
            long destroyed,
            long creationFailures,
            long reclaimed,
            long discarded) {}

    private final Lending<R> lending;

    /** The tree that {@link #start} started; written before the pool is handed out. */
    private @Nullable Supervisor supervisor;

    private CheckoutPool(String name, int size, ResourceFactory<R> factory, CheckoutOptions options) {
        this.lending = new Lending<>(
                Checks.notBlank("name", name),
                Checks.atLeast("size", size, 1),
                PoolTree.factory(name, Objects.requireNonNull(factory, "factory"), options),
                options);
    }

    /**
     * Makes a pool that does not run yet: its {@link #spec() tree} is to be put under a supervisor of yours.
     *
     * @param <R> the type of the resources
     * @param name its name, not blank
     * @param size how many resources it has, 1 or more
     * @param factory makes them
     * @param options makes the options from the defaults
     * @return the pool
     */
    public static <R> CheckoutPool<R> create(
            String name, int size, ResourceFactory<R> factory, UnaryOperator<CheckoutOptions> options) {
        Objects.requireNonNull(options, "options");
        return new CheckoutPool<>(
                name, size, factory, Objects.requireNonNull(options.apply(CheckoutOptions.DEFAULTS), "options"));
    }

    /**
     * Makes a pool and runs it until it is {@linkplain #close() closed}. Its resources begin to be made, and this does
     * not wait for them: a pool starts too when none can be made.
     *
     * @param <R> the type of the resources
     * @param name its name, not blank
     * @param size how many resources it has, 1 or more
     * @param factory makes them
     * @return the running pool
     * @throws InterruptedException if the current thread is interrupted before the pool has started
     */
    public static <R> CheckoutPool<R> start(String name, int size, ResourceFactory<R> factory)
            throws InterruptedException {
        return start(name, size, factory, UnaryOperator.identity());
    }

    /**
     * Makes a pool with other options and runs it, as {@link #start(String, int, ResourceFactory)} does.
     *
     * @param <R> the type of the resources
     * @param name its name, not blank
     * @param size how many resources it has, 1 or more
     * @param factory makes them
     * @param options makes the options from the defaults
     * @return the running pool
     * @throws InterruptedException if the current thread is interrupted before the pool has started
     */
    public static <R> CheckoutPool<R> start(
            String name, int size, ResourceFactory<R> factory, UnaryOperator<CheckoutOptions> options)
            throws InterruptedException {
        CheckoutPool<R> pool = create(name, size, factory, options);
        pool.supervisor = Supervisor.start(pool.spec());
        return pool;
    }

    /**
     * Returns the tree of this pool: a supervisor of the process that keeps its resources, and of its resources if they
     * are {@linkplain ResourceFactory#process processes}. It may run once at a time. When it stops, the idle resources
     * are destroyed, and those that are lent when they come back; but processes at once.
     *
     * @return the specification, to be nested in a tree or started by itself
     */
    public SupervisorSpec spec() {
        return PoolTree.spec(lending);
    }

    // ---- borrowing

    /**
     * Borrows a resource, waiting for as long as the {@linkplain CheckoutOptions#withCheckoutTimeout checkout timeout}.
     *
     * @return the lease, to be closed
     * @throws InterruptedException as {@link #checkOut(Duration)} does
     */
    public Lease<R> checkOut() throws InterruptedException {
        return checkOut(lending.options().checkoutTimeout());
    }

    /**
     * Borrows a resource.
     *
     * <p>The wait ends when it is this thread's turn and a resource came back or was made; when the time is up; when
     * the thread is interrupted; when the pool is closed. In each case nothing of the wait is left, and a resource that
     * came too late goes to the next.
     *
     * @param timeout the longest wait; 0 or less: do not wait
     * @return the lease, to be closed
     * @throws InterruptedException if this thread is interrupted before or while it waits; it then has nothing. An
     *     interrupt that comes after the grant is left set instead
     * @throws CheckoutException.CheckoutTimeout if the time is up; the message tells who has the resources
     * @throws CheckoutException.CreationFailed if the time is up and there is no resource because none can be made
     * @throws CheckoutException.Shed if the pool sheds load
     * @throws CheckoutException.Closed if the pool is closed, before or meanwhile
     */
    public Lease<R> checkOut(Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        return lending.borrow(timeout);
    }

    /**
     * Borrows a resource if one is idle and nobody waits for it. Never waits and takes no notice of interrupts. It may
     * miss one that others take and give back while it looks.
     *
     * @return the lease, to be closed; empty if there is none at once
     * @throws CheckoutException.Closed if the pool is closed
     */
    public Optional<Lease<R>> tryCheckOut() {
        return Optional.ofNullable(lending.borrowAtOnce());
    }

    /**
     * Borrows a resource, uses it, and gives it back; as {@link #use(Duration, Use)}, with the
     * {@linkplain CheckoutOptions#withCheckoutTimeout checkout timeout}.
     *
     * @param <T> the type of the result
     * @param <X> what the use throws
     * @param use what to do with it, on this thread
     * @return what came of it
     * @throws X what the use threw; the resource was given back
     * @throws InterruptedException as {@link #checkOut(Duration)} does; then nothing was used
     */
    public <T extends @Nullable Object, X extends Exception> T use(Use<? super R, ? extends T, X> use)
            throws X, InterruptedException {
        return use(lending.options().checkoutTimeout(), use);
    }

    /**
     * Borrows a resource, uses it, and gives it back. Waits as {@link #checkOut(Duration)} does.
     *
     * @param <T> the type of the result
     * @param <X> what the use throws
     * @param timeout the longest wait for a resource; 0 or less: do not wait. The use takes as long as it likes
     * @param use what to do with it, on this thread
     * @return what came of it
     * @throws X what the use threw; the resource was given back
     * @throws InterruptedException as {@link #checkOut(Duration)} does; then nothing was used
     * @throws CheckoutException as {@link #checkOut(Duration)} does; then nothing was used
     */
    public <T extends @Nullable Object, X extends Exception> T use(Duration timeout, Use<? super R, ? extends T, X> use)
            throws X, InterruptedException {
        Objects.requireNonNull(use, "use");
        Lease<R> lease = checkOut(timeout);
        try {
            return use.with(lease.resource());
        } finally {
            lease.close();
        }
    }

    /**
     * Borrows a resource, uses it, and gives it back, all before a deadline: the limit is one for the wait and the use.
     *
     * {@snippet :
     * String receipt = printers.useWithin(Duration.ofSeconds(2), printer -> printer.print(letter));
     * }
     *
     * <p>If the deadline passes during the wait, it ends as {@link #checkOut(Duration)} does. If it passes during the
     * use, the resource is taken away and destroyed, since nobody knows its state, another takes its place, and this
     * thread is interrupted while it is in the use, and never after. Once it leaves the use, this throws {@link
     * CheckoutException.DeadlinePassed}, whatever the use returned or threw. A use that takes no notice of the
     * interrupt, nor of the end of its resource, goes on without it.
     *
     * <p>The interrupt is withdrawn at the end; so is another that arrives between the two, as nobody can tell them
     * apart. One that was there before stays set. What the next borrower waits for is not this thread but a new
     * resource. The idea is that of Elixir's DBConnection.
     *
     * @param <T> the type of the result
     * @param <X> what the use throws
     * @param limit the longest time for all; 0 or less: nothing is used
     * @param use what to do with it, on this thread
     * @return what came of it
     * @throws X what the use threw before the deadline; the resource was given back
     * @throws InterruptedException as {@link #checkOut(Duration)} does; then nothing was used
     * @throws CheckoutException.DeadlinePassed if the deadline passed during the use
     * @throws CheckoutException as {@link #checkOut(Duration)} does; then nothing was used
     */
    public <T extends @Nullable Object, X extends Exception> T useWithin(
            Duration limit, Use<? super R, ? extends T, X> use) throws X, InterruptedException {
        return TimedUse.within(Objects.requireNonNull(limit, "limit"), lending, Objects.requireNonNull(use, "use"));
    }

    // ---- while it runs

    /**
     * Changes the size. A pool that grows makes what is missing; one that shrinks gives up what is idle now, and what
     * is lent when it comes back. Returns at once.
     *
     * @param size how many resources it is to have, 1 or more
     */
    public void resize(int size) {
        lending.resize(Checks.atLeast("size", size, 1));
    }

    /**
     * Replaces every resource that there is now: the idle ones at once, those that are lent when they come back. For
     * when the other side has changed. Returns at once.
     */
    public void evictAll() {
        lending.beginEpoch();
    }

    /** Lends nothing until {@link #resume}: borrowers wait, within their time limits. What is lent may come back. */
    public void suspend() {
        lending.suspend();
    }

    /** Ends {@link #suspend}: those who wait are served in turn. */
    public void resume() {
        lending.resume();
    }

    // ---- what there is

    /**
     * Returns the pool's name.
     *
     * @return the name
     */
    public String name() {
        return lending.name();
    }

    /** For tests. */
    Lending<R> lending() {
        return lending;
    }

    /**
     * Returns how many resources the pool is to have, apart from its overflow.
     *
     * @return 1 or more
     */
    public int size() {
        return lending.size();
    }

    /**
     * Returns what the pool has done and does. Costs a walk over its resources.
     *
     * @return the statistics, each true, but not all of the same instant
     */
    public Statistics statistics() {
        return lending.statistics();
    }

    /**
     * Returns who holds resources, for people.
     *
     * @return a list of its own, who has held one longest first
     */
    public List<Holder> holders() {
        return Holders.of(lending.all(), lending.now());
    }

    /**
     * Returns why the last attempt to make a resource failed.
     *
     * @return what the factory threw; empty if there was no failure since the last success
     */
    public Optional<Throwable> lastFailure() {
        return Optional.ofNullable(lending.lastFailure());
    }

    // ---- closing

    /**
     * Closes the pool, waiting for what is lent as long as the {@linkplain CheckoutOptions#withDrainTimeout drain
     * timeout}. See {@link #close(Duration)}.
     */
    @Override
    public void close() {
        close(lending.options().drainTimeout());
    }

    /**
     * Closes the pool: from now on nobody gets a resource, and those who wait are refused. Waits until what is lent has
     * come back, and after the given time takes it away, which its borrowers learn by {@link
     * CheckoutException.StaleLease}. Destroys all resources; one that is being given back or taken back just then, by
     * another thread, a little later. If {@link #start start} runs this pool, that ends too. An interrupt ends the wait
     * at once, as if the time were up, and stays set. A second call does the same again, which is nothing where all is
     * done.
     *
     * @param drain the longest wait for what is lent; 0 or less: do not wait
     */
    public void close(Duration drain) {
        Objects.requireNonNull(drain, "drain");
        lending.close(drain);
        Supervisor own = supervisor;
        if (own != null) {
            own.close();
        }
    }

    /**
     * Tells whether the pool was closed.
     *
     * @return true once {@link #close} was called
     */
    public boolean isClosed() {
        return lending.isClosed();
    }

    @Override
    public String toString() {
        return lending.toString();
    }
}
