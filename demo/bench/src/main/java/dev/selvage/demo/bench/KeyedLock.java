package dev.selvage.demo.bench;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.google.common.util.concurrent.Striped;
import dev.selvage.lock.KeyedLocks;
import dev.selvage.lock.Lease;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Locking one of many keys and unlocking it, hardly contended. */
@Table(
        title = "Keyed lock and unlock",
        says = """
                One of so many keys, at random. The floor's locks are for each key in use, as ours are, without \
                owner, timeout or release at the owner's end; level with it, that is within a tenth, is the \
                target. Striped is no lock for each key: keys that share one of its 1,024 stripes block each \
                other. Caffeine keeps a lock for each key until the collector takes it. PostgreSQL's advisory locks \
                are for all that use the database; each takes two statements over loopback.""",
        threads = {1, 2},
        millis = 300)
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KeyedLock {
    private static final int STRIPES = 1024;
    private static final int MASK = (1 << 20) - 1;

    private final KeyedLocks<Integer> locks = KeyedLocks.create("bench");
    private final CountedLocks<Integer> counted = new CountedLocks<>();
    private final Striped<Lock> striped = Striped.lock(STRIPES);
    private final LoadingCache<Integer, ReentrantLock> cached =
            Caffeine.newBuilder().weakValues().build(key -> new ReentrantLock());

    /** Made by JMH. */
    public KeyedLock() {}

    /** The order in which a thread goes through the keys. */
    @State(Scope.Thread)
    public static class Keys {

        /** Of how many keys one is locked. */
        @Param({"1024", "1000000"})
        public int keys;

        private Integer[] order = {};
        private int next;

        /** Made by JMH. */
        public Keys() {}

        /** Shuffles. */
        @Setup
        public void shuffle() {
            order = new Integer[MASK + 1];
            for (int i = 0; i < order.length; i++) {
                order[i] = ThreadLocalRandom.current().nextInt(keys);
            }
        }

        Integer next() {
            return order[next++ & MASK];
        }
    }

    /**
     * Ours.
     *
     * @param keys the thread's
     * @return the lease, over
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(value = "lock and close", role = Role.SELVAGE, atMost = 1.1)
    public Lease<Integer> selvage(Keys keys) throws InterruptedException {
        try (Lease<Integer> lease = locks.lock(keys.next())) {
            return lease;
        }
    }

    /**
     * The floor: locks that are counted.
     *
     * @param keys the thread's
     * @return the key
     */
    @Benchmark
    @Row(value = "ConcurrentHashMap of counted ReentrantLock", role = Role.FLOOR)
    public Integer floorCounted(Keys keys) {
        Integer key = keys.next();
        counted.lock(key);
        counted.unlock(key);
        return key;
    }

    /**
     * Guava's stripes.
     *
     * @param keys the thread's
     * @return the key
     */
    @Benchmark
    @Row(value = "Guava Striped(1024)", role = Role.PEER)
    public Integer striped(Keys keys) {
        Integer key = keys.next();
        Lock lock = striped.get(key);
        lock.lock();
        try {
            return key;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A weak cache of locks.
     *
     * @param keys the thread's
     * @return the key
     */
    @Benchmark
    @Row(value = "Caffeine, weak values of ReentrantLock", role = Role.PEER)
    public Integer cached(Keys keys) {
        Integer key = keys.next();
        ReentrantLock lock = cached.get(key);
        lock.lock();
        try {
            return key;
        } finally {
            lock.unlock();
        }
    }

    /** A thread's connection to PostgreSQL. */
    @State(Scope.Thread)
    public static class Database {
        private @Nullable PreparedStatement lock;
        private @Nullable PreparedStatement unlock;

        /** Made by JMH. */
        public Database() {}

        /**
         * Connects.
         *
         * @throws SQLException if the server cannot be reached
         */
        @Setup
        public void connect() throws SQLException {
            Connection connection = DriverManager.getConnection(System.getProperty(Postgres.URL));
            lock = connection.prepareStatement("SELECT pg_advisory_lock(?)");
            unlock = connection.prepareStatement("SELECT pg_advisory_unlock(?)");
        }

        /**
         * Disconnects.
         *
         * @throws SQLException if that fails
         */
        @TearDown
        public void disconnect() throws SQLException {
            Objects.requireNonNull(lock).getConnection().close();
        }

        private static void execute(@Nullable PreparedStatement statement, Integer key) throws SQLException {
            Objects.requireNonNull(statement).setLong(1, key);
            statement.execute();
        }
    }

    /**
     * PostgreSQL's advisory locks.
     *
     * @param keys the thread's
     * @param database the thread's
     * @return the key
     * @throws SQLException if the server fails
     */
    @Benchmark
    @Row(value = "PostgreSQL, advisory locks", role = Role.PEER)
    public Integer postgres(Keys keys, Database database) throws SQLException {
        Integer key = keys.next();
        Database.execute(database.lock, key);
        Database.execute(database.unlock, key);
        return key;
    }
}
