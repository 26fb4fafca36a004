package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.pool.checkout.CheckoutPool.Lease;
import dev.selvage.pool.checkout.CheckoutRig.Doing;
import dev.selvage.pool.checkout.CheckoutRig.Thing;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import dev.selvage.time.FakeTicker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How resources are made, looked after and replaced (rules 9.4, 9.5, 9.6). */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class CheckoutSupplyTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ThreadKind kind;
    private volatile boolean down;

    CheckoutSupplyTest(ThreadKind kind) {
        this.kind = kind;
    }

    private void refuseWhenDown(int number) throws IOException {
        if (down) {
            throw new IOException("planned: down");
        }
    }

    @Test
    @DisplayName("9.4 no borrower's thread ever makes, checks or destroys a resource")
    void notOnTheBorrowersThread() throws Exception {
        Set<Thread> makers = ConcurrentHashMap.newKeySet();
        Set<Thread> borrowers = ConcurrentHashMap.newKeySet();
        try (CheckoutRig rig = CheckoutRig.starting(
                kind, 1, number -> makers.add(Thread.currentThread()), options -> options.withOverflow(2, SECOND))) {
            List<Doing<Integer>> doings = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Doing<Integer> doing = rig.using();
                borrowers.add(doing.thread);
                doings.add(doing);
            }
            for (Doing<Integer> doing : doings) {
                assertThat(doing.result()).isPositive();
            }
        }
        assertThat(makers).isNotEmpty().doesNotContainAnyElementsOf(borrowers);
    }

    @Test
    @DisplayName("9.4 who waits takes what comes first: a resource that comes back, while one is being made")
    void takesWhatComesFirst() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        try (CheckoutRig rig = CheckoutRig.starting(
                kind,
                1,
                number -> {
                    if (number > 1) {
                        slow.await();
                    }
                },
                options -> options.withOverflow(1, SECOND))) {
            Lease<Thing> lease = rig.pool.checkOut();
            Doing<Integer> waiting = rig.using().whenWaiting(1);
            Threads.awaitTrue("a second is being made", () -> rig.made.get() == 2);
            lease.close();
            assertThat(waiting.result()).isEqualTo(1);
            slow.countDown();
        }
    }

    @Test
    @DisplayName(
            "9.4 a factory that fails is tried again after pauses, from the first fill on; the pool recovers by itself")
    void recovers() throws Exception {
        down = true;
        try (CheckoutRig rig = CheckoutRig.starting(
                kind, 2, this::refuseWhenDown, options -> options.withBackoff(Backoff.fixed(SECOND)))) {
            Doing<Integer> waiting = rig.using().whenWaiting(1);
            Threads.awaitTrue("both tried", () -> rig.pool.statistics().creationFailures() == 2);
            for (int attempts = 3; attempts < 6; attempts++) {
                rig.ticker.awaitParked(2); // the keeper and the borrower
                rig.ticker.advance(SECOND);
                int expected = attempts;
                Threads.awaitTrue("one tries", () -> rig.pool.statistics().creationFailures() == expected);
            }
            assertThat(rig.pool.lastFailure().orElseThrow()).hasMessage("planned: down");
            down = false;
            rig.ticker.awaitParked(2);
            rig.ticker.advance(SECOND);
            assertThat(waiting.result()).isEqualTo(6);
            rig.awaitTotal(2);
            assertThat(rig.pool.lastFailure()).isEmpty();
        }
    }

    @Test
    @DisplayName("9.4 attempts that were made together and fail together are one failure to the backoff")
    void failTogether() throws Exception {
        down = true;
        List<Integer> asked = new CopyOnWriteArrayList<>();
        try (CheckoutRig rig = CheckoutRig.starting(
                kind,
                10,
                this::refuseWhenDown,
                options -> options.withBackoff((attempt, random) -> {
                    asked.add(attempt);
                    return SECOND;
                }))) {
            Threads.awaitTrue("all tried", () -> rig.pool.statistics().creationFailures() == 10);
            rig.ticker.awaitParked(1);
            assertThat(asked).containsExactly(1);
            rig.ticker.advance(SECOND);
            Threads.awaitTrue("one tries", () -> rig.pool.statistics().creationFailures() == 11);
            rig.ticker.awaitParked(1);
            assertThat(asked).containsExactly(1, 2);
        }
    }

    @Test
    @DisplayName("9.6 a wait that times out because nothing can be made says so, with the cause")
    void creationFailed() throws Exception {
        down = true;
        try (CheckoutRig rig = CheckoutRig.starting(
                kind, 1, this::refuseWhenDown, options -> options.withBackoff(Backoff.fixed(CheckoutRig.LONG)))) {
            Threads.awaitTrue("tried", () -> rig.pool.statistics().creationFailures() == 1);
            assertThatThrownBy(() -> rig.pool.checkOut(Duration.ZERO))
                    .isInstanceOf(CheckoutException.CreationFailed.class)
                    .hasMessageContainingAll("'pool'", "0 of 0 lent", "planned: down")
                    .hasRootCauseInstanceOf(IOException.class);
        }
    }

    @Test
    @DisplayName(
            "9.4 an attempt that takes too long is interrupted and counts as failed; what it makes later is destroyed")
    void takesTooLong() throws Exception {
        CountDownLatch deaf = new CountDownLatch(1);
        try (CheckoutRig rig = CheckoutRig.starting(
                kind,
                1,
                number -> {
                    if (number == 1) {
                        Threads.awaitDeaf(deaf);
                    }
                },
                options -> options.withCreateTimeout(SECOND).withBackoff(Backoff.none()))) {
            Threads.awaitTrue("being made", () -> rig.made.get() == 1);
            rig.ticker.awaitParked(1);
            rig.ticker.advance(SECOND);
            rig.awaitTotal(1);
            assertThat(rig.using().result()).isEqualTo(2);
            assertThat(rig.pool.statistics().creationFailures()).isEqualTo(1);
            deaf.countDown();
            Threads.awaitTrue("the late one is destroyed", () -> rig.living.size() == 1);
        }
    }

    @Test
    @DisplayName("9.5 a spike makes one more, not one for each who waits")
    void spike() throws Exception {
        CountDownLatch connecting = new CountDownLatch(1);
        try (CheckoutRig rig = CheckoutRig.starting(
                kind,
                2,
                number -> {
                    if (number > 2) {
                        connecting.await();
                    }
                },
                options -> options.withOverflow(48, CheckoutRig.LONG))) {
            rig.awaitTotal(2);
            Lease<Thing> one = rig.pool.checkOut();
            Lease<Thing> other = rig.pool.checkOut();
            List<Doing<Integer>> spike = new ArrayList<>();
            for (int i = 0; i < 48; i++) {
                spike.add(rig.using());
            }
            rig.awaitWaiting(48);
            Threads.awaitTrue("a third is being made", () -> rig.made.get() == 3);
            one.close();
            other.close();
            for (Doing<Integer> each : spike) {
                assertThat(each.result()).isBetween(1, 2);
            }
            connecting.countDown();
            rig.awaitTotal(3);
            assertThat(rig.made).hasValue(3);
        }
    }

    @Test
    @DisplayName(
            "9.5 while borrowers go on waiting the overflow grows to its limit, and goes when it was idle for its time")
    void overflow() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1, options -> options.withOverflow(3, SECOND))) {
            List<Lease<Thing>> leases = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                leases.add(rig.pool.checkOut());
            }
            Doing<Integer> fifth = rig.using().whenWaiting(1);
            assertThat(rig.pool.statistics().total()).isEqualTo(4);
            leases.forEach(Lease::close);
            assertThat(fifth.result()).isPositive();
            rig.awaitTotal(4);
            Threads.awaitTrue("the overflow is gone", () -> {
                rig.ticker.advance(SECOND);
                return rig.pool.statistics().total() == 1;
            });
            rig.awaitLiving(1);
        }
    }

    @Test
    @DisplayName("9.5 a resource too old is not lent any more, and replaced")
    void tooOld() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1, options -> options.withMaxLifetime(SECOND))) {
            Lease<Thing> lease = rig.pool.checkOut();
            rig.ticker.advance(SECOND);
            assertThat(lease.resource().number).as("what is lent stays").isEqualTo(1);
            lease.close();
            assertThat(rig.using().result()).isEqualTo(2);
            rig.ticker.advance(SECOND);
            assertThat(rig.using().result()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("9.5 a resource idle for long is checked before it is lent, and replaced where it is not well")
    void checkedBeforeLent() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1, options -> options.withValidationAfter(SECOND))) {
            Thing first = rig.pool.use(thing -> thing);
            rig.ticker.advance(SECOND);
            assertThat(rig.using().result()).isEqualTo(1);
            assertThat(first.checks).as("idle for no longer than that").hasValue(0);
            rig.ticker.advance(SECOND.plusNanos(1));
            assertThat(rig.using().result()).isEqualTo(1);
            assertThat(first.checks).hasValue(1);
            first.well = false;
            rig.ticker.advance(SECOND.plusNanos(1));
            assertThat(rig.using().result()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("9.5, failure 27 all idle ones invalid: each is replaced once, and no loop ends never")
    void allInvalid() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 5, options -> options.withValidationAfter(Duration.ZERO))) {
            rig.living.forEach(thing -> thing.well = false);
            rig.ticker.advance(SECOND);
            assertThat(rig.using().result()).isGreaterThan(5);
            rig.awaitTotal(5);
            assertThat(rig.pool.statistics().created()).isLessThanOrEqualTo(10);
        }
    }

    @Test
    @DisplayName("9.5 with keep-alive the idle ones are checked now and then, and replaced where they are not well")
    void keptAlive() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 2, options -> options.withKeepAlive(SECOND))) {
            Thing one = rig.living.stream()
                    .filter(thing -> thing.number == 1)
                    .findFirst()
                    .orElseThrow();
            Thing two = rig.living.stream()
                    .filter(thing -> thing.number == 2)
                    .findFirst()
                    .orElseThrow();
            two.well = false;
            Threads.awaitTrue("one replaced", () -> {
                rig.ticker.advance(Duration.ofMillis(500));
                return two.destroyed && rig.pool.statistics().total() == 2;
            });
            Threads.awaitTrue("the other checked", () -> one.checks.get() > 0);
            assertThat(one.destroyed).isFalse();
        }
    }

    @Test
    @DisplayName("9.5 resized while it runs: more are made, and fewer are kept, the lent ones until they come back")
    void resized() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            rig.pool.resize(4);
            rig.awaitTotal(4);
            Lease<Thing> one = rig.pool.checkOut();
            Lease<Thing> two = rig.pool.checkOut();
            rig.pool.resize(1);
            rig.awaitTotal(2);
            assertThat(one.resource()).isNotNull();
            one.close();
            rig.awaitTotal(1);
            two.close();
            rig.awaitLiving(1);
            assertThat(rig.using().result()).isEqualTo(rig.living.iterator().next().number);
            assertThatThrownBy(() -> rig.pool.resize(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("size: 0; allowed: 1 or more");
        }
    }

    @Test
    @DisplayName("9.5 all evicted softly: the idle at once, the lent when they come back, and new ones in their place")
    void evicted() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 2)) {
            Lease<Thing> lease = rig.pool.checkOut();
            rig.pool.evictAll();
            rig.awaitTotal(2);
            Threads.awaitTrue(
                    "the idle one is replaced", () -> rig.pool.statistics().created() == 3);
            lease.resource().use();
            lease.close();
            Threads.awaitTrue("the lent one too", () -> rig.pool.statistics().created() == 4);
            assertThat(rig.using().result()).isGreaterThan(2);
        }
    }

    @Test
    @DisplayName("9.7, failure 27 a pool closed while one is being made destroys that, too")
    void closedWhileMaking() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        CheckoutRig rig = CheckoutRig.starting(kind, 1, number -> Threads.awaitDeaf(slow), options -> options);
        Threads.awaitTrue("being made", () -> rig.made.get() == 1);
        Doing<?> closing = rig.doing(() -> {
            rig.pool.close(Duration.ZERO);
            return "closed";
        });
        Threads.awaitTrue("closed", rig.pool::isClosed);
        slow.countDown();
        assertThat(closing.result()).isEqualTo("closed");
        rig.awaitLiving(0);
    }

    @Test
    @DisplayName("9.7 when the tree of a pool has stopped, its idle resources are destroyed, slow as that may be")
    void treeStops() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        AtomicInteger destroyed = new AtomicInteger();
        ResourceFactory<Integer> factory = new ResourceFactory<>() {
            @Override
            public Integer create() {
                return 1;
            }

            @Override
            public void destroy(Integer resource) throws InterruptedException {
                slow.await();
                destroyed.incrementAndGet();
            }
        };
        CheckoutPool<Integer> pool = CheckoutPool.create("pool", 3, factory, options -> options);
        Supervisor tree = Supervisor.start(pool.spec());
        Threads.awaitTrue("full", () -> pool.statistics().total() == 3);
        Thread stopping = kind.unstarted("stopping", tree::close);
        stopping.start();
        Threads.awaitTrue("being destroyed", () -> pool.statistics().destroyed() == 3);
        assertThat(stopping.isAlive()).isTrue();
        slow.countDown();
        stopping.join();
        assertThat(destroyed).hasValue(3);
        assertThat(pool.statistics().total()).isZero();
    }

    @Test
    @DisplayName("9.2 when the tree of a pool has stopped, the end of a borrower is noticed even so")
    void treeStopsBeforeTheBorrower() throws Exception {
        AtomicInteger destroyed = new AtomicInteger();
        ResourceFactory<Integer> factory = new ResourceFactory<>() {
            @Override
            public Integer create() {
                return 1;
            }

            @Override
            public void destroy(Integer resource) {
                destroyed.incrementAndGet();
            }
        };
        FakeTicker ticker = new FakeTicker();
        CheckoutPool<Integer> pool = CheckoutPool.create("pool", 1, factory, options -> options.withTicker(ticker));
        Supervisor tree = Supervisor.start(pool.spec());
        Threads.awaitTrue("full", () -> pool.statistics().total() == 1);
        CountDownLatch die = new CountDownLatch(1);
        try (Threads threads = new Threads()) {
            threads.start(kind, "borrower", () -> {
                pool.checkOut();
                die.await();
            });
            Threads.awaitTrue("lent", () -> pool.statistics().leased() == 1);
            tree.close();
            assertThat(destroyed).hasValue(0);
            die.countDown();
            Threads.awaitTrue("destroyed", () -> destroyed.get() == 1);
        }
        assertThat(pool.statistics().leased()).isZero();
    }

    @Test
    @DisplayName("12 a backoff that throws is a pause of a second, and the keeper goes on")
    void backoffThrows() throws Exception {
        down = true;
        try (CheckoutRig rig = CheckoutRig.starting(
                kind,
                1,
                this::refuseWhenDown,
                options -> options.withBackoff((attempt, random) -> {
                    throw new IllegalStateException("planned: no pause known");
                }))) {
            Threads.awaitTrue("tried", () -> rig.pool.statistics().creationFailures() == 1);
            down = false;
            rig.ticker.awaitParked(1);
            rig.ticker.advance(SECOND);
            assertThat(rig.using().result()).isEqualTo(2);
        }
    }
}
