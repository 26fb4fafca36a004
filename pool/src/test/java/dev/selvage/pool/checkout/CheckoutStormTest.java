package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.pool.checkout.CheckoutPool.Lease;
import dev.selvage.pool.checkout.CheckoutPool.Statistics;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Borrowers that die, resources that break, outages and a close under load: the books must balance exactly. */
class CheckoutStormTest {
    private static final int SIZE = 10;
    private static final int OVERFLOW = 5;

    private static final class Device implements AutoCloseable {
        private final AtomicInteger users;
        private final AtomicBoolean open = new AtomicBoolean(true);
        private final AtomicInteger living;

        Device(AtomicInteger living, AtomicInteger users) {
            this.living = living;
            this.users = users;
            living.incrementAndGet();
        }

        void use() {
            assertThat(open).isTrue();
            assertThat(users.incrementAndGet()).isLessThanOrEqualTo(SIZE + OVERFLOW);
            LockSupport.parkNanos(20_000);
            users.decrementAndGet();
        }

        @Override
        public void close() {
            assertThat(open.getAndSet(false)).as("closed once").isTrue();
            living.decrementAndGet();
        }
    }

    private final AtomicInteger living = new AtomicInteger();
    private final AtomicInteger users = new AtomicInteger();
    private final AtomicBoolean outage = new AtomicBoolean();
    private final AtomicLong made = new AtomicLong();
    private final AtomicLong served = new AtomicLong();
    private final AtomicLong died = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong stayed = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);

    private Device connect() throws IOException {
        if (outage.get()) {
            throw new IOException("planned: outage");
        }
        made.incrementAndGet();
        return new Device(living, users);
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("9, failures 26 to 29 deaths, failures, an outage, a close: created = destroyed, loans = returns")
    void balances(ThreadKind kind) throws Exception {
        int borrowers = kind == ThreadKind.VIRTUAL ? 2_000 : 300;
        int turns = kind == ThreadKind.VIRTUAL ? 10 : 20;
        CheckoutPool<Device> pool = CheckoutPool.start(
                "devices",
                SIZE,
                this::connect,
                options -> options.withOverflow(OVERFLOW, Duration.ofMillis(20))
                        .withBackoff(Backoff.fixed(Duration.ofMillis(5)))
                        .withCheckoutTimeout(Duration.ofSeconds(60)));
        try (Threads threads = new Threads()) {
            List<Thread> running = new ArrayList<>();
            for (int i = 0; i < borrowers; i++) {
                SplittableRandom random = new SplittableRandom(i);
                boolean staysForTheClose = i % 10 == 0;
                running.add(threads.start(kind, "borrower-" + i, () -> {
                    boolean lives = borrow(pool, random, staysForTheClose ? turns - 1 : turns);
                    if (lives && staysForTheClose) {
                        stayed.incrementAndGet();
                        closed.await();
                        borrow(pool, random, 1);
                    }
                }));
            }
            Threads.awaitTrue("a third is done", () -> served.get() > borrowers * turns / 3);
            outage.set(true);
            pool.evictAll();
            Threads.awaitTrue("all are down", () -> pool.lastFailure().isPresent());
            outage.set(false);
            Threads.awaitTrue("two thirds are done", () -> served.get() > borrowers * turns * 2 / 3);
            Thread closing = threads.start(kind, "closing", () -> pool.close(Duration.ofSeconds(10)));
            Threads.awaitTrue("closed", pool::isClosed);
            closed.countDown();
            closing.join();
            for (Thread thread : running) {
                thread.join();
            }
        }
        Statistics end = pool.statistics();
        assertThat(end.total()).isZero();
        assertThat(end.leased()).isZero();
        assertThat(end.waiting()).isZero();
        assertThat(end.created()).isEqualTo(made.get());
        Threads.awaitTrue("all destroyed", () -> living.get() == 0);
        assertThat(pool.statistics().destroyed()).isEqualTo(made.get());
        assertThat(end.checkouts()).as("leases").isEqualTo(served.get() + died.get() + broken.get());
        assertThat(end.reclaimed()).isEqualTo(died.get());
        assertThat(end.discarded()).isEqualTo(broken.get());
        assertThat(refused.get())
                .as("refused by the close")
                .isGreaterThanOrEqualTo(stayed.get())
                .isPositive();
    }

    /** Returns whether the borrower has nothing and lives on. */
    private boolean borrow(CheckoutPool<Device> pool, SplittableRandom random, int turns) throws InterruptedException {
        for (int turn = 0; turn < turns; turn++) {
            Lease<Device> lease;
            try {
                lease = pool.checkOut();
            } catch (CheckoutException.Closed late) {
                refused.incrementAndGet();
                return false;
            }
            lease.resource().use();
            int fate = random.nextInt(100);
            if (fate < 1) {
                died.incrementAndGet();
                return false; // without giving back
            } else if (fate < 11) {
                broken.incrementAndGet();
                lease.discard();
            } else {
                served.incrementAndGet();
                lease.close();
            }
        }
        return true;
    }
}
