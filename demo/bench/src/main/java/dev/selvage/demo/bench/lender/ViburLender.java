package dev.selvage.demo.bench.lender;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.vibur.objectpool.ConcurrentPool;
import org.vibur.objectpool.PoolObjectFactory;
import org.vibur.objectpool.util.ConcurrentLinkedDequeCollection;

/** Vibur's object pool, fair, as its data source has it by default. */
final class ViburLender implements Lender {

    private static final class Objects implements PoolObjectFactory<Object> {
        private final Runnable creation;

        Objects(Runnable creation) {
            this.creation = creation;
        }

        @Override
        public Object create() {
            creation.run();
            return new Object();
        }

        @Override
        public boolean readyToTake(Object object) {
            return true;
        }

        @Override
        public boolean readyToRestore(Object object) {
            return true;
        }

        @Override
        public void destroy(Object object) {}
    }

    private final ConcurrentPool<Object> pool;

    ViburLender(Lenders.Growth growth) {
        pool = new ConcurrentPool<>(
                new ConcurrentLinkedDequeCollection<>(),
                new Objects(growth.creation()),
                growth.size(),
                growth.most(),
                true);
    }

    @Override
    public Object take() throws TimeoutException {
        Object taken = pool.tryTake(Lenders.TIMEOUT_SECONDS, TimeUnit.SECONDS);
        if (taken == null) {
            throw new TimeoutException();
        }
        return taken;
    }

    @Override
    public void giveBack(Object taken) {
        pool.restore(taken);
    }

    @Override
    public void close() {
        pool.close();
    }
}
