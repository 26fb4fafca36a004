package dev.selvage.demo.bench.lender;

import dev.selvage.pool.checkout.CheckoutPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Ours, with its defaults: a borrower that ends without giving back is noticed. */
final class SelvageLender implements Lender {
    private final CheckoutPool<Object> pool;

    SelvageLender(Lenders.Growth growth) throws InterruptedException {
        int size = growth.size();
        pool = CheckoutPool.start(
                "bench",
                size,
                () -> {
                    growth.creation().run();
                    return new Object();
                },
                options -> options.withCheckoutTimeout(Duration.ofSeconds(Lenders.TIMEOUT_SECONDS))
                        .withOverflow(growth.most() - size, Duration.ofMinutes(1)));
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            all.add(take());
        }
        all.forEach(this::giveBack);
    }

    @Override
    public Object take() throws InterruptedException {
        return pool.checkOut();
    }

    @Override
    public void giveBack(Object taken) {
        ((CheckoutPool.Lease<?>) taken).close();
    }

    @Override
    public void close() {
        pool.close();
    }
}
