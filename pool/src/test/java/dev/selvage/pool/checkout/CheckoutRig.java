package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A checkout pool of things that count, in standing time; at the end the books must balance. */
final class CheckoutRig implements AutoCloseable {
    static final Duration LONG = Duration.ofDays(1);

    /** A resource: it notices when two use it, or one uses it that is destroyed. */
    static final class Thing {
        final int number;
        final AtomicInteger users = new AtomicInteger();
        volatile boolean destroyed;
        volatile boolean well = true;
        volatile boolean resettable = true;
        final AtomicInteger resets = new AtomicInteger();
        final AtomicInteger checks = new AtomicInteger();

        /** Where the pool is told that it has broken. */
        volatile Consumer<? super Throwable> broken = why -> {};

        Thing(int number) {
            this.number = number;
        }

        /** Uses it for a moment. */
        void use() {
            assertThat(users.incrementAndGet()).as("users of thing %d", number).isEqualTo(1);
            assertThat(destroyed).as("thing %d is destroyed", number).isFalse();
            users.decrementAndGet();
        }

        @Override
        public String toString() {
            return "thing " + number;
        }
    }

    /** What happens when a thing is to be made. */
    interface Making {
        void before(int number) throws Exception;
    }

    /** What happens when a thing is to be watched, or reset. */
    interface Watching {
        void of(Thing thing) throws Exception;
    }

    final FakeTicker ticker = new FakeTicker();
    final CheckoutPool<Thing> pool;
    final AtomicInteger made = new AtomicInteger();
    final Set<Thing> living = ConcurrentHashMap.newKeySet();
    volatile Making making = number -> {};
    volatile Watching watching = thing -> {};
    volatile Watching resetting = thing -> {};
    private final ThreadKind kind;

    private CheckoutRig(ThreadKind kind, int size, Making making, UnaryOperator<CheckoutOptions> options)
            throws InterruptedException {
        this.kind = kind;
        this.making = making;
        this.pool = CheckoutPool.start(
                "pool",
                size,
                new Things(),
                defaults -> options.apply(
                        defaults.withTicker(ticker).withCheckoutTimeout(LONG).withCreateTimeout(LONG)));
    }

    private final class Things implements ResourceFactory<Thing> {
        @Override
        public Thing create() throws Exception {
            int number = made.incrementAndGet();
            making.before(number);
            Thing thing = new Thing(number);
            living.add(thing);
            return thing;
        }

        @Override
        public void watch(Thing thing, Consumer<? super Throwable> broken) throws Exception {
            thing.broken = broken;
            watching.of(thing);
        }

        @Override
        public boolean validate(Thing thing) {
            thing.checks.incrementAndGet();
            thing.use();
            return thing.well;
        }

        @Override
        public void reset(Thing thing) throws Exception {
            resetting.of(thing);
            thing.resets.incrementAndGet();
            thing.use();
            if (!thing.resettable) {
                throw new IllegalStateException("planned: cannot be reset");
            }
        }

        @Override
        public void destroy(Thing thing) {
            thing.use();
            thing.destroyed = true;
            living.remove(thing);
        }
    }

    static CheckoutRig starting(ThreadKind kind, int size, Making making, UnaryOperator<CheckoutOptions> options)
            throws InterruptedException {
        return new CheckoutRig(kind, size, making, options);
    }

    /** Starts a pool and waits until all of its resources are there. */
    static CheckoutRig full(ThreadKind kind, int size, UnaryOperator<CheckoutOptions> options)
            throws InterruptedException {
        CheckoutRig rig = starting(kind, size, number -> {}, options);
        rig.awaitTotal(size);
        Thread keeper = rig.pool.lending().keeper().process().orElseThrow().thread();
        Threads.awaitState(
                keeper, Thread.State.WAITING, Thread.State.TIMED_WAITING); // what it has made is idle by then
        return rig;
    }

    static CheckoutRig full(ThreadKind kind, int size) throws InterruptedException {
        return full(kind, size, UnaryOperator.identity());
    }

    void awaitTotal(int total) {
        Threads.awaitTrue(total + " resources", () -> pool.statistics().total() == total);
    }

    void awaitWaiting(int waiting) {
        Threads.awaitTrue(waiting + " waiting", () -> pool.statistics().waiting() == waiting);
    }

    void awaitLiving(int count) {
        Threads.awaitTrue(count + " living things", () -> living.size() == count);
    }

    /** Something done on a thread of the kind under test. */
    final class Doing<T> {
        private final FutureTask<T> task;
        final Thread thread;

        Doing(Callable<T> body) {
            task = new FutureTask<>(body);
            thread = kind.unstarted("borrower", task);
            thread.start();
        }

        Doing<T> whenWaiting(int waiting) {
            awaitWaiting(waiting);
            Threads.awaitState(thread, Thread.State.WAITING, Thread.State.TIMED_WAITING);
            return this;
        }

        T result() throws Exception {
            thread.join();
            return task.get();
        }

        @Nullable Throwable failure() throws InterruptedException {
            thread.join();
            try {
                task.get();
                return null;
            } catch (ExecutionException failed) {
                return failed.getCause();
            }
        }
    }

    <T> Doing<T> doing(Callable<T> body) {
        return new Doing<>(body);
    }

    /** Borrows on a thread of its own, which then ends without giving back. */
    Doing<CheckoutPool.Lease<Thing>> borrowing() {
        return doing(pool::checkOut);
    }

    /** Uses a resource once on a thread of its own and gives it back. */
    Doing<Integer> using() {
        return doing(() -> pool.use(thing -> {
            thing.use();
            return thing.number;
        }));
    }

    @Override
    public void close() throws InterruptedException {
        Thread closer = Thread.ofVirtual().start(() -> pool.close(Duration.ZERO));
        closer.join();
        CheckoutPool.Statistics end = pool.statistics();
        assertThat(end.leased()).as("lent").isZero();
        assertThat(end.waiting()).as("waiting").isZero();
        assertThat(end.total()).as("left").isZero();
        awaitLiving(0);
        assertThat(end.created()).as("created = destroyed").isEqualTo(end.destroyed());
    }
}
