package dev.selvage.demo.bench.lender;

import java.time.Duration;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;

/** Apache Commons Pool with its defaults, but for the size. */
final class CommonsPoolLender implements Lender {

    private static final class Objects extends BasePooledObjectFactory<Object> {
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
        public PooledObject<Object> wrap(Object object) {
            return new DefaultPooledObject<>(object);
        }
    }

    private final GenericObjectPool<Object> pool;

    CommonsPoolLender(Lenders.Growth growth) throws Exception {
        GenericObjectPoolConfig<Object> config = new GenericObjectPoolConfig<>();
        config.setMaxTotal(growth.most());
        config.setMaxIdle(growth.most());
        config.setMinIdle(growth.size());
        config.setMaxWait(Duration.ofSeconds(Lenders.TIMEOUT_SECONDS));
        pool = new GenericObjectPool<>(new Objects(growth.creation()), config);
        pool.preparePool();
    }

    @Override
    public Object take() throws Exception {
        return pool.borrowObject();
    }

    @Override
    public void giveBack(Object taken) {
        pool.returnObject(taken);
    }

    @Override
    public void close() {
        pool.close();
    }
}
