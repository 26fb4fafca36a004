package dev.selvage.demo.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.selvage.demo.server.PostgresServer;
import dev.selvage.pool.checkout.CheckoutPool;
import dev.selvage.pool.jdbc.PooledDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two thousand virtual threads on ten connections to a real PostgreSQL, whose sessions are ended and which crashes
 * meanwhile. Beside our pool the same is done with HikariCP's, and both reports are printed.
 */
@Timeout(240)
class PostgresPoolTest {
    private static final int CONNECTIONS = 10;
    private static final int THREADS = 2_000;
    private static final int TRANSACTIONS_BEFORE_TROUBLE = 2_000;
    private static final Duration LONGEST_CHECKOUT = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What is done by how many threads, and what came of it. */
    private static final class Run {
        private final DataSource source;
        private final AtomicLong nextId = new AtomicLong();
        private final Set<Long> reportedDone = ConcurrentHashMap.newKeySet();
        private final AtomicLong failed = new AtomicLong();
        private final AtomicLong longestWaitNanos = new AtomicLong();
        private volatile boolean over;

        Run(DataSource source) {
            this.source = source;
        }

        void transfers() {
            while (!over) {
                long id = nextId.incrementAndGet();
                try {
                    transfer(id);
                    reportedDone.add(id);
                } catch (SQLException notDone) {
                    failed.incrementAndGet();
                }
            }
        }

        /** Writes two rows, or none. */
        private void transfer(long id) throws SQLException {
            long begin = System.nanoTime();
            try (Connection connection = source.getConnection()) {
                longestWaitNanos.accumulateAndGet(System.nanoTime() - begin, Math::max);
                connection.setAutoCommit(false);
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO half VALUES (?, ?)")) {
                    for (int half = 1; half <= 2; half++) {
                        insert.setLong(1, id);
                        insert.setInt(2, half);
                        insert.executeUpdate();
                    }
                }
                connection.commit();
            }
        }

        void awaitDone(long count) {
            awaitTrue(count + " transactions, there are " + reportedDone.size(), () -> reportedDone.size() >= count);
        }
    }

    /** The sessions of the pool, as the server sees them. */
    private static final class Server implements AutoCloseable {
        private final PostgresServer server;

        Server(PostgresServer server) {
            this.server = server;
        }

        String url() {
            return server.url() + "&ApplicationName=pooled";
        }

        void execute(String sql) throws SQLException {
            try (Connection connection = DriverManager.getConnection(server.url());
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        long count(String sql) throws SQLException {
            try (Connection connection = DriverManager.getConnection(server.url());
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getLong(1);
            }
        }

        long sessions() throws SQLException {
            return count("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pooled'");
        }

        void endSessions() throws SQLException {
            execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pooled'");
        }

        @Override
        public void close() throws Exception {
            server.close();
        }
    }

    private static Server server() throws Exception {
        Optional<PostgresServer> installed = PostgresServer.start();
        assumeTrue(installed.isPresent(), "PostgreSQL is not installed; demo/install-servers installs it");
        return new Server(installed.get());
    }

    private static void awaitTrue(String what, BooleanSupplier condition) {
        org.awaitility.Awaitility.await(what).atMost(PATIENCE).until(condition::getAsBoolean);
    }

    @Test
    @DisplayName("9.1 to 9.4 sessions end and the server crashes: nothing half done, nothing lost, no restart needed")
    void troubles() throws Exception {
        try (Server server = server()) {
            String ours;
            try (PooledDataSource db = PooledDataSource.start(
                    "db",
                    CONNECTIONS,
                    () -> DriverManager.getConnection(server.url()),
                    options -> options.withCheckoutTimeout(LONGEST_CHECKOUT))) {
                ours = goThroughTroubles("Selvage", server, db);
                CheckoutPool.Statistics statistics = db.pool().statistics();
                assertThat(statistics.total()).isLessThanOrEqualTo(CONNECTIONS);
                assertThat(statistics.leased()).isZero();
                assertThat(statistics.waiting()).isZero();
                assertThat(statistics.reclaimed()).isZero();
                assertThat(statistics.created() - statistics.destroyed()).isEqualTo(statistics.total());
                awaitTrue("ten sessions", () -> sessionsAre(server, CONNECTIONS));
            }
            awaitTrue("no session left", () -> sessionsAre(server, 0));
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(server.url());
            config.setMaximumPoolSize(CONNECTIONS);
            config.setConnectionTimeout(LONGEST_CHECKOUT.toMillis());
            String hikaris;
            try (HikariDataSource hikari = new HikariDataSource(config)) {
                hikaris = goThroughTroubles("HikariCP", server, hikari);
            }
            System.out.println(ours + System.lineSeparator() + hikaris);
        }
    }

    private static boolean sessionsAre(Server server, long wanted) {
        try {
            return server.sessions() == wanted;
        } catch (SQLException e) {
            return false;
        }
    }

    /** Returns a report. */
    private static String goThroughTroubles(String name, Server server, DataSource source) throws Exception {
        server.execute("DROP TABLE IF EXISTS half");
        server.execute("CREATE TABLE half (id bigint, half integer)");
        Run run = new Run(source);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.startVirtualThread(run::transfers));
        }
        run.awaitDone(TRANSACTIONS_BEFORE_TROUBLE); // the connections are made, and the code is compiled
        int before = run.reportedDone.size();
        long begin = System.nanoTime();
        run.awaitDone(before + TRANSACTIONS_BEFORE_TROUBLE);
        double calmRate = (run.reportedDone.size() - before) * 1e9 / (System.nanoTime() - begin);
        server.endSessions();
        run.awaitDone(run.reportedDone.size() + TRANSACTIONS_BEFORE_TROUBLE);
        server.server.crash();
        server.server.startAgain();
        long back = System.nanoTime();
        run.awaitDone(run.reportedDone.size() + 1L);
        long recoveredMillis = Duration.ofNanos(System.nanoTime() - back).toMillis();
        run.awaitDone(run.reportedDone.size() + TRANSACTIONS_BEFORE_TROUBLE);
        run.over = true;
        for (Thread thread : threads) {
            assertThat(thread.join(PATIENCE)).as("a thread's end").isTrue();
        }
        assertNothingHalfDone(server, run);
        return String.format(
                Locale.ROOT,
                "%s: %.0f transactions/s before the troubles, %d done, %d failed, longest wait %d ms, first one %d ms"
                        + " after the server was back",
                name,
                calmRate,
                run.reportedDone.size(),
                run.failed.get(),
                Duration.ofNanos(run.longestWaitNanos.get()).toMillis(),
                recoveredMillis);
    }

    private static void assertNothingHalfDone(Server server, Run run) throws SQLException {
        assertThat(server.count("SELECT count(*) FROM (SELECT 1 FROM half GROUP BY id HAVING count(*) <> 2) AS odd"))
                .as("transactions half done")
                .isZero();
        Set<Long> there = ConcurrentHashMap.newKeySet();
        try (Connection connection = DriverManager.getConnection(server.url());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT DISTINCT id FROM half")) {
            while (rows.next()) {
                there.add(rows.getLong(1));
            }
        }
        assertThat(there).as("what was reported done").containsAll(run.reportedDone);
    }

    @Test
    @DisplayName(
            "9.2 the connection of a borrower that died in a transaction is closed at the server, which rolls back")
    void borrowerDies() throws Exception {
        try (Server server = server();
                PooledDataSource db =
                        PooledDataSource.start("db", 1, () -> DriverManager.getConnection(server.url()))) {
            server.execute("CREATE TABLE half (id bigint, half integer)");
            CountDownLatch inserted = new CountDownLatch(1);
            Thread dies = Thread.startVirtualThread(() -> {
                try {
                    Connection connection = db.getConnection();
                    connection.setAutoCommit(false);
                    connection.createStatement().execute("INSERT INTO half VALUES (1, 1)");
                } catch (SQLException e) {
                    throw new AssertionError(e);
                } finally {
                    inserted.countDown();
                }
            });
            inserted.await();
            assertThat(dies.join(PATIENCE)).isTrue();
            try (Connection next = db.getConnection()) {
                assertThat(next.getAutoCommit()).isTrue();
            }
            awaitTrue("one session", () -> sessionsAre(server, 1));
            assertThat(server.count("SELECT count(*) FROM half")).isZero();
        }
    }
}
