package dev.selvage.demo.bench;

import dev.selvage.demo.bench.lender.Lender;
import dev.selvage.demo.bench.lender.Lenders;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
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

/** What a loan of a JDBC connection costs where nobody waits. */
@Table(
        title = "Check out and check in, JDBC",
        says = """
                One of 32 connections, which do nothing, is taken from a data source and closed, never waiting. Ours \
                hands out proxies; a statement that goes to a server takes some hundred times as long.""",
        threads = {1, 2},
        millis = 300)
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CheckOutConnection {
    private static final int SIZE = 32;

    /** Which pool. */
    @Param({"SELVAGE_JDBC", "HIKARI_JDBC", "AGROAL_JDBC"})
    public Lenders lender = Lenders.SELVAGE_JDBC;

    private @Nullable Lender pool;

    /** Made by JMH. */
    public CheckOutConnection() {}

    /**
     * Starts it.
     *
     * @throws Exception if it does not start
     */
    @Setup
    public void open() throws Exception {
        pool = lender.open(SIZE);
    }

    /**
     * Ends it.
     *
     * @throws Exception if it does not end
     */
    @TearDown
    public void close() throws Exception {
        pool().close();
    }

    private Lender pool() {
        return Objects.requireNonNull(pool);
    }

    /**
     * Takes one and gives it back.
     *
     * @return what was taken
     * @throws Exception if that fails
     */
    @Benchmark
    @Row(role = Role.PEER)
    public Object lender() throws Exception {
        Lender lending = pool();
        Object taken = lending.take();
        lending.giveBack(taken);
        return taken;
    }
}
