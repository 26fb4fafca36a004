package dev.selvage.demo.bench.lender;

import java.util.concurrent.TimeUnit;

/** The pools that are measured beside each other. Nothing of one is loaded before it is opened. */
public enum Lenders {
    /** A fair semaphore and a deque: the floor. */
    PLAIN("fair Semaphore and ConcurrentLinkedDeque", "") {
        @Override
        public Lender open(int size) {
            return new PlainLender(size);
        }
    },
    /** Our checkout pool. */
    SELVAGE("CheckoutPool", "") {
        @Override
        public Lender open(int size) throws InterruptedException {
            return new SelvageLender(size);
        }
    },
    /** What is inside of HikariCP. */
    HIKARI_BAG("HikariCP's ConcurrentBag", "HIKARI") {
        @Override
        public Lender open(int size) {
            return new HikariBagLender(size);
        }
    },
    /** Stormpot, by the tap for virtual threads. */
    STORMPOT("Stormpot, tap for virtual threads", "STORMPOT") {
        @Override
        public Lender open(int size) throws InterruptedException {
            return new StormpotLender(size);
        }
    },
    /** Vibur's object pool. */
    VIBUR("Vibur", "VIBUR") {
        @Override
        public Lender open(int size) {
            return new ViburLender(size);
        }
    },
    /** Apache Commons Pool. */
    COMMONS_POOL("commons-pool2", "COMMONS_POOL") {
        @Override
        public Lender open(int size) {
            return new CommonsPoolLender(size);
        }
    },
    /** Our pool of JDBC connections. */
    SELVAGE_JDBC("PooledDataSource", "") {
        @Override
        public Lender open(int size) throws Exception {
            return DataSourceLender.selvage(size);
        }
    },
    /** HikariCP as it is used. */
    HIKARI_JDBC("HikariDataSource", "HIKARI") {
        @Override
        public Lender open(int size) throws Exception {
            return DataSourceLender.hikari(size);
        }
    },
    /** Agroal. */
    AGROAL_JDBC("Agroal", "AGROAL") {
        @Override
        public Lender open(int size) throws Exception {
            return DataSourceLender.agroal(size);
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
     * Starts a pool, and waits until it has what it lends.
     *
     * @param size how many
     * @return the running pool
     * @throws Exception if it does not start
     */
    public abstract Lender open(int size) throws Exception;

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
