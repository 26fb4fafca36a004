package dev.selvage.pool.jdbc;

import dev.selvage.pool.checkout.CheckoutException;
import dev.selvage.pool.checkout.CheckoutOptions;
import dev.selvage.pool.checkout.CheckoutPool;
import dev.selvage.supervisor.SupervisorSpec;
import java.io.PrintWriter;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A {@link DataSource} whose connections come from a {@link CheckoutPool}: for plain programs on JDBC, and for whatever
 * takes a data source.
 *
 * {@snippet :
 * try (PooledDataSource db = PooledDataSource.start("db", 10, () -> DriverManager.getConnection(url))) {
 *     try (Connection connection = db.getConnection()) {
 *         connection.createStatement().execute("UPDATE account SET ...");
 *     }
 * }
 * }
 *
 * <p><b>Giving back.</b> {@link Connection#close()} gives the connection back, as clean as it was: its statements are
 * closed, what was not committed is rolled back, warnings are cleared, and auto-commit, read-only, isolation, catalog,
 * schema, holdability, type map and network timeout are as they were when it was made, where the borrower changed them.
 * A connection on which that fails is replaced. So is one that threw an exception of which it does not recover: a state
 * of class 08, an {@link java.sql.SQLRecoverableException}, the server's shutdown, or one after which the driver has
 * closed it.
 *
 * <p><b>When the borrower's thread ends</b> without closing, its connection is closed, which rolls its transaction
 * back, and replaced. Connections that were closed, or taken back, throw the state 08003 when they are used.
 *
 * <p><b>Defaults</b> are those of {@link CheckoutOptions}, but for these: connections idle for more than half a second
 * are asked whether they are {@linkplain Connection#isValid valid} before they are lent, idle ones every two minutes
 * too, and none becomes older than half an hour.
 *
 * <p>All methods may be called by any thread. A connection is for one thread at a time, as with any driver. Memory
 * effects are those of {@link CheckoutPool}.
 *
 * <p>The borrowed connections, their statements, results and meta data stand for the driver's: {@link
 * Connection#unwrap} gives the latter, which must not be closed.
 */
public final class PooledDataSource implements DataSource, AutoCloseable {
    private static final Duration VALIDATION_AFTER = Duration.ofMillis(500);
    private static final Duration KEEP_ALIVE = Duration.ofMinutes(2);
    private static final Duration MAX_LIFETIME = Duration.ofMinutes(30);

    /** Makes connections to one database. */
    @FunctionalInterface
    public interface ConnectionFactory {

        /**
         * Connects. Called on threads of the pool, several at the same time.
         *
         * @return a new connection
         * @throws SQLException if it cannot; it is tried again after a pause
         */
        Connection connect() throws SQLException;
    }

    private final CheckoutPool<PhysicalConnection> pool;

    private PooledDataSource(CheckoutPool<PhysicalConnection> pool) {
        this.pool = pool;
    }

    /**
     * Makes a data source and runs it until it is closed. Its connections begin to be made, and this does not wait for
     * them: it starts too while the database is away.
     *
     * @param name its name, not blank
     * @param size how many connections it has, 1 or more
     * @param factory makes them
     * @return the running data source
     * @throws InterruptedException if the current thread is interrupted before it has started
     */
    public static PooledDataSource start(String name, int size, ConnectionFactory factory) throws InterruptedException {
        return start(name, size, factory, UnaryOperator.identity());
    }

    /**
     * Makes a data source with other options and runs it, as {@link #start(String, int, ConnectionFactory)} does.
     *
     * @param name its name, not blank
     * @param size how many connections it has, 1 or more
     * @param factory makes them
     * @param options makes the options from this class's defaults
     * @return the running data source
     * @throws InterruptedException if the current thread is interrupted before it has started
     */
    public static PooledDataSource start(
            String name, int size, ConnectionFactory factory, UnaryOperator<CheckoutOptions> options)
            throws InterruptedException {
        return new PooledDataSource(CheckoutPool.start(name, size, factory(factory), withDefaults(options)));
    }

    /**
     * Makes a data source that does not run yet: its {@link #spec() tree} is to be put under a supervisor of yours.
     *
     * @param name its name, not blank
     * @param size how many connections it has, 1 or more
     * @param factory makes them
     * @param options makes the options from this class's defaults
     * @return the data source
     */
    public static PooledDataSource create(
            String name, int size, ConnectionFactory factory, UnaryOperator<CheckoutOptions> options) {
        return new PooledDataSource(CheckoutPool.create(name, size, factory(factory), withDefaults(options)));
    }

    private static PhysicalConnectionFactory factory(ConnectionFactory factory) {
        return new PhysicalConnectionFactory(Objects.requireNonNull(factory, "factory"));
    }

    private static UnaryOperator<CheckoutOptions> withDefaults(UnaryOperator<CheckoutOptions> options) {
        Objects.requireNonNull(options, "options");
        return plain -> options.apply(plain.withValidationAfter(VALIDATION_AFTER)
                .withKeepAlive(KEEP_ALIVE)
                .withMaxLifetime(MAX_LIFETIME));
    }

    /**
     * Returns the tree of this data source, which may run once at a time; see {@link CheckoutPool#spec()}.
     *
     * @return the specification, to be nested in a tree or started by itself
     */
    public SupervisorSpec spec() {
        return pool.spec();
    }

    /**
     * Returns the pool below: to look at its statistics and holders, to resize it, suspend it, or replace all
     * connections.
     *
     * @return the pool
     */
    public CheckoutPool<?> pool() {
        return pool;
    }

    // ---- borrowing

    /**
     * Borrows a connection, waiting for as long as the {@linkplain CheckoutOptions#withCheckoutTimeout checkout
     * timeout}.
     *
     * <p>The cause of an exception is that of {@link CheckoutPool#checkOut()}, or an {@link InterruptedException};
     * after the latter the thread is interrupted still.
     *
     * @return the connection, to be closed
     * @throws SQLTransientConnectionException if none came in time, none can be made, the pool sheds load, or this
     *     thread is interrupted
     * @throws SQLNonTransientConnectionException if this data source is closed
     */
    @Override
    public Connection getConnection() throws SQLException {
        try {
            return borrowed(pool.checkOut());
        } catch (CheckoutException.Closed closed) {
            throw new SQLNonTransientConnectionException(closed.getMessage(), SqlStates.DOES_NOT_EXIST, closed);
        } catch (CheckoutException none) {
            throw new SQLTransientConnectionException(none.getMessage(), SqlStates.CANNOT_CONNECT, none);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException(
                    "interrupted while waiting for a connection of " + pool.name(), SqlStates.CANNOT_CONNECT, e);
        }
    }

    private static Connection borrowed(CheckoutPool.Lease<PhysicalConnection> lease) {
        return new BorrowedConnection(lease, lease.resource()).proxy();
    }

    /**
     * Hands a borrowed connection to another thread: from now on that is the borrower, and its end takes the connection
     * back. Only the borrower may call this. The connection given is closed then, for its former borrower; statements
     * and results that were made by it are the new borrower's business, and closed when that gives it back.
     *
     * @param connection a connection of this data source
     * @param receiver the borrower from now on, which must live
     * @return the same connection, for the receiver
     * @throws IllegalArgumentException if the connection is not one of a pooled data source
     * @throws CheckoutException as {@link CheckoutPool.Lease#handOver} does; then nothing has changed
     */
    public Connection handOver(Connection connection, Thread receiver) {
        Objects.requireNonNull(connection, "connection");
        Objects.requireNonNull(receiver, "receiver");
        if (Proxy.isProxyClass(connection.getClass())
                && Proxy.getInvocationHandler(connection) instanceof BorrowedConnection mine) {
            return borrowed(mine.lease().handOver(receiver));
        }
        throw new IllegalArgumentException("connection: " + connection + "; allowed: one of a pooled data source");
    }

    /**
     * Refused: the connections of a pool are all of one user.
     *
     * @param user ignored
     * @param password ignored
     * @throws SQLFeatureNotSupportedException always
     */
    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("all connections of " + pool.name() + " are of one user");
    }

    // ---- closing

    /** Closes the pool below; see {@link CheckoutPool#close()}. */
    @Override
    public void close() {
        pool.close();
    }

    // ---- what else a data source has

    /**
     * Refused: the time limit is that of the {@linkplain CheckoutOptions#withCheckoutTimeout options}.
     *
     * @param seconds ignored
     * @throws SQLFeatureNotSupportedException always
     */
    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException("the time limit of " + pool.name() + " is that of its options");
    }

    /** Returns 0: the time limit is that of the {@linkplain CheckoutOptions#withCheckoutTimeout options}. */
    @Override
    public int getLoginTimeout() {
        return 0;
    }

    /** Returns null: nothing is logged there. */
    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    /**
     * Refused: pools log by {@link System.Logger}.
     *
     * @param out ignored
     * @throws SQLFeatureNotSupportedException always
     */
    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("pools log by System.Logger");
    }

    /**
     * Refused: pools log by {@link System.Logger}.
     *
     * @throws SQLFeatureNotSupportedException always
     */
    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("pools log by System.Logger");
    }

    /**
     * Returns this as another type that it has.
     *
     * @throws SQLException if it is no such thing
     */
    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (isWrapperFor(type)) {
            return type.cast(this);
        }
        throw new SQLException(this + " is no " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    @Override
    public String toString() {
        return "data source on " + pool;
    }
}
