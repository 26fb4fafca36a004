package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.pool.checkout.CheckoutPool.Lease;
import dev.selvage.pool.checkout.CheckoutPoolSimTest.PoolScenario;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The deadline of a use against its return, its borrower's death, the pool's close and other borrowers. */
class CheckoutDeadlineSimTest {
    private static final Duration LIMIT = Duration.ofMillis(1);

    private static void explore(Class<? extends Scenario> scenario, int schedules) {
        Explored explored =
                Sim.of(scenario).clock(ClockMode.PATIENT).schedules(schedules).explore();
        assertThat(explored.distinct()).isGreaterThan(schedules / 4);
    }

    @Test
    @DisplayName("9.6 deadline or return, one of them: no interrupt is left, and no resource lost or lent too late")
    void deadlineOrReturn() {
        explore(DeadlineOrReturn.class, 3_000);
    }

    @Test
    @DisplayName("9.2, 9.6 deadline or death of the borrower: its resource comes back once")
    void deadlineOrDeath() {
        explore(DeadlineOrDeath.class, 3_000);
    }

    @Test
    @DisplayName("9.6, 9.7 deadline, close and return at once: the method ends by one of them, and nothing is left")
    void deadlineOrClose() {
        explore(DeadlineOrClose.class, 3_000);
    }

    @Test
    @DisplayName("9.6 many deadlines, kept by one thread that ends between them: none is missed")
    void manyDeadlines() {
        explore(ManyDeadlines.class, 3_000);
    }

    @Test
    @DisplayName("7.5, 9.6 deadlines beside a resource that is handed to a dying thread: who waits is served")
    void deadlineAndHandOver() {
        explore(DeadlineAndHandOver.class, 2_000);
    }

    /** A pool whose users have a limit. */
    abstract static class LimitedScenario extends PoolScenario {
        final AtomicInteger returned = new AtomicInteger();
        final AtomicInteger late = new AtomicInteger();

        LimitedScenario(int size) {
            super(size);
        }

        /** Uses one for so long, which is as long as it may, or longer. */
        void useFor(Duration time) throws InterruptedException {
            try {
                pool.useWithin(LIMIT, thing -> {
                    Sim.sleep(time);
                    return thing;
                });
                returned.incrementAndGet();
            } catch (CheckoutException.DeadlinePassed passed) {
                late.incrementAndGet();
            } finally {
                assertThat(Thread.currentThread().isInterrupted())
                        .as("an interrupt is left")
                        .isFalse();
                Sim.point();
                assertThat(Thread.currentThread().isInterrupted())
                        .as("an interrupt came afterwards")
                        .isFalse();
            }
        }
    }

    static final class DeadlineOrReturn extends LimitedScenario {
        DeadlineOrReturn() {
            super(1);
        }

        @Override
        void disturb() throws Exception {
            Sim.together(() -> useFor(LIMIT), this::useOne, this::useOne);
            useOne();
            assertThat(uses).hasValue(3);
            assertThat(returned.get() + late.get()).isEqualTo(1);
            assertThat(pool.statistics().deadlines()).isEqualTo(late.get());
            assertThat(made).hasValue(1 + late.get());
        }
    }

    static final class DeadlineOrDeath extends LimitedScenario {
        DeadlineOrDeath() {
            super(1);
        }

        @Override
        void disturb() throws Exception {
            try (ProcessScope scope = ProcessScope.open("borrowers", options -> options.withTicker(Sim.ticker()))) {
                ProcessRef<?> borrower = scope.run(
                        "borrower",
                        () -> pool.useWithin(LIMIT, thing -> {
                            Sim.sleep(Duration.ofDays(1));
                            return thing;
                        }));
                Sim.together(
                        () -> {
                            Sim.sleep(LIMIT);
                            borrower.kill();
                        },
                        this::useOne,
                        this::useOne);
                borrower.join();
                assertThat(pool.statistics().leased()).as("lent to who is dead").isZero();
            }
            useOne();
            assertThat(uses).hasValue(3);
            assertThat(pool.statistics().reclaimed()).as("what was given back").isZero();
            assertThat(Sim.elapsed()).isLessThan(Duration.ofDays(1));
        }
    }

    static final class DeadlineOrClose extends LimitedScenario {
        DeadlineOrClose() {
            super(2);
        }

        @Override
        void disturb() throws Exception {
            Scenario user = () -> {
                try {
                    useFor(LIMIT);
                } catch (CheckoutException.Closed closed) {
                    returned.incrementAndGet();
                }
            };
            Sim.together(user, user, () -> {
                Sim.sleep(LIMIT);
                pool.close(Duration.ZERO);
            });
            assertThat(returned.get() + late.get()).isEqualTo(2);
            assertThat(pool.statistics().deadlines()).isEqualTo(late.get());
        }
    }

    static final class ManyDeadlines extends LimitedScenario {
        ManyDeadlines() {
            super(3);
        }

        @Override
        void disturb() throws Exception {
            Scenario forEver = () -> useFor(Duration.ofDays(1));
            Sim.together(forEver, forEver, () -> {
                useFor(Duration.ZERO);
                Sim.sleep(LIMIT);
                useFor(LIMIT.dividedBy(2));
                forEver.play();
            });
            assertThat(late.get()).isGreaterThanOrEqualTo(3);
            assertThat(pool.statistics().deadlines()).isEqualTo(late.get());
            assertThat(returned.get() + late.get()).isEqualTo(5);
            assertThat(Sim.elapsed()).isLessThan(Duration.ofDays(1));
        }
    }

    static final class DeadlineAndHandOver extends LimitedScenario {
        DeadlineAndHandOver() {
            super(1);
        }

        @Override
        void disturb() throws Exception {
            Thread dying = Sim.start("dying", Sim::point);
            AtomicInteger timeouts = new AtomicInteger();
            Sim.together(
                    () -> {
                        try {
                            useFor(Duration.ofDays(1));
                        } catch (CheckoutException.CheckoutTimeout tooLate) {
                            timeouts.incrementAndGet();
                        }
                    },
                    () -> {
                        Lease<?> own = pool.checkOut();
                        try {
                            own.handOver(dying);
                        } catch (CheckoutException dead) {
                            own.close();
                        }
                    },
                    this::useOne);
            dying.join();
            useOne();
            assertThat(uses).hasValue(2);
            assertThat(late.get() + timeouts.get()).isEqualTo(1);
            assertThat(Sim.elapsed()).isLessThan(Duration.ofDays(1));
        }
    }
}
