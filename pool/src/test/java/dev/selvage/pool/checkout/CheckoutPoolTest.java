package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.pool.checkout.CheckoutPool.Lease;
import dev.selvage.pool.checkout.CheckoutRig.Doing;
import dev.selvage.pool.checkout.CheckoutRig.Thing;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Lending, waiting and giving back (rules 9.1, 9.3, 9.6). */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class CheckoutPoolTest {
    private final ThreadKind kind;

    CheckoutPoolTest(ThreadKind kind) {
        this.kind = kind;
    }

    @Test
    @DisplayName("9.1 a resource is lent to one at a time, and lent again when it comes back, after a reset")
    void lendsAgain() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            assertThat(rig.using().result()).isEqualTo(1);
            assertThat(rig.using().result()).isEqualTo(1);
            assertThat(rig.made).hasValue(1);
            Lease<Thing> lease = rig.pool.checkOut();
            assertThat(lease.resource().resets).hasValue(2);
            assertThat(rig.pool.tryCheckOut()).isEmpty();
            lease.close();
            Optional<Lease<Thing>> again = rig.pool.tryCheckOut();
            assertThat(again).isPresent();
            again.orElseThrow().close();
            assertThat(rig.pool.statistics().checkouts()).isEqualTo(4);
        }
    }

    @Test
    @DisplayName("9.1 a lease that is over throws, even when its resource is lent to somebody else")
    void staleLease() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            Lease<Thing> old = rig.pool.checkOut();
            old.close();
            assertThat(old.isHeld()).isFalse();
            try (Lease<Thing> current = rig.pool.checkOut()) {
                old.close();
                old.discard();
                assertThat(current.isHeld()).isTrue();
                assertThat(current.resource().number).isEqualTo(1);
                assertThatThrownBy(old::resource)
                        .isInstanceOf(CheckoutException.StaleLease.class)
                        .hasMessageContainingAll("resource 1", "pool");
            }
            assertThat(rig.pool.statistics().discarded()).isZero();
        }
    }

    @Test
    @DisplayName("9.1 what the use throws comes out, and the resource is back")
    void useThatThrows() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            assertThatThrownBy(() -> rig.pool.use(thing -> {
                        throw new java.io.IOException("planned");
                    }))
                    .isInstanceOf(java.io.IOException.class);
            assertThat(rig.pool.statistics().leased()).isZero();
            assertThat(rig.using().result()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("9.1 what cannot be reset is destroyed and replaced")
    void cannotBeReset() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            Integer first = rig.pool.use(thing -> {
                thing.resettable = false;
                return thing.number;
            });
            assertThat(first).isEqualTo(1);
            assertThat(rig.using().result()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("9.1, failure 26 what is discarded is destroyed and replaced, and who waits gets the new one")
    void discarded() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            Lease<Thing> lease = rig.pool.checkOut();
            Doing<Integer> waiting = rig.using().whenWaiting(1);
            lease.discard();
            assertThat(waiting.result()).isEqualTo(2);
            assertThat(rig.pool.statistics().discarded()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("9.3 who waits is served in turn, and nobody overtakes")
    void inTurn() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            Lease<Thing> lease = rig.pool.checkOut();
            List<Integer> order = new ArrayList<>();
            List<Doing<?>> waiting = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                int number = i;
                waiting.add(rig.doing(() -> rig.pool.use(thing -> order.add(number)))
                        .whenWaiting(i + 1));
            }
            assertThat(rig.pool.tryCheckOut()).isEmpty();
            lease.close();
            for (Doing<?> each : waiting) {
                assertThat(each.failure()).isNull();
            }
            assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        }
    }

    @Test
    @DisplayName(
            "9.6 a wait that times out leaves nothing, and tells who has the resources, how long, and where they are")
    void timesOut() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            Lease<Thing> lease = rig.pool.checkOut();
            rig.ticker.advance(Duration.ofMillis(250));
            int parked = rig.ticker.parked();
            Doing<?> late = rig.doing(() -> rig.pool.checkOut(Duration.ofSeconds(1)));
            rig.ticker.awaitParked(parked + 1);
            rig.ticker.advance(Duration.ofSeconds(1));
            assertThat(late.failure())
                    .isInstanceOf(CheckoutException.CheckoutTimeout.class)
                    .hasMessageContainingAll(
                            "'pool'", "1 of 1 lent", "1000 ms", "resource 1, for 1250 ms", "at ", "CheckoutPoolTest");
            assertThat(rig.pool.statistics().waiting()).isZero();
            assertThat(rig.pool.statistics().timeouts()).isEqualTo(1);
            lease.close();
            assertThat(rig.using().result()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("12 a timeout of 0 or less does not wait")
    void noWait() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            Lease<Thing> lease = rig.pool.checkOut(Duration.ZERO);
            for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
                assertThatThrownBy(() -> rig.pool.checkOut(none)).isInstanceOf(CheckoutException.CheckoutTimeout.class);
            }
            lease.close();
        }
    }

    @Test
    @DisplayName("9.6, failure 26 an interrupt ends the wait, and the resource goes to the next")
    void interrupted() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            Lease<Thing> lease = rig.pool.checkOut();
            Doing<?> interrupted = rig.borrowing().whenWaiting(1);
            Doing<Integer> next = rig.using().whenWaiting(2);
            interrupted.thread.interrupt();
            assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
            assertThat(rig.pool.statistics().waiting()).isEqualTo(1);
            lease.close();
            assertThat(next.result()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("12 who is interrupted before gets nothing, though there is something")
    void interruptedBefore() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            Doing<?> interrupted = rig.doing(() -> {
                Thread.currentThread().interrupt();
                return rig.pool.checkOut();
            });
            assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
            assertThat(rig.pool.statistics().leased()).isZero();
        }
    }

    @Test
    @DisplayName("9.5 what was destroyed is kept nowhere, in whichever order resources are lent")
    void notKept() throws Exception {
        for (CheckoutOptions.Reuse reuse : CheckoutOptions.Reuse.values()) {
            List<WeakReference<Thing>> gone = new ArrayList<>();
            try (CheckoutRig rig = CheckoutRig.full(kind, 3, options -> options.withReuse(reuse))) {
                rig.living.forEach(thing -> gone.add(new WeakReference<>(thing))); // a variable here would keep one
                rig.pool.evictAll();
                Threads.awaitTrue("replaced", () -> rig.pool.statistics().destroyed() == 3);
                rig.awaitTotal(3);
                Threads.awaitTrue("none is reachable", () -> {
                    System.gc();
                    return gone.stream().allMatch(reference -> reference.get() == null);
                });
            }
            assertThat(gone).hasSize(3);
        }
    }

    @Test
    @DisplayName("9.2 the keeper makes its rounds while a loan is young, and sleeps when none is")
    void roundsEnd() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            awaitSleep(rig);
            try (Lease<Thing> held = rig.pool.checkOut()) {
                assertThat(rig.ticker.awaitNextDeadline()).isLessThanOrEqualTo(Duration.ofMillis(10));
                awaitSleep(rig); // who holds for long is watched for
                assertThat(held.isHeld()).isTrue();
            }
            rig.pool.checkOut().close();
            assertThat(rig.ticker.awaitNextDeadline()).isLessThanOrEqualTo(Duration.ofMillis(10));
            awaitSleep(rig);
        }
    }

    /** Lets time pass, round by round, until the keeper waits for no time any more. */
    private static void awaitSleep(CheckoutRig rig) {
        Thread keeper = rig.pool.lending().keeper().process().orElseThrow().thread();
        Threads.awaitTrue("the keeper sleeps", () -> {
            rig.ticker.advance(Duration.ofMillis(10));
            Threads.awaitState(keeper, Thread.State.WAITING); // a virtual thread that was woken is not
            return rig.ticker.parked() == 0;
        });
    }

    @Test
    @DisplayName("9.5 last in first out by default: the busy ones stay busy")
    void lifo() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 3)) {
            assertThat(threeTurns(rig)).containsOnly(threeTurns(rig).get(0));
        }
    }

    @Test
    @DisplayName("9.5 first in first out on request: all are used alike")
    void fifo() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 3, options -> options.withReuse(CheckoutOptions.Reuse.FIFO))) {
            assertThat(threeTurns(rig)).containsExactlyInAnyOrder(1, 2, 3);
        }
    }

    private static List<Integer> threeTurns(CheckoutRig rig) throws Exception {
        return List.of(rig.using().result(), rig.using().result(), rig.using().result());
    }

    @Test
    @DisplayName("9.5 suspended, a pool lends nothing and takes back; resumed, it serves those who waited, in turn")
    void suspended() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 2)) {
            Lease<Thing> lease = rig.pool.checkOut();
            rig.pool.suspend();
            assertThat(rig.pool.tryCheckOut()).isEmpty();
            Doing<Integer> first = rig.using().whenWaiting(1);
            Doing<Integer> second = rig.using().whenWaiting(2);
            lease.close();
            assertThat(rig.pool.statistics().waiting()).isEqualTo(2);
            assertThat(rig.pool).hasToString("checkout pool 'pool' (0 of 2 lent, 2 waiting, size 2, suspended)");
            rig.pool.resume();
            assertThat(first.result()).isPositive();
            assertThat(second.result()).isPositive();
        }
    }

    @Test
    @DisplayName("9.1 it tells who holds what, and for how long")
    void holders() throws Exception {
        CheckoutListener listening = new CheckoutListener() {}; // loans are dated exactly then, not by the last round
        try (CheckoutRig rig = CheckoutRig.full(kind, 2, options -> options.withListener(listening))) {
            Lease<Thing> lease = rig.pool.checkOut();
            rig.ticker.advance(Duration.ofMillis(70));
            AtomicReference<List<CheckoutPool.Holder>> seen = new AtomicReference<>();
            Doing<?> other = rig.doing(() -> rig.pool.use(thing -> {
                seen.set(rig.pool.holders());
                return thing;
            }));
            assertThat(other.failure()).isNull();
            assertThat(seen.get()).hasSize(2);
            assertThat(seen.get().get(0).thread()).isSameAs(Thread.currentThread());
            assertThat(seen.get().get(0).held()).isEqualTo(Duration.ofMillis(70));
            assertThat(seen.get().get(1).thread()).isSameAs(other.thread);
            lease.close();
            assertThat(rig.pool.holders()).isEmpty();
        }
    }

    @Test
    @DisplayName("9.6 a pool that sheds load refuses one in turn, plainly, and serves the next; off by default")
    void shedsLoad() throws Exception {
        assertThat(refusedUnderOverload(options -> options)).isEmpty();
        List<Throwable> refused = refusedUnderOverload(
                options -> options.withLoadShedding(Duration.ofMillis(10), Duration.ofMillis(100)));
        assertThat(refused)
                .singleElement()
                .isInstanceOfSatisfying(
                        CheckoutException.Shed.class,
                        shed -> assertThat(shed).hasMessageContainingAll("'pool'", "sheds load", "refused after"));
    }

    /** One resource, each time lent for 50 ms, and five who want it at once. */
    private List<Throwable> refusedUnderOverload(UnaryOperator<CheckoutOptions> options) throws Exception {
        List<Throwable> refused = new ArrayList<>();
        try (CheckoutRig rig = CheckoutRig.full(kind, 1, options)) {
            Lease<Thing> first = rig.pool.checkOut();
            Semaphore turns = new Semaphore(0);
            AtomicInteger served = new AtomicInteger();
            List<Doing<?>> waiting = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                waiting.add(rig.doing(() -> rig.pool.use(thing -> {
                            served.incrementAndGet();
                            turns.acquire();
                            return thing;
                        }))
                        .whenWaiting(i + 1));
            }
            rig.ticker.advance(Duration.ofMillis(50));
            first.close();
            for (int turn = 1; isServedOrOver(turn, served, waiting); turn++) {
                rig.ticker.advance(Duration.ofMillis(50));
                turns.release();
            }
            for (Doing<?> each : waiting) {
                Throwable failure = each.failure();
                if (failure != null) {
                    refused.add(failure);
                }
            }
            assertThat(rig.pool.statistics().shed()).isEqualTo(refused.size());
        }
        return refused;
    }

    /** Waits until so many were served, and returns true; or all have ended, and returns false. */
    private static boolean isServedOrOver(int turn, AtomicInteger served, List<Doing<?>> all) {
        Threads.awaitTrue(
                "one is served or all is over",
                () -> served.get() == turn || all.stream().noneMatch(each -> each.thread.isAlive()));
        return served.get() == turn;
    }

    @Test
    @DisplayName("9.7, failure 27 a closed pool refuses and makes nothing, wakes who waits, and waits for what is lent")
    void closeDrains() throws Exception {
        CheckoutRig rig = CheckoutRig.full(kind, 1);
        Lease<Thing> lease = rig.pool.checkOut();
        Doing<?> waiting = rig.borrowing().whenWaiting(1);
        Doing<?> closing = rig.doing(() -> {
            rig.pool.close(CheckoutRig.LONG);
            return "closed";
        });
        assertThat(waiting.failure())
                .isInstanceOf(CheckoutException.Closed.class)
                .hasMessageContainingAll("'pool'", "closed");
        assertThatThrownBy(rig.pool::checkOut).isInstanceOf(CheckoutException.Closed.class);
        assertThatThrownBy(rig.pool::tryCheckOut).isInstanceOf(CheckoutException.Closed.class);
        Threads.awaitState(closing.thread, Thread.State.WAITING, Thread.State.TIMED_WAITING);
        lease.resource().use();
        lease.close();
        assertThat(closing.result()).isEqualTo("closed");
        rig.close();
        assertThat(rig.made).hasValue(1);
    }

    @Test
    @DisplayName("9.7 a close takes away what is not given back in time, and is done even so")
    void closeTakesAway() throws Exception {
        CheckoutRig rig = CheckoutRig.full(kind, 2);
        Lease<Thing> leaked = rig.pool.checkOut();
        Thing thing = leaked.resource();
        rig.pool.close(Duration.ZERO);
        assertThat(leaked.isHeld()).isFalse();
        assertThatThrownBy(leaked::resource).isInstanceOf(CheckoutException.StaleLease.class);
        leaked.close();
        assertThat(thing.resets).as("resets after it was taken away").hasValue(0);
        rig.close();
        assertThat(thing.destroyed).isTrue();
    }
}
