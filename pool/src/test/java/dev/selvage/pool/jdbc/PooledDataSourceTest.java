package dev.selvage.pool.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.selvage.pool.checkout.CheckoutException;
import dev.selvage.pool.checkout.CheckoutOptions;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a program on JDBC may rely on (rules 9.1 to 9.7 as they show there). */
class PooledDataSourceTest {
    private final FakeDriver driver = new FakeDriver();
    private final FakeTicker ticker = new FakeTicker();

    private PooledDataSource start(int size) throws InterruptedException {
        return start(size, UnaryOperator.identity());
    }

    private PooledDataSource start(int size, UnaryOperator<CheckoutOptions> options) throws InterruptedException {
        return PooledDataSource.start(
                "db", size, driver::connect, defaults -> options.apply(defaults.withTicker(ticker)));
    }

    /** Who waits no time at all gets only what lies there. */
    private static void awaitIdle(PooledDataSource db) throws InterruptedException {
        db.pool().checkOut(Duration.ofDays(1)).close();
    }

    // ---- giving back

    @Test
    @DisplayName("9.1 closing gives the connection back, and the next borrower has the same one")
    void givenBack() throws Exception {
        try (PooledDataSource db = start(1)) {
            for (int loan = 0; loan < 3; loan++) {
                try (Connection connection = db.getConnection()) {
                    assertThat(connection.isClosed()).isFalse();
                }
            }
            assertThat(driver.only().closed).isFalse();
            assertThat(db.pool().statistics().checkouts()).isEqualTo(3);
        }
        assertThat(driver.only().closed).isTrue();
    }

    @Test
    @DisplayName("9.1 statements are closed, what was not committed is rolled back, warnings are cleared")
    void cleanedUp() throws Exception {
        try (PooledDataSource db = start(1)) {
            try (Connection connection = db.getConnection()) {
                connection.setAutoCommit(false);
                PreparedStatement left = connection.prepareStatement("SELECT 1");
                connection.createStatement().close();
                assertThat(left.isClosed()).isFalse();
            }
            FakeDriver.Physical physical = driver.only();
            for (Statement statement : physical.statements) {
                assertThat(statement.isClosed()).isTrue();
            }
            assertThat(physical.statements).hasSize(2);
            assertThat(physical.log)
                    .containsExactly("setAutoCommit false", "rollback", "setAutoCommit true", "clearWarnings");
        }
    }

    @Test
    @DisplayName("9.1 a connection in auto-commit is not rolled back, and what nobody changed is not set")
    void nothingToCleanUp() throws Exception {
        try (PooledDataSource db = start(1)) {
            db.getConnection().close();
            assertThat(driver.only().log).containsExactly("clearWarnings");
        }
    }

    private interface Change {
        void of(Connection connection) throws SQLException;
    }

    private static Arguments change(String setting, Change change) {
        return arguments(setting, change);
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                change("AutoCommit", connection -> connection.setAutoCommit(false)),
                change("ReadOnly", connection -> connection.setReadOnly(true)),
                change(
                        "TransactionIsolation",
                        connection -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE)),
                change("Catalog", connection -> connection.setCatalog("other")),
                change("Schema", connection -> connection.setSchema("other")),
                change("Holdability", connection -> connection.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT)),
                change("TypeMap", connection -> connection.setTypeMap(Map.of("t", String.class))),
                change("NetworkTimeout", connection -> connection.setNetworkTimeout(Runnable::run, 7)),
                change("ClientInfo", connection -> {
                    Properties properties = new Properties();
                    properties.setProperty("ApplicationName", "test");
                    connection.setClientInfo(properties);
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    @DisplayName("9.1 what a borrower changed is as it was for the next one:")
    void restored(String setting, Change change) throws Exception {
        try (PooledDataSource db = start(1)) {
            Connection connection = db.getConnection();
            Object before = driver.only().settings.get(setting);
            change.of(connection);
            change.of(connection);
            assertThat(driver.only().settings.get(setting)).isNotEqualTo(before);
            connection.close();
            assertThat(driver.only().settings.get(setting)).isEqualTo(before);
        }
    }

    @Test
    @DisplayName("9.1 a connection that cannot be made as it was is replaced")
    void cannotBeReset() throws Exception {
        try (PooledDataSource db = start(1)) {
            Connection connection = db.getConnection();
            driver.only().failures.put("clearWarnings", new SQLException("planned"));
            connection.close();
            db.getConnection().close();
            assertThat(driver.connections).hasSize(2);
            Threads.awaitTrue("closed", () -> driver.connections.getFirst().closed);
        }
    }

    // ---- after it was given back

    @Test
    @DisplayName("9.1 what was given back cannot be used, nor given back again, while the next has it")
    void stale() throws Exception {
        try (PooledDataSource db = start(1)) {
            Connection mine = db.getConnection();
            Statement statement = mine.createStatement();
            ResultSet rows = statement.executeQuery("SELECT 1");
            mine.close();
            Connection next = db.getConnection();
            mine.close();
            statement.close();
            rows.close();
            mine.abort(Runnable::run);
            assertThat(mine.isClosed()).isTrue();
            assertThat(mine.isValid(1)).isFalse();
            assertThat(statement.isClosed()).isTrue();
            assertThat(rows.isClosed()).isTrue();
            assertStale(mine::createStatement);
            assertStale(mine::commit);
            assertStale(() -> mine.setAutoCommit(false));
            assertStale(() -> mine.unwrap(FakeDriver.Vendor.class));
            assertStale(() -> statement.execute("DELETE"));
            assertStale(statement::getConnection);
            assertStale(rows::next);
            assertThat(next.isClosed()).isFalse();
            next.createStatement().execute("SELECT 1");
            next.close();
        }
    }

    private static void assertStale(org.assertj.core.api.ThrowableAssert.ThrowingCallable use) {
        assertThatExceptionOfType(SQLNonTransientConnectionException.class)
                .isThrownBy(use)
                .withMessageStartingWith("this connection was closed or taken back")
                .satisfies(stale -> assertThat(stale.getSQLState()).isEqualTo("08003"));
    }

    // ---- failures

    static Stream<Arguments> failures() {
        return Stream.of(
                arguments(new SQLException("lost", "08006"), true),
                arguments(new SQLException("shut down", "57P01"), true),
                arguments(new SQLRecoverableException("try another"), true),
                arguments(chained(new SQLException("batch"), new SQLException("lost", "08S01")), true),
                arguments(new SQLSyntaxErrorException("syntax", "42601"), false),
                arguments(new SQLException("duplicate key", "23505"), false),
                arguments(new SQLException("no state"), false));
    }

    private static SQLException chained(SQLException first, SQLException next) {
        first.setNextException(next);
        return first;
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("failures")
    @DisplayName("9.1 a connection is replaced after an exception of which it does not recover, and only then:")
    void brokenByFailure(SQLException failure, boolean replaced) throws Exception {
        try (PooledDataSource db = start(1)) {
            Connection connection = db.getConnection();
            Statement statement = connection.createStatement();
            driver.only().failures.put("execute", failure);
            assertThatThrownBy(() -> statement.execute("SELECT 1")).isSameAs(failure);
            connection.close();
            db.getConnection().close();
            assertThat(driver.connections).hasSize(replaced ? 2 : 1);
            assertThat(db.pool().statistics().discarded()).isEqualTo(replaced ? 1 : 0);
        }
    }

    @Test
    @DisplayName("9.1 a connection that its driver closed in a failure is replaced, whatever the state says")
    void closedByDriver() throws Exception {
        try (PooledDataSource db = start(1)) {
            Connection connection = db.getConnection();
            driver.only().failures.put("commit", new SQLException("planned"));
            driver.only().closed = true;
            assertThatThrownBy(connection::commit).hasMessage("planned");
            connection.close();
            db.getConnection().close();
            assertThat(driver.connections).hasSize(2);
        }
    }

    @Test
    @DisplayName("9.1 an aborted connection is closed for its borrower at once, and replaced")
    void aborted() throws Exception {
        try (PooledDataSource db = start(1)) {
            Connection connection = db.getConnection();
            connection.abort(Runnable::run);
            assertThat(connection.isClosed()).isTrue();
            db.getConnection().close();
            assertThat(driver.connections).hasSize(2);
        }
    }

    @Test
    @DisplayName("9.5 a connection that was idle is asked whether it is valid, and replaced if it is not")
    void validated() throws Exception {
        try (PooledDataSource db = start(1)) {
            db.getConnection().close();
            driver.only().closed = true;
            ticker.advance(Duration.ofSeconds(1));
            try (Connection connection = db.getConnection()) {
                assertThat(connection.isValid(1)).isTrue();
            }
            assertThat(driver.connections).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("9.2, known failure 29 the connection of a borrower that died is closed and replaced: ")
    void borrowerDied(ThreadKind kind) throws Exception {
        try (PooledDataSource db = start(1)) {
            Threads.run(kind, () -> db.getConnection().setAutoCommit(false));
            try (Connection connection = db.getConnection()) {
                assertThat(connection.getAutoCommit()).isTrue();
            }
            assertThat(driver.connections).hasSize(2);
            Threads.awaitTrue("closed", () -> driver.connections.getFirst().closed);
            assertThat(db.pool().statistics().reclaimed()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "9.2 a connection is handed over: it is the receiver's, whose end takes it back, and its giver's no more")
    void handedOver() throws Exception {
        try (PooledDataSource db = start(1);
                Threads threads = new Threads()) {
            CompletableFuture<Connection> handed = new CompletableFuture<>();
            CountDownLatch end = new CountDownLatch(1);
            Thread receiver = threads.start(ThreadKind.VIRTUAL, "receiver", () -> {
                handed.join().createStatement().execute("SELECT 1");
                end.await();
            });
            Connection mine = db.getConnection();
            Connection its = db.handOver(mine, receiver);
            handed.complete(its);
            assertThat(mine.isClosed()).isTrue();
            mine.close();
            assertThat(its.isClosed()).isFalse();
            assertThat(db.pool().holders())
                    .singleElement()
                    .satisfies(holder -> assertThat(holder.thread()).isSameAs(receiver));
            end.countDown();
            db.getConnection().close();
            assertThat(its.isClosed()).isTrue();
        }
    }

    @Test
    @DisplayName("9.2 what is no borrowed connection is not handed over")
    void handOverOfOthers() throws Exception {
        try (PooledDataSource db = start(1)) {
            assertThatThrownBy(() -> db.handOver(driver.connect(), Thread.currentThread()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("connection: fake Connection; allowed: one of a pooled data source");
        }
    }

    // ---- what leads back

    @Test
    @DisplayName("9.1 statements, rows and meta data lead back to the borrowed connection, not to the driver's")
    void leadsBack() throws Exception {
        try (PooledDataSource db = start(1);
                Connection connection = db.getConnection();
                PreparedStatement statement = connection.prepareStatement("SELECT 1");
                ResultSet rows = statement.executeQuery()) {
            assertThat(statement.getConnection()).isSameAs(connection).isEqualTo(connection);
            assertThat(rows.getStatement()).isSameAs(statement);
            assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
            assertThat(connection
                            .getMetaData()
                            .getTables(null, null, null, null)
                            .getStatement())
                    .isNull();
            assertThat(connection).isNotEqualTo(driver.only().connection).hasSameHashCodeAs(connection);
            assertThat(connection).hasToString("borrowed Connection fake Connection");
        }
    }

    @Test
    @DisplayName("9.1 the driver's own interfaces are reached by unwrap")
    void unwrapped() throws Exception {
        try (PooledDataSource db = start(1);
                Connection connection = db.getConnection()) {
            assertThat(connection.isWrapperFor(FakeDriver.Vendor.class)).isTrue();
            assertThat(connection.unwrap(FakeDriver.Vendor.class).version()).isEqualTo("7");
            DataSource source = db;
            assertThat(source.isWrapperFor(PooledDataSource.class)).isTrue();
            assertThat(source.unwrap(PooledDataSource.class)).isSameAs(db);
            assertThat(source.isWrapperFor(String.class)).isFalse();
            assertThatThrownBy(() -> source.unwrap(String.class))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("data source on");
        }
    }

    // ---- no connection

    @Test
    @DisplayName("9.6 no connection in time, an interrupt and a close are different exceptions of JDBC")
    void noConnection() throws Exception {
        PooledDataSource db = start(1, options -> options.withCheckoutTimeout(Duration.ZERO));
        try (db) {
            awaitIdle(db);
            try (Connection connection = db.getConnection()) {
                assertThat(connection.isClosed()).isFalse();
                assertThatThrownBy(db::getConnection)
                        .isInstanceOf(SQLTransientConnectionException.class)
                        .hasCauseInstanceOf(CheckoutException.CheckoutTimeout.class);
                Thread.currentThread().interrupt();
                assertThatThrownBy(db::getConnection)
                        .isInstanceOf(SQLTransientConnectionException.class)
                        .hasCauseInstanceOf(InterruptedException.class);
                assertThat(Thread.interrupted()).isTrue();
            }
        }
        assertThatThrownBy(db::getConnection)
                .isInstanceOf(SQLNonTransientConnectionException.class)
                .hasCauseInstanceOf(CheckoutException.Closed.class);
    }

    @Test
    @DisplayName("9.4, 9.6 where no connection can be made, what the driver said is the cause; it recovers by itself")
    void cannotConnect() throws Exception {
        driver.refusal = new SQLException("the database is away", "08001");
        try (PooledDataSource db =
                start(1, options -> options.withCheckoutTimeout(Duration.ZERO).withCreateTimeout(Duration.ofDays(1)))) {
            Threads.awaitTrue("tried", () -> db.pool().lastFailure().isPresent());
            assertThatThrownBy(db::getConnection)
                    .isInstanceOf(SQLTransientConnectionException.class)
                    .hasCauseInstanceOf(CheckoutException.CreationFailed.class)
                    .hasRootCauseMessage("the database is away");
            driver.refusal = null;
            Threads.awaitTrue("made after a pause", () -> {
                ticker.advance(Duration.ofMillis(1));
                return db.pool().statistics().total() == 1;
            });
            awaitIdle(db);
            db.getConnection().close();
        }
    }

    // ---- the rest of a data source

    @Test
    @DisplayName("9.1 what a pool cannot do is refused by name")
    void refused() throws Exception {
        try (PooledDataSource db = start(1)) {
            assertThatExceptionOfType(SQLFeatureNotSupportedException.class)
                    .isThrownBy(() -> db.getConnection("somebody", "secret"))
                    .withMessage("all connections of db are of one user");
            assertThatExceptionOfType(SQLFeatureNotSupportedException.class).isThrownBy(() -> db.setLoginTimeout(1));
            assertThatExceptionOfType(SQLFeatureNotSupportedException.class).isThrownBy(() -> db.setLogWriter(null));
            assertThatExceptionOfType(SQLFeatureNotSupportedException.class).isThrownBy(db::getParentLogger);
            assertThat(db.getLoginTimeout()).isZero();
            assertThat(db.getLogWriter()).isNull();
        }
    }

    @Test
    @DisplayName("9.1 it runs under a supervisor of the program's, too")
    void underSupervisor() throws Exception {
        PooledDataSource db = PooledDataSource.create("db", 2, driver::connect, UnaryOperator.identity());
        try (Supervisor app = Supervisor.start(db.spec())) {
            try (Connection connection = db.getConnection()) {
                assertThat(connection.isClosed()).isFalse();
            }
            db.close();
        }
        assertThat(driver.connections).allMatch(connection -> connection.closed);
    }
}
