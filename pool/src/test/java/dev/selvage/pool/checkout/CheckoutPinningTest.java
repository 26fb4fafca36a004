package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.pool.checkout.CheckoutPool.Lease;
import dev.selvage.testing.PinnedEvents;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Known failure 28: what serves threads that live on is of no use to one that borrows once, and may pin it. */
class CheckoutPinningTest {
    private static final int BORROWERS = 300;
    private static final int TURNS = 5;
    private static final int SIZE = 4;

    @Test
    @DisplayName("3.7, failure 28 no borrower, waiter, keeper, reset or reclaim keeps its carrier while it waits")
    void pinsNothing() throws Exception {
        assertThat(PinnedEvents.of(CheckoutPinningTest::play))
                .filteredOn(event -> event.stack().contains("dev.selvage.pool.checkout"))
                .isEmpty();
    }

    /** Resources whose making, check, reset and destruction wait. */
    private static final class Slow implements ResourceFactory<Object> {
        private static void moment() {
            LockSupport.parkNanos(1_000);
        }

        @Override
        public Object create() {
            moment();
            return new Object();
        }

        @Override
        public boolean validate(Object resource) {
            moment();
            return true;
        }

        @Override
        public void reset(Object resource) {
            moment();
        }

        @Override
        public void destroy(Object resource) {
            moment();
        }
    }

    /** Contention; every twentieth dies with what it has, every tenth discards it, one is late. */
    private static void play() throws Exception {
        CheckoutPool<Object> pool = CheckoutPool.start(
                "pool",
                SIZE,
                new Slow(),
                options -> options.withOverflow(2, Duration.ofMillis(5))
                        .withValidationAfter(Duration.ofMillis(1))
                        .withOrphans(CheckoutOptions.Orphans.RESET)
                        .withCheckoutTimeout(Duration.ofSeconds(60)));
        try (Threads threads = new Threads()) {
            List<Thread> borrowers = new ArrayList<>();
            for (int i = 0; i < BORROWERS; i++) {
                int number = i;
                borrowers.add(threads.start(ThreadKind.VIRTUAL, "borrower-" + i, () -> borrow(pool, number)));
            }
            for (Thread borrower : borrowers) {
                borrower.join();
            }
            assertThatThrownBy(() -> pool.useWithin(Duration.ofMillis(1), resource -> {
                        new CountDownLatch(1).await();
                        return resource;
                    }))
                    .isInstanceOf(CheckoutException.class);
        }
        pool.close();
        assertThat(pool.statistics().reclaimed()).isEqualTo(BORROWERS / 20);
        assertThat(pool.statistics().waits()).isPositive();
    }

    private static void borrow(CheckoutPool<Object> pool, int number) throws InterruptedException {
        for (int turn = 0; turn < TURNS; turn++) {
            Lease<Object> lease = pool.checkOut();
            Slow.moment();
            if (turn == TURNS - 1 && number % 20 == 0) {
                return; // without giving back
            } else if (turn == 0 && number % 10 == 0) {
                lease.discard();
            } else {
                lease.close();
            }
        }
    }

    @Test
    @DisplayName(
            "failure 28 each loan is another thread's: they take turns on what there is, and nothing is kept for one")
    void oneLoanAThread() throws Exception {
        AtomicInteger made = new AtomicInteger();
        try (CheckoutPool<Integer> pool = CheckoutPool.start("pool", 2, made::incrementAndGet);
                Threads threads = new Threads()) {
            for (int i = 0; i < 1_000; i++) {
                threads.start(ThreadKind.VIRTUAL, "borrower", () -> pool.use(resource -> resource))
                        .join();
            }
            assertThat(pool.statistics().checkouts()).isEqualTo(1_000);
            Threads.awaitTrue("full", () -> pool.statistics().total() == 2);
            assertThat(made).hasValue(2);
        }
    }
}
