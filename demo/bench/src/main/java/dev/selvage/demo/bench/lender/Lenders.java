package dev.selvage.demo.bench.lender;

import java.util.concurrent.TimeUnit;

/** The pools that are measured beside each other. Nothing of one is loaded before it is opened. */
public enum Lenders {
    /** A fair semaphore and a deque: the floor. */
    PLAIN("fair Semaphore and ConcurrentLinkedDeque", "") {
        @Override
        public Lender open(Growth growth) {
            return new PlainLender(growth);
        }
    },
    /** Our checkout pool. */
    SELVAGE("CheckoutPool", "") {
        @Override
        public Lender open(Growth growth) throws InterruptedException {
            return new SelvageLender(growth);
        }
    },
    /** What is inside of HikariCP. */
    HIKARI_BAG("HikariCP's ConcurrentBag", "HIKARI") {
        @Override
        public Lender open(Growth growth) {
            return new HikariBagLender(growth);
        }
    },
    /** Stormpot, by the tap for virtual threads. */
    STORMPOT("Stormpot, tap for virtual threads", "STORMPOT") {
        @Override
        public Lender open(Growth growth) throws InterruptedException {
            return new StormpotLender(growth);
        }
    },
    /** Vibur's object pool. */
    VIBUR("Vibur", "VIBUR") {
        @Override
        public Lender open(Growth growth) {
            return new ViburLender(growth);
        }
    },
    /** Apache Commons Pool. */
    COMMONS_POOL("commons-pool2", "COMMONS_POOL") {
        @Override
        public Lender open(Growth growth) throws Exception {
            return new CommonsPoolLender(growth);
        }
    },
    /** Our pool of JDBC connections. */
    SELVAGE_JDBC("PooledDataSource", "") {
        @Override
        public Lender open(Growth growth) throws Exception {
            return DataSourceLender.selvage(growth);
        }
    },
    /** HikariCP as it is used. */
    HIKARI_JDBC("HikariDataSource", "HIKARI") {
        @Override
        public Lender open(Growth growth) throws Exception {
            return DataSourceLender.hikari(growth);
        }
    },
    /** Agroal. */
    AGROAL_JDBC("Agroal", "AGROAL") {
        @Override
        public Lender open(Growth growth) throws Exception {
            return DataSourceLender.agroal(growth);
        }
    };

    /** How long a borrower waits at most. */
    static final long TIMEOUT_SECONDS = 30;

    static final long TIMEOUT_MILLIS = TimeUnit.SECONDS.toMillis(TIMEOUT_SECONDS);

    private final String title;
    private final String library;

    Lenders(String title, String library) {
        this.title = title;
        this.library = library;
    }

    /**
     * How many a pool has, and how it makes them.
     *
     * @param size how many it has
     * @param most how many it may make where more are wanted
     * @param creation what making one takes
     */
    public record Growth(int size, int most, Runnable creation) {}

    /**
     * Starts a pool, and waits until it has what it lends.
     *
     * @param growth how many; those that cannot grow have the size
     * @return the running pool
     * @throws Exception if it does not start
     */
    public abstract Lender open(Growth growth) throws Exception;

    /**
     * Starts a pool that does not grow, and waits until it has what it lends.
     *
     * @param size how many
     * @return the running pool
     * @throws Exception if it does not start
     */
    public Lender open(int size) throws Exception {
        return open(new Growth(size, size, () -> {}));
    }

    /**
     * Returns what it is called.
     *
     * @return the name
     */
    public String title() {
        return title;
    }

    /**
     * Returns by which name the version of its library is known.
     *
     * @return the name; empty for what is of no library
     */
    public String library() {
        return library;
    }
}
