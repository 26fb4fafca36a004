package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.selvage.pool.checkout.CheckoutPool.Lease;
import dev.selvage.pool.checkout.CheckoutRig.Doing;
import dev.selvage.pool.checkout.CheckoutRig.Thing;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A deadline over waiting and use (rule 9.6). */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class CheckoutDeadlineTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ThreadKind kind;

    /** What the borrower has when it has left the method: the thing, and whether an interrupt is left. */
    private final AtomicReference<Thing> used = new AtomicReference<>();

    private final AtomicBoolean interruptLeft = new AtomicBoolean();

    CheckoutDeadlineTest(ThreadKind kind) {
        this.kind = kind;
    }

    /** Uses a thing within a second, on a thread of its own. */
    private Doing<Integer> usingWithin(CheckoutRig rig, CheckoutPool.Use<Thing, Integer, Exception> use) {
        return rig.doing(() -> {
            try {
                return rig.pool.useWithin(SECOND, thing -> {
                    used.set(thing);
                    return use.with(thing);
                });
            } finally {
                interruptLeft.set(Thread.currentThread().isInterrupted());
            }
        });
    }

    private Doing<Integer> waitingForever(CheckoutRig rig) {
        return usingWithin(rig, CheckoutDeadlineTest::waitForever);
    }

    private static Integer waitForever(Thing thing) throws InterruptedException {
        new CountDownLatch(1).await();
        return thing.number;
    }

    private void awaitUsed() {
        Threads.awaitTrue("used", () -> used.get() != null);
    }

    /** Waits until the clock sleeps, beside whoever else does, and lets the second pass. */
    private void passTheDeadline(CheckoutRig rig) {
        awaitUsed();
        Threads.awaitTrue("the clock sleeps", () -> rig.ticker.parked() > 0);
        rig.ticker.advance(SECOND);
    }

    @Test
    @DisplayName("9.6 a use within its deadline is like any other")
    void inTime() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            assertThat(usingWithin(rig, thing -> thing.number).result()).isEqualTo(1);
            assertThat(used.get().resets).hasValue(1);
            assertThat(usingWithin(rig, thing -> {
                                throw new IOException("planned");
                            })
                            .failure())
                    .isInstanceOf(IOException.class)
                    .hasMessage("planned");
            rig.ticker.advance(SECOND.multipliedBy(2));
            assertThat(rig.using().result()).isEqualTo(1);
            assertThat(rig.pool.statistics().deadlines()).isZero();
            assertThat(rig.made).hasValue(1);
        }
    }

    @Test
    @DisplayName("9.6 past the deadline the resource is taken away and replaced, and the user is interrupted and told")
    void tooLate() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            Doing<Integer> late = waitingForever(rig);
            awaitUsed();
            Doing<Integer> next = rig.using().whenWaiting(1);
            passTheDeadline(rig);
            assertThat(late.failure())
                    .isInstanceOf(CheckoutException.DeadlinePassed.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(interruptLeft).isFalse();
            assertThat(next.result()).isEqualTo(2);
            Threads.awaitTrue("destroyed", () -> used.get().destroyed);
            assertThat(used.get().resets).as("resets of what was taken away").hasValue(0);
            assertThat(rig.pool.statistics().deadlines()).isEqualTo(1);
            assertThat(rig.pool.statistics().timeouts()).isZero();
            assertThat(rig.pool.statistics().reclaimed()).isZero();
        }
    }

    @Test
    @DisplayName("9.6 the error tells where the user was when the deadline passed, and who else holds what")
    void tells() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 2)) {
            Lease<Thing> other = rig.pool.checkOut();
            rig.ticker.advance(Duration.ofMillis(250));
            Doing<Integer> late = waitingForever(rig);
            awaitUsed();
            Threads.awaitState(late.thread, Thread.State.WAITING);
            passTheDeadline(rig);
            String message = String.valueOf(late.failure());
            assertThat(message)
                    .contains("CheckoutDeadlineTest.waitForever")
                    .containsPattern("resource [12] of checkout pool pool was not given back within 1000 ms")
                    .containsPattern("resource [12], for 1\\d{3} ms, 'borrower'") // dated by the keeper's rounds
                    .containsPattern("resource [12], for 1250 ms, '"
                            + Thread.currentThread().getName());
            assertThat(message.indexOf("'borrower'"))
                    .as("the one that is late first")
                    .isLessThan(message.indexOf("'" + Thread.currentThread().getName()));
            other.close();
        }
    }

    @Test
    @DisplayName("9.6 the deadline is one for the wait and the use: what the wait took is missing in the use")
    void waitCounts() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            Lease<Thing> lease = rig.pool.checkOut();
            Doing<Integer> late = waitingForever(rig).whenWaiting(1);
            Threads.awaitTrue("the borrower sleeps", () -> rig.ticker.parked() > 0);
            rig.ticker.advance(Duration.ofMillis(999));
            lease.close();
            awaitUsed();
            Threads.awaitTrue("the clock sleeps", () -> rig.ticker.parked() > 0);
            assertThat(late.thread.isAlive()).isTrue();
            rig.ticker.advance(Duration.ofMillis(1));
            assertThat(late.failure()).isInstanceOf(CheckoutException.DeadlinePassed.class);
        }
    }

    @Test
    @DisplayName("9.6 a deadline that passes during the wait is a timeout, and nothing was used")
    void passesDuringTheWait() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            Lease<Thing> lease = rig.pool.checkOut();
            Doing<Integer> late = waitingForever(rig).whenWaiting(1);
            Threads.awaitTrue("the borrower sleeps", () -> rig.ticker.parked() > 0);
            rig.ticker.advance(SECOND);
            assertThat(late.failure())
                    .isInstanceOf(CheckoutException.CheckoutTimeout.class)
                    .hasMessageContainingAll("within 1000 ms", "resource 1, for 1000 ms");
            assertThat(used).hasNullValue();
            lease.close();
            assertThat(rig.pool.statistics().timeouts()).isEqualTo(1);
            assertThat(rig.pool.statistics().deadlines()).isZero();
        }
    }

    @Test
    @DisplayName("9.6, 12 a limit of 0 or less uses nothing, though there is something")
    void noTime() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            for (Duration none : List.of(Duration.ZERO, SECOND.negated())) {
                assertThatThrownBy(() -> rig.pool.useWithin(none, CheckoutDeadlineTest::waitForever))
                        .isInstanceOf(CheckoutException.CheckoutTimeout.class);
            }
            assertThat(rig.pool.statistics().timeouts()).isEqualTo(2);
            assertThat(rig.pool.statistics().leased()).isZero();
            assertThat(rig.using().result()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("9.6 a limit as long as can be never passes, and shorter ones beside it do")
    void longest() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 2)) {
            CountDownLatch release = new CountDownLatch(1);
            Doing<Integer> patient = rig.doing(() -> rig.pool.useWithin(Duration.ofSeconds(Long.MAX_VALUE), thing -> {
                release.await();
                return thing.number;
            }));
            Threads.awaitTrue("lent", () -> rig.pool.statistics().leased() == 1);
            assertThat(waitingLate(rig)).isInstanceOf(CheckoutException.DeadlinePassed.class);
            rig.ticker.advance(Duration.ofDays(10_000));
            release.countDown();
            assertThat(patient.result()).isPositive();
        }
    }

    @Test
    @DisplayName("9.6 a use that returns too late, deaf to its interrupt, fails even so, and no interrupt is left")
    void deaf() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            CountDownLatch release = new CountDownLatch(1);
            Doing<Integer> late = usingWithin(rig, thing -> {
                Threads.awaitDeaf(release);
                Thread.currentThread().interrupt(); // as one does who cannot throw what interrupted it
                return thing.number;
            });
            passTheDeadline(rig);
            assertThat(rig.using().result())
                    .as("it goes on without the deaf one")
                    .isEqualTo(2);
            release.countDown();
            assertThat(late.failure())
                    .isInstanceOf(CheckoutException.DeadlinePassed.class)
                    .hasNoCause();
            assertThat(interruptLeft).isFalse();
        }
    }

    @Test
    @DisplayName("9.6, 12 an interrupt that was there before the deadline stays")
    void interruptedBefore() throws Exception {
        // a virtual thread that only yields can keep the only carrier from all others
        assumeTrue(kind == ThreadKind.PLATFORM || Runtime.getRuntime().availableProcessors() > 1);
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            CountDownLatch release = new CountDownLatch(1);
            Doing<Integer> late = usingWithin(rig, thing -> {
                Thread.currentThread().interrupt();
                used.set(thing);
                while (release.getCount() > 0) {
                    Thread.yield(); // a wait would take the interrupt
                }
                return thing.number;
            });
            Threads.awaitTrue("interrupted", late.thread::isInterrupted);
            passTheDeadline(rig);
            Threads.awaitTrue("late", () -> rig.pool.statistics().deadlines() == 1);
            release.countDown();
            assertThat(late.failure()).isInstanceOf(CheckoutException.DeadlinePassed.class);
            assertThat(interruptLeft).isTrue();
        }
    }

    @Test
    @DisplayName("9.6 of several uses each ends by its own deadline, whichever began first")
    void several() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 3)) {
            Doing<Integer> longer =
                    rig.doing(() -> rig.pool.useWithin(Duration.ofSeconds(9), CheckoutDeadlineTest::waitForever));
            Threads.awaitTrue("lent", () -> rig.pool.statistics().leased() == 1);
            Threads.awaitTrue("the clock sleeps", () -> rig.ticker.parked() > 0);
            Doing<Integer> shorter = waitingForever(rig);
            passTheDeadline(rig);
            assertThat(shorter.failure()).isInstanceOf(CheckoutException.DeadlinePassed.class);
            assertThat(longer.thread.isAlive()).isTrue();
            Threads.awaitTrue("the clock sleeps again", () -> rig.ticker.parked() > 0);
            rig.ticker.advance(Duration.ofSeconds(8));
            assertThat(longer.failure()).isInstanceOf(CheckoutException.DeadlinePassed.class);
        }
    }

    @Test
    @DisplayName("9.6 a deadline inside another: the inner one fails the inner use, the outer goes on")
    void nested() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 2)) {
            Doing<String> outer = rig.doing(() -> rig.pool.useWithin(Duration.ofSeconds(2), first -> {
                try {
                    rig.pool.useWithin(SECOND, second -> {
                        used.set(second);
                        return waitForever(second);
                    });
                    return "not late";
                } catch (CheckoutException.DeadlinePassed late) {
                    first.use();
                    return Thread.currentThread().isInterrupted() ? "interrupted" : "late";
                }
            }));
            passTheDeadline(rig);
            assertThat(outer.result()).isEqualTo("late");
            assertThat(rig.pool.statistics().deadlines()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("9.6, 9.7 a use that holds on to what a close took away still ends by its deadline")
    void closedMeanwhile() throws Exception {
        CheckoutRig rig = CheckoutRig.full(kind, 1);
        Doing<Integer> late = waitingForever(rig);
        awaitUsed();
        rig.close();
        assertThat(used.get().destroyed).isTrue();
        passTheDeadline(rig);
        assertThat(late.failure()).isInstanceOf(CheckoutException.DeadlinePassed.class);
        Threads.awaitTrue("nobody sleeps any more", () -> rig.ticker.parked() == 0);
        assertThat(rig.pool.statistics().deadlines()).isEqualTo(1);
    }

    @Test
    @DisplayName("9.6 a deadline counts also when the tree of the pool has stopped")
    void treeHasStopped() throws Exception {
        FakeTicker ticker = new FakeTicker();
        CheckoutPool<String> pool = CheckoutPool.create("pool", 1, () -> "thing", plain -> plain.withTicker(ticker));
        Supervisor tree = Supervisor.start(pool.spec());
        CountDownLatch begun = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (Threads threads = new Threads()) {
            Thread late = threads.start(kind, "borrower", () -> {
                try {
                    pool.useWithin(SECOND, thing -> {
                        begun.countDown();
                        new CountDownLatch(1).await();
                        return thing;
                    });
                } catch (CheckoutException.DeadlinePassed passed) {
                    failure.set(passed);
                }
            });
            begun.await();
            tree.close();
            Threads.awaitTrue("the clock sleeps", () -> ticker.parked() > 0);
            ticker.advance(SECOND);
            late.join();
        }
        assertThat(failure.get()).isNotNull();
        assertThat(pool.statistics().total()).isZero();
        pool.close();
    }

    @Test
    @DisplayName(
            "9.6 one thread keeps the deadlines of a pool, and ends when there are none, however far off they were")
    void oneThread() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            assertThat(clock(rig)).as("before there was a deadline").isEmpty();
            int first = rig.pool.useWithin(Duration.ofHours(1), thing -> thing.number);
            Thread clock = clock(rig).orElseThrow();
            int again = rig.pool.useWithin(Duration.ofHours(1), thing -> thing.number);
            assertThat(List.of(first, again)).containsOnly(1);
            assertThat(clock(rig)).containsSame(clock);
            Threads.awaitTrue("it ends", () -> {
                rig.ticker.advance(SECOND);
                return !clock.isAlive();
            });
            assertThat(rig.ticker.elapsed()).isLessThan(Duration.ofHours(1));
            assertThat(clock(rig)).as("some seconds later").isEmpty();
            assertThat(waitingLate(rig)).isInstanceOf(CheckoutException.DeadlinePassed.class);
        }
    }

    private @Nullable Throwable waitingLate(CheckoutRig rig) throws InterruptedException {
        Doing<Integer> late = waitingForever(rig);
        passTheDeadline(rig);
        return late.failure();
    }

    private static Optional<Thread> clock(CheckoutRig rig) {
        return rig.pool.lending().clock().thread();
    }
}
