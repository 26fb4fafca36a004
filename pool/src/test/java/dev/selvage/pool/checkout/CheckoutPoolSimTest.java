package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.pool.checkout.CheckoutPool.Lease;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.time.Backoff;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Grant, give-back, timeout, interrupt, death and close against each other, on thousands of schedules. */
class CheckoutPoolSimTest {
    /** Longer than a clock can jump: a wait for so long never times out, however hasty the clock. */
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private static void explore(Class<? extends Scenario> scenario, int schedules) {
        Explored explored =
                Sim.of(scenario).clock(ClockMode.PATIENT).schedules(schedules).explore();
        assertThat(explored.distinct()).isGreaterThan(schedules / 4);
    }

    @Test
    @DisplayName("9.3 one resource, many who want it: each gets it once, one at a time, and no wake-up is lost")
    void everybodyIsServed() {
        explore(EverybodyIsServed.class, 2_000);
    }

    @Test
    @DisplayName("9.3, 9.6, failure 26 a grant that loses against a timeout or an interrupt goes to the next")
    void grantsThatLose() {
        explore(GrantsThatLose.class, 3_000);
    }

    @Test
    @DisplayName("9.2, failure 29 a bare borrower dies at any moment: who waits is served, and the books balance")
    void bareBorrowersDie() {
        explore(BareBorrowersDie.class, 2_000);
    }

    @Test
    @DisplayName("9.2 a process that borrows dies at any moment: who waits is served, and the books balance")
    void processesDie() {
        explore(ProcessesDie.class, 2_000);
    }

    @Test
    @DisplayName("9.2 the end of who gave back takes nothing from who borrows the same resource now")
    void lateHook() {
        explore(LateHook.class, 2_000);
    }

    @Test
    @DisplayName("7.5, 9.2 a resource is handed to a thread that dies at any moment: who waits is served")
    void handedToTheDying() {
        explore(HandedToTheDying.class, 2_000);
    }

    @Test
    @DisplayName("8, 9.4 the keeper dies at any moment: nothing that it was told is lost, and who waits is served")
    void keeperDies() {
        explore(KeeperDies.class, 2_000);
    }

    @Test
    @DisplayName("9.7 a close at any moment ends every wait, and nothing is left undestroyed")
    void closedMeanwhile() {
        explore(ClosedMeanwhile.class, 8_000);
    }

    @Test
    @DisplayName("9.5 resized, evicted, suspended and resumed while it is used: who waits is served")
    void changedMeanwhile() {
        explore(ChangedMeanwhile.class, 2_000);
    }

    /** A pool whose resources notice two users. */
    abstract static class PoolScenario implements Scenario {
        final AtomicInteger made = new AtomicInteger();
        final AtomicInteger uses = new AtomicInteger();
        final Set<Thing> living = ConcurrentHashMap.newKeySet();
        final CheckoutPool<Thing> pool;

        /** Written before anything else happens. */
        @Nullable Supervisor tree;

        static final class Thing {
            final AtomicInteger users = new AtomicInteger();
            volatile boolean destroyed;

            void use() {
                assertThat(users.incrementAndGet()).as("users").isEqualTo(1);
                Sim.point();
                assertThat(destroyed).as("destroyed").isFalse();
                users.decrementAndGet();
            }
        }

        final class Things implements ResourceFactory<Thing> {
            @Override
            public Thing create() {
                made.incrementAndGet();
                Thing thing = new Thing();
                living.add(thing);
                return thing;
            }

            @Override
            public void reset(Thing thing) {
                thing.use();
            }

            @Override
            public void destroy(Thing thing) {
                thing.use();
                thing.destroyed = true;
                living.remove(thing);
            }
        }

        PoolScenario(int size) {
            pool = CheckoutPool.create(
                    "pool",
                    size,
                    new Things(),
                    defaults -> defaults.withTicker(Sim.ticker())
                            .withCheckoutTimeout(FOREVER)
                            .withCreateTimeout(FOREVER)
                            .withDestroyTimeout(FOREVER)
                            .withBackoff(Backoff.fixed(Duration.ofMillis(20))));
        }

        void useOne() throws InterruptedException {
            pool.use(thing -> {
                thing.use();
                return uses.incrementAndGet();
            });
        }

        abstract void disturb() throws Exception;

        @Override
        public final void play() throws Exception {
            tree = Supervisor.start(pool.spec());
            try {
                disturb();
                pool.close(Duration.ZERO);
            } finally {
                tree.close();
            }
            assertThat(pool.statistics().leased()).as("lent").isZero();
            assertThat(pool.statistics().waiting()).as("waiting").isZero();
            for (int i = 0; i < 100 && !(living.isEmpty() && pool.statistics().total() == 0); i++) {
                Sim.sleep(Duration.ofMillis(1)); // what is taken back as the pool ends is destroyed a little later
            }
            assertThat(pool.statistics().total()).as("left").isZero();
            assertThat(living).as("not destroyed").isEmpty();
            assertThat(pool.statistics().created()).isEqualTo(made.get());
            assertThat(pool.statistics().destroyed()).isEqualTo(made.get());
        }
    }

    static final class EverybodyIsServed extends PoolScenario {
        EverybodyIsServed() {
            super(1);
        }

        @Override
        void disturb() throws Exception {
            Sim.together(this::useOne, this::useOne, this::useOne);
            assertThat(uses).hasValue(3);
            assertThat(made).hasValue(1);
        }
    }

    static final class GrantsThatLose extends PoolScenario {
        private static final Duration PATIENCE = Duration.ofMillis(1);

        private final AtomicInteger served = new AtomicInteger();

        GrantsThatLose() {
            super(1);
        }

        @Override
        void disturb() throws Exception {
            Scenario slow = () -> pool.use(thing -> {
                Sim.sleep(PATIENCE); // comes back when the patience of the other ends
                return uses.incrementAndGet();
            });
            Sim.together(slow, this::impatient, this::interrupted, this::useOne);
            assertThat(uses).hasValue(2 + served.get());
            try (Lease<Thing> lease = pool.checkOut()) {
                lease.resource().use(); // nobody went away with it
            }
        }

        private void impatient() throws InterruptedException {
            try (Lease<Thing> lease = pool.checkOut(PATIENCE)) {
                lease.resource().use();
                uses.incrementAndGet();
                served.incrementAndGet();
            } catch (CheckoutException.CheckoutTimeout late) {
                Sim.point();
            }
        }

        private void interrupted() throws InterruptedException {
            Thread waiter = Sim.start("interrupted", () -> {
                try (Lease<Thing> lease = pool.checkOut()) {
                    lease.resource().use();
                    uses.incrementAndGet();
                    served.incrementAndGet();
                } catch (InterruptedException gaveUp) {
                    Sim.point();
                }
            });
            waiter.interrupt();
            waiter.join();
        }
    }

    static final class BareBorrowersDie extends PoolScenario {
        BareBorrowersDie() {
            super(1);
        }

        @Override
        void disturb() throws Exception {
            Scenario dies = () -> assertThat(pool.checkOut().isHeld()).isTrue();
            Scenario borrower = () -> Sim.start("borrower", dies).join();
            Sim.together(borrower, borrower, this::useOne);
            useOne();
            assertThat(uses).hasValue(2);
            assertThat(Sim.elapsed())
                    .as("no death waited for a round of the keeper")
                    .isZero();
        }
    }

    static final class LateHook extends PoolScenario {
        LateHook() {
            super(1);
        }

        @Override
        void disturb() throws Exception {
            try (ProcessScope scope = ProcessScope.open("borrowers", options -> options.withTicker(Sim.ticker()))) {
                ProcessRef<?> early = scope.run("early", this::useOne);
                ProcessRef<?> late = scope.run("late", () -> {
                    try (Lease<Thing> lease = pool.checkOut()) {
                        Sim.point();
                        lease.resource().use(); // not taken away by the end of the one before
                        uses.incrementAndGet();
                    }
                });
                early.join();
                late.join();
            }
            assertThat(uses).hasValue(2);
            assertThat(pool.statistics().reclaimed()).isZero();
        }
    }

    static final class ProcessesDie extends PoolScenario {
        ProcessesDie() {
            super(1);
        }

        @Override
        void disturb() throws Exception {
            try (ProcessScope scope = ProcessScope.open("borrowers", options -> options.withTicker(Sim.ticker()))) {
                ProcessRef<?> borrower = scope.run("borrower", () -> {
                    pool.checkOut().resource().use();
                    new CountDownLatch(1).await();
                });
                Sim.together(borrower::kill, this::useOne, this::useOne);
                borrower.join();
                assertThat(pool.statistics().leased()).as("lent to who is dead").isZero();
            }
            assertThat(uses).hasValue(2);
        }
    }

    static final class HandedToTheDying extends PoolScenario {
        HandedToTheDying() {
            super(1);
        }

        @Override
        void disturb() throws Exception {
            Thread dying = Sim.start("dying", Sim::point);
            Sim.together(
                    () -> {
                        Lease<Thing> own = pool.checkOut();
                        try {
                            own.handOver(dying);
                        } catch (CheckoutException dead) {
                            own.close();
                        }
                    },
                    this::useOne,
                    this::useOne);
            dying.join();
            assertThat(uses).hasValue(2);
        }
    }

    static final class KeeperDies extends PoolScenario {
        KeeperDies() {
            super(2);
        }

        @Override
        void disturb() throws Exception {
            Sim.together(
                    this::useOne,
                    () -> pool.checkOut().discard(),
                    () -> {
                        pool.evictAll();
                        useOne();
                    },
                    () -> pool.lending().keeper().process().ifPresent(ProcessRef::kill));
            try (Lease<Thing> one = pool.checkOut();
                    Lease<Thing> other = pool.checkOut()) {
                assertThat(one.resource()).isNotSameAs(other.resource()); // no room was lost with the keeper
            }
            assertThat(uses).hasValue(2);
        }
    }

    static final class ClosedMeanwhile extends PoolScenario {
        ClosedMeanwhile() {
            super(1);
        }

        @Override
        void disturb() throws Exception {
            Sim.together(this::useUntilClosed, this::useUntilClosed, () -> {
                pool.close(Duration.ZERO);
                Objects.requireNonNull(tree).close(); // nobody comes after this to look for what was put back
            });
            assertThat(pool.statistics().total()).as("left").isZero();
        }

        private void useUntilClosed() throws InterruptedException {
            try (Lease<Thing> lease = pool.checkOut()) {
                Sim.point();
                assertThat(lease.isHeld() || pool.isClosed()).isTrue();
            } catch (CheckoutException.Closed closed) {
                assertThat(pool.isClosed()).isTrue();
            }
        }
    }

    static final class ChangedMeanwhile extends PoolScenario {
        ChangedMeanwhile() {
            super(2);
        }

        @Override
        void disturb() throws Exception {
            Sim.together(
                    this::useOne,
                    this::useOne,
                    () -> {
                        pool.resize(1);
                        pool.evictAll();
                    },
                    () -> {
                        pool.suspend();
                        pool.resume();
                    });
            useOne();
            assertThat(uses).hasValue(3);
            pool.resize(2);
            pool.evictAll();
            try (Lease<Thing> one = pool.checkOut();
                    Lease<Thing> other = pool.checkOut()) {
                assertThat(one.resource()).isNotSameAs(other.resource());
            }
        }
    }
}
