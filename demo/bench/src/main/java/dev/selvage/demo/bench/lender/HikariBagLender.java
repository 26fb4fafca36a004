package dev.selvage.demo.bench.lender;

import com.zaxxer.hikari.util.ConcurrentBag;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** The bag that HikariCP keeps its connections in; without all that a pool has besides. */
final class HikariBagLender implements Lender {

    private static final class Entry implements ConcurrentBag.IConcurrentBagEntry {
        private final AtomicInteger state = new AtomicInteger();

        @Override
        public boolean compareAndSet(int expected, int wanted) {
            return state.compareAndSet(expected, wanted);
        }

        @Override
        public void setState(int wanted) {
            state.set(wanted);
        }

        @Override
        public int getState() {
            return state.get();
        }
    }

    private final ConcurrentBag<Entry> bag = new ConcurrentBag<>(waiting -> {});

    HikariBagLender(Lenders.Growth growth) {
        for (int i = 0; i < growth.size(); i++) {
            bag.add(new Entry());
        }
    }

    @Override
    public Object take() throws InterruptedException, TimeoutException {
        Entry entry = bag.borrow(Lenders.TIMEOUT_SECONDS, TimeUnit.SECONDS);
        if (entry == null) {
            throw new TimeoutException();
        }
        return entry;
    }

    @Override
    public void giveBack(Object taken) {
        bag.requite((Entry) taken);
    }

    @Override
    public void close() {
        bag.close();
    }
}
