package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.supervisor.Supervisor;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A pool on a fake peer in standing time, with its tree; at the end nothing of any request may be left. */
final class Rig implements AutoCloseable {
    static final Duration LONG = Duration.ofDays(1);

    final FakeTicker ticker = new FakeTicker();
    final FakePeer peer;
    final RoutingPool<String, String> pool;
    final Supervisor tree;
    private final ThreadKind callers;

    private Rig(ThreadKind callers, int size, FakePeer peer, UnaryOperator<RoutingOptions> options)
            throws InterruptedException {
        this.callers = callers;
        this.peer = peer;
        this.pool = RoutingPool.create(
                "pool",
                size,
                peer,
                defaults -> options.apply(defaults.withTicker(ticker)
                        .withRequestTimeout(LONG)
                        .withSilence(Duration.ZERO)
                        .withConnectTimeout(LONG)));
        this.tree = Supervisor.start(pool.spec());
    }

    /** Starts a pool and waits until all of its members are connected. */
    static Rig connected(ThreadKind callers, int size, UnaryOperator<RoutingOptions> options)
            throws InterruptedException {
        Rig rig = starting(callers, size, new FakePeer(), options);
        assertThat(rig.pool.awaitReady(size, LONG)).isTrue();
        return rig;
    }

    static Rig connected(ThreadKind callers, int size) throws InterruptedException {
        return connected(callers, size, UnaryOperator.identity());
    }

    static Rig starting(ThreadKind callers, int size, FakePeer peer, UnaryOperator<RoutingOptions> options)
            throws InterruptedException {
        return new Rig(callers, size, peer, options);
    }

    /** A request on a thread of its own. */
    final class Asking {
        final FutureTask<String> task;
        final Thread thread;

        private Asking(Callable<String> body) {
            task = new FutureTask<>(body);
            thread = callers.unstarted("caller", task);
            thread.start();
        }

        String answer() throws Exception {
            return task.get();
        }

        Throwable failure() throws InterruptedException {
            try {
                throw new AssertionError("answered: " + task.get());
            } catch (ExecutionException e) {
                return e.getCause();
            }
        }

        Asking whenWaiting() {
            Threads.awaitState(thread, Thread.State.WAITING, Thread.State.TIMED_WAITING);
            return this;
        }
    }

    Asking ask(String request) {
        return new Asking(() -> pool.request(request));
    }

    Asking ask(String request, Duration timeout) {
        return new Asking(() -> pool.request(request, timeout));
    }

    RoutingPool.Member member(int index) {
        return pool.members().get(index);
    }

    void awaitState(int member, RoutingPool.Member.State state) {
        Threads.awaitTrue(
                "member " + member + " is " + state, () -> member(member).state() == state);
    }

    /** Until a member is in a pause, so that the ticker's next deadline of it is the end of that. */
    void awaitPause(int member) {
        Threads.awaitTrue("member " + member + " pauses", () -> {
            MemberProcess<?, ?> process = pool.slots().get(member).process;
            return process != null && process.isPausing();
        });
    }

    /** Until so many callers wait for a place. */
    void awaitWaiting(int callers) {
        Threads.awaitTrue(callers + " wait for a place", () -> pool.queue().length() == callers);
    }

    /** Nobody waits, nothing is booked, nothing counts as in flight. */
    void assertNothingLeft() {
        Threads.awaitTrue(
                "no request in flight: " + pool, () -> pool.slots().stream().allMatch(slot -> slot.inFlight() == 0));
        for (Slot slot : pool.slots()) {
            @Nullable MemberProcess<?, ?> process = slot.process;
            assertThat(process == null ? 0 : process.booked())
                    .as("requests booked by " + slot)
                    .isZero();
        }
        assertThat(pool.bell().waiting()).as("callers that wait for a member").isZero();
        assertThat(pool.queue().length()).as("callers that wait for a place").isZero();
    }

    @Override
    public void close() {
        try {
            assertNothingLeft();
        } finally {
            pool.close();
            tree.close();
        }
        assertThat(peer.allLines).allSatisfy(line -> assertThat(line.closes).hasValue(1));
        assertThat(pool.registry()).isNull();
    }
}
