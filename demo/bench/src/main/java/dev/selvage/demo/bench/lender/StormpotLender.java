package dev.selvage.demo.bench.lender;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import stormpot.Allocator;
import stormpot.BasePoolable;
import stormpot.Expiration;
import stormpot.Pool;
import stormpot.PoolTap;
import stormpot.Poolable;
import stormpot.Slot;
import stormpot.Timeout;

/** Stormpot with the tap that it has for virtual threads, which keeps nothing in thread-locals. */
final class StormpotLender implements Lender {

    private static final class Item extends BasePoolable {
        Item(Slot slot) {
            super(slot);
        }
    }

    private static final class Items implements Allocator<Item> {
        @Override
        public Item allocate(Slot slot) {
            return new Item(slot);
        }

        @Override
        public void deallocate(Item item) {}
    }

    private static final Timeout TIMEOUT = new Timeout(Duration.ofSeconds(Lenders.TIMEOUT_SECONDS));

    private final Pool<Item> pool;
    private final PoolTap<Item> tap;

    StormpotLender(Lenders.Growth growth) throws InterruptedException {
        int size = growth.size();
        pool = Pool.from(new Items())
                .setSize(size)
                .setExpiration(Expiration.never())
                .build();
        tap = pool.getVirtualThreadSafeTap();
        Item[] all = new Item[size];
        for (int i = 0; i < size; i++) {
            all[i] = tap.claim(TIMEOUT);
        }
        for (Item item : all) {
            item.release();
        }
    }

    @Override
    public Object take() throws InterruptedException, TimeoutException {
        Item item = tap.claim(TIMEOUT);
        if (item == null) {
            throw new TimeoutException();
        }
        return item;
    }

    @Override
    public void giveBack(Object taken) {
        ((Poolable) taken).release();
    }

    @Override
    public void close() {
        pool.shutdown();
    }
}
