package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.pool.checkout.CheckoutPool.Lease;
import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ReplyTo;
import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.time.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Resources that break, and processes that crash, against loans, hand-offs and closes, on thousands of schedules. */
class CheckoutBrokenSimTest {
    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private static void explore(Class<? extends Scenario> scenario, int schedules) {
        Explored explored =
                Sim.of(scenario).clock(ClockMode.PATIENT).schedules(schedules).explore();
        assertThat(explored.distinct()).isGreaterThan(schedules / 4);
    }

    @Test
    @DisplayName("9.1 resources that break at any moment, at that of a hand-off too: all are served, the books balance")
    void breaksAtTheHandOff() {
        explore(BreaksAtTheHandOff.class, 3_000);
    }

    @Test
    @DisplayName("9.1, 9.7 a resource that breaks while the pool is closed is destroyed once")
    void breaksMeanwhileClosed() {
        explore(BreaksMeanwhileClosed.class, 3_000);
    }

    @Test
    @DisplayName("9.1 a process that crashes in the middle of a hand-off is lent to nobody who comes after the crash")
    void crashesAtTheHandOff() {
        explore(CrashesAtTheHandOff.class, 600);
    }

    /** A pool of things that break when they are told to. */
    abstract static class Breaking implements Scenario {
        static final class Thing {
            volatile Consumer<? super Throwable> broken = why -> {};
            volatile boolean isBroken;
            final AtomicInteger destroyed = new AtomicInteger();

            void breakNow() {
                isBroken = true;
                broken.accept(new IOException("planned"));
            }
        }

        final class Things implements ResourceFactory<Thing> {
            @Override
            public Thing create() {
                Thing thing = new Thing();
                all.add(thing);
                return thing;
            }

            @Override
            public void watch(Thing thing, Consumer<? super Throwable> broken) {
                thing.broken = broken;
                if (thing.isBroken) {
                    thing.breakNow(); // it broke before anybody could be told
                }
            }

            @Override
            public void destroy(Thing thing) {
                assertThat(thing.destroyed.incrementAndGet()).isEqualTo(1);
            }
        }

        final Set<Thing> all = ConcurrentHashMap.newKeySet();
        final AtomicInteger uses = new AtomicInteger();
        final CheckoutPool<Thing> pool = CheckoutPool.create(
                "pool",
                1,
                new Things(),
                defaults -> defaults.withTicker(Sim.ticker())
                        .withCheckoutTimeout(FOREVER)
                        .withCreateTimeout(FOREVER)
                        .withDestroyTimeout(FOREVER)
                        .withBackoff(Backoff.fixed(Duration.ofMillis(20))));

        /** Written before anything else happens. */
        @Nullable Supervisor tree;

        abstract void disturb() throws Exception;

        private boolean isAllDestroyed() {
            return pool.statistics().created() == pool.statistics().destroyed()
                    && all.stream().allMatch(thing -> thing.destroyed.get() > 0);
        }

        /** Uses one that holds; tries again with another if it broke meanwhile. */
        void useOne() throws InterruptedException {
            boolean used = false;
            while (!used) {
                try (Lease<Thing> lease = pool.checkOut()) {
                    lease.resource();
                    Sim.point();
                    used = lease.isHeld();
                } catch (CheckoutException.StaleLease broke) {
                    Sim.point();
                }
            }
            uses.incrementAndGet();
        }

        void breakWhatThereIs() {
            all.forEach(Thing::breakNow);
        }

        @Override
        public final void play() throws Exception {
            tree = Supervisor.start(pool.spec());
            try {
                disturb();
                pool.close(Duration.ZERO);
            } finally {
                tree.close();
            }
            for (int i = 0; i < 100 && !isAllDestroyed(); i++) {
                Sim.sleep(Duration.ofMillis(1)); // what is taken back as the pool ends is destroyed a little later
            }
            assertThat(pool.statistics().total()).as("left").isZero();
            assertThat(pool.statistics().leased()).as("lent").isZero();
            assertThat(all).allSatisfy(thing -> assertThat(thing.destroyed).hasValue(1));
            assertThat(pool.statistics().created()).isEqualTo(all.size());
            assertThat(pool.statistics().destroyed()).isEqualTo(all.size());
        }
    }

    static final class BreaksAtTheHandOff extends Breaking {
        @Override
        void disturb() throws Exception {
            Sim.together(this::useOne, this::useOne, this::breakWhatThereIs);
            useOne();
            assertThat(uses).hasValue(3);
            try (Lease<Thing> lease = pool.checkOut()) {
                assertThat(lease.resource().isBroken)
                        .as("lent, though it broke long ago")
                        .isFalse();
            }
        }
    }

    static final class BreaksMeanwhileClosed extends Breaking {
        @Override
        void disturb() throws Exception {
            Sim.together(this::useUntilClosed, this::breakWhatThereIs, () -> {
                pool.close(Duration.ZERO);
                Objects.requireNonNull(tree).close();
            });
        }

        private void useUntilClosed() throws InterruptedException {
            try {
                useOne();
            } catch (CheckoutException.Closed closed) {
                assertThat(pool.isClosed()).isTrue();
            }
        }
    }

    static final class CrashesAtTheHandOff implements Scenario {
        private sealed interface Message {
            record Ask(ReplyTo<String> answer) implements Message {}

            record Crash() implements Message {}
        }

        private final Set<ProcessRef<Message>> started = ConcurrentHashMap.newKeySet();
        private final AtomicInteger answers = new AtomicInteger();
        private final CheckoutPool<ProcessRef<Message>> pool = CheckoutPool.create(
                "pool",
                1,
                ResourceFactory.<Message>process(mailbox -> {
                    started.add(mailbox.self());
                    while (true) {
                        switch (mailbox.receive()) {
                            case Message.Ask(ReplyTo<String> answer) -> answer.reply("answer");
                            case Message.Crash() -> throw new IllegalStateException("planned");
                        }
                    }
                }),
                defaults -> defaults.withTicker(Sim.ticker())
                        .withCheckoutTimeout(FOREVER)
                        .withCreateTimeout(FOREVER)
                        .withDestroyTimeout(FOREVER)
                        .withBackoff(Backoff.fixed(Duration.ofMillis(20))));

        /** Asks until it is answered; who comes after a crash meets another process. */
        private void ask() throws InterruptedException {
            ProcessRef<Message> crashed = null;
            while (true) {
                try (Lease<ProcessRef<Message>> lease = pool.checkOut()) {
                    ProcessRef<Message> process = lease.resource();
                    assertThat(process).isNotSameAs(crashed);
                    crashed = process;
                    process.call(Message.Ask::new, FOREVER);
                    answers.incrementAndGet();
                    return;
                } catch (ProcessException.Exited | CheckoutException.StaleLease broke) {
                    Sim.point();
                }
            }
        }

        private boolean isAllDestroyed() {
            return pool.statistics().created() == pool.statistics().destroyed()
                    && started.stream().noneMatch(ProcessRef::isAlive);
        }

        @Override
        public void play() throws Exception {
            try (Supervisor tree = Supervisor.start(pool.spec())) {
                Sim.together(this::ask, this::ask, () -> started.forEach(process -> process.send(new Message.Crash())));
                ask();
                assertThat(answers).hasValue(3);
                pool.close(Duration.ZERO);
                assertThat(tree.isStopping()).isFalse();
            }
            for (int i = 0; i < 100 && !isAllDestroyed(); i++) {
                Sim.sleep(Duration.ofMillis(1));
            }
            assertThat(started).noneMatch(ProcessRef::isAlive);
            assertThat(pool.statistics().created()).isEqualTo(pool.statistics().destroyed());
            assertThat(pool.statistics().total()).isZero();
        }
    }
}
