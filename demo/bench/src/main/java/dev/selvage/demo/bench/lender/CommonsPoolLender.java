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
        @Override
        public Object create() {
            return new Object();
        }

        @Override
        public PooledObject<Object> wrap(Object object) {
            return new DefaultPooledObject<>(object);
        }
    }

    private final GenericObjectPool<Object> pool;

    CommonsPoolLender(int size) {
        GenericObjectPoolConfig<Object> config = new GenericObjectPoolConfig<>();
        config.setMaxTotal(size);
        config.setMaxIdle(size);
        config.setMaxWait(Duration.ofSeconds(Lenders.TIMEOUT_SECONDS));
        pool = new GenericObjectPool<>(new Objects(), config);
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
