package dev.selvage.demo.bench.lender;

import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a program could write by hand: no owner, no replacement, no validation. */
final class PlainLender implements Lender {
    private final Semaphore permits;
    private final ConcurrentLinkedDeque<Object> idle = new ConcurrentLinkedDeque<>();

    PlainLender(Lenders.Growth growth) {
        int size = growth.size();
        permits = new Semaphore(size, true);
        for (int i = 0; i < size; i++) {
            idle.push(new Object());
        }
    }

    @Override
    public Object take() throws InterruptedException, TimeoutException {
        if (!permits.tryAcquire(Lenders.TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new TimeoutException();
        }
        return Objects.requireNonNull(idle.poll());
    }

    @Override
    public void giveBack(Object taken) {
        idle.push(taken);
        permits.release();
    }

    @Override
    public void close() {
        idle.clear();
    }
}
