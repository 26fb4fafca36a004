package dev.selvage.task;

import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a parallel map runs. An immutable value, given to the function that opens one:
 *
 * {@snippet :
 * ParallelMap.open("pages", addresses, http::get, options -> options.withConcurrency(8).withOrdered(false));
 * }
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>option</th><th>allowed</th><th>default</th><th>meaning</th></tr>
 * <tr><td>concurrency</td><td>1 or more</td><td>the number of processors</td><td>how many items run</td></tr>
 * <tr><td>buffer</td><td>0 or more</td><td>as the concurrency</td><td>how many inputs beyond those may have been
 *     pulled whose results are not taken</td></tr>
 * <tr><td>ordered</td><td>either</td><td>true</td><td>results come in the order of the inputs, or as they are
 *     done</td></tr>
 * <tr><td>timeout</td><td>more than 0, or none</td><td>5 s</td><td>how long an item may run</td></tr>
 * <tr><td>interrupt patience</td><td>any; 0 or less abandons at once</td><td>1 s</td><td>how long an item may take
 *     to end once it was interrupted</td></tr>
 * <tr><td>ticker</td><td>any</td><td>{@link Ticker#system()}</td><td>the clock of both times</td></tr>
 * </table>
 */
public final class ParallelMapOptions {
    private static final int AS_CONCURRENCY = -1;

    static final ParallelMapOptions DEFAULTS = new ParallelMapOptions(
            Runtime.getRuntime().availableProcessors(),
            AS_CONCURRENCY,
            true,
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Ticker.system());

    private final int concurrency;
    private final int buffer;
    private final boolean ordered;
    private final @Nullable Duration timeout;
    private final Duration interruptPatience;
    private final Ticker ticker;

    private ParallelMapOptions(
            int concurrency,
            int buffer,
            boolean ordered,
            @Nullable Duration timeout,
            Duration interruptPatience,
            Ticker ticker) {
        this.concurrency = concurrency;
        this.buffer = buffer;
        this.ordered = ordered;
        this.timeout = timeout;
        this.interruptPatience = interruptPatience;
        this.ticker = ticker;
    }

    /**
     * Sets how many items run at a time.
     *
     * @param items 1 or more
     * @return options with that concurrency
     */
    public ParallelMapOptions withConcurrency(int items) {
        if (items < 1) {
            throw new IllegalArgumentException("concurrency: " + items + "; allowed: 1 or more");
        }
        return new ParallelMapOptions(items, buffer, ordered, timeout, interruptPatience, ticker);
    }

    /**
     * Sets how far the map may run ahead of its owner, beyond the items that run: as many finished results may wait
     * to be taken, or behind a slower item in an ordered map, while {@code concurrency} others run.
     *
     * @param results 0 or more
     * @return options with that buffer
     */
    public ParallelMapOptions withBuffer(int results) {
        if (results < 0) {
            throw new IllegalArgumentException("buffer: " + results + "; allowed: 0 or more");
        }
        return new ParallelMapOptions(concurrency, results, ordered, timeout, interruptPatience, ticker);
    }

    /**
     * Sets the order of results.
     *
     * @param byInput true for the order of the inputs, false to take each as soon as it is done
     * @return options with that order
     */
    public ParallelMapOptions withOrdered(boolean byInput) {
        return new ParallelMapOptions(concurrency, buffer, byInput, timeout, interruptPatience, ticker);
    }

    /**
     * Sets how long an item may run.
     *
     * @param limit more than 0
     * @return options with that time limit
     */
    public ParallelMapOptions withTimeout(Duration limit) {
        Objects.requireNonNull(limit, "timeout");
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("timeout: " + limit + "; allowed: more than 0");
        }
        return new ParallelMapOptions(concurrency, buffer, ordered, limit, interruptPatience, ticker);
    }

    /**
     * Lets an item run for as long as it takes.
     *
     * @return options without a time limit
     */
    public ParallelMapOptions withoutTimeout() {
        return new ParallelMapOptions(concurrency, buffer, ordered, null, interruptPatience, ticker);
    }

    /**
     * Sets how long an item may take to end once it was interrupted, because its time is up or the map is closed;
     * after that it is abandoned.
     *
     * @param patience the wait; 0 or less abandons at once
     * @return options with that patience
     */
    public ParallelMapOptions withInterruptPatience(Duration patience) {
        Objects.requireNonNull(patience, "patience");
        return new ParallelMapOptions(concurrency, buffer, ordered, timeout, patience, ticker);
    }

    /**
     * Sets the clock.
     *
     * @param ticker what both times are measured and waited on
     * @return options with that clock
     */
    public ParallelMapOptions withTicker(Ticker ticker) {
        Objects.requireNonNull(ticker, "ticker");
        return new ParallelMapOptions(concurrency, buffer, ordered, timeout, interruptPatience, ticker);
    }

    /** How many inputs may have been pulled whose results are not taken. */
    long bound() {
        return (long) concurrency + (buffer == AS_CONCURRENCY ? concurrency : buffer);
    }

    int concurrency() {
        return concurrency;
    }

    boolean ordered() {
        return ordered;
    }

    @Nullable Duration timeout() {
        return timeout;
    }

    Duration interruptPatience() {
        return interruptPatience;
    }

    Ticker ticker() {
        return ticker;
    }

    @Override
    public String toString() {
        return "ParallelMapOptions[concurrency " + concurrency + ", buffer " + (bound() - concurrency)
                + (ordered ? ", ordered" : ", unordered") + ", timeout "
                + Objects.requireNonNullElse(timeout, "none") + ", interrupt patience " + interruptPatience + "]";
    }
}
