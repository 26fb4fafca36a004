package dev.selvage.lock;

import dev.selvage.time.Ticker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What may be chosen about a set of keyed locks. An immutable value, given to the function that makes one:
 *
 * {@snippet :
 * KeyedLocks<Seat> locks = KeyedLocks.create("seats", options ->
 * options.withOrder(Comparator.comparing(Seat::number))); }
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>option</th><th>default</th><th>allowed</th><th>meaning</th></tr>
 * <tr><td>order</td><td>the keys' natural order</td><td>one that tells apart whatever {@code equals} tells apart</td>
 * <td>in which {@link KeyedLocks#lockAll} locks several keys</td></tr>
 * <tr><td>ticker</td><td>{@link Ticker#system()}</td><td>any</td><td>the clock of timeouts and snapshots</td></tr>
 * <tr><td>hold times</td><td>no</td><td>yes or no</td><td>whether a snapshot tells since when a key is held; since when
 * it is waited for, it always tells</td></tr>
 * <tr><td>tokens</td><td>a counter of this JVM, from 1</td><td>1 or more, each greater than those before</td><td>where
 * fencing tokens come from</td></tr>
 * </table>
 *
 * @param <K> the keys
 */
public final class KeyedLocksOptions<K> {
    private static final AtomicLong DRAWN = new AtomicLong();
    private static final LongSupplier COUNTER = DRAWN::incrementAndGet;

    private final @Nullable Comparator<? super K> order;
    private final Ticker ticker;
    private final LongSupplier tokens;
    private final boolean timesHolds;

    private KeyedLocksOptions(
            @Nullable Comparator<? super K> order, Ticker ticker, LongSupplier tokens, boolean timesHolds) {
        this.order = order;
        this.ticker = ticker;
        this.tokens = tokens;
        this.timesHolds = timesHolds;
    }

    static <K> KeyedLocksOptions<K> defaults() {
        return new KeyedLocksOptions<>(null, Ticker.system(), COUNTER, false);
    }

    /**
     * Returns these options with another order of the keys. It belongs to the set of locks and not to a call, because
     * it is of use only if all calls follow the same.
     *
     * @param order which of two keys is locked first
     * @return the changed options
     */
    public KeyedLocksOptions<K> withOrder(Comparator<? super K> order) {
        return new KeyedLocksOptions<>(Objects.requireNonNull(order, "order"), ticker, tokens, timesHolds);
    }

    /**
     * Returns these options with another clock.
     *
     * @param ticker what timeouts are measured and waited on
     * @return the changed options
     */
    public KeyedLocksOptions<K> withTicker(Ticker ticker) {
        return new KeyedLocksOptions<>(order, Objects.requireNonNull(ticker, "ticker"), tokens, timesHolds);
    }

    /**
     * Returns these options with another source of fencing tokens. The default counts from 1 again when the JVM is
     * started again; whoever keeps the greatest token that it has seen for longer than that, or sees tokens of several
     * JVMs, needs a source that goes on where it was, such as a sequence of the database that is to be fenced.
     *
     * @param tokens returns a number greater than all before, whichever thread asks; it is asked by
     *     {@link Lease#token()}, on the thread that calls that
     * @return the changed options
     */
    public KeyedLocksOptions<K> withTokens(LongSupplier tokens) {
        return new KeyedLocksOptions<>(order, ticker, Objects.requireNonNull(tokens, "tokens"), timesHolds);
    }

    /**
     * Returns these options, except that the clock is read for each lock, so that a snapshot tells of holders too how
     * long they have held their keys. That makes locking a key that is free by a third dearer.
     *
     * @return the changed options
     */
    public KeyedLocksOptions<K> withHoldTimes() {
        return new KeyedLocksOptions<>(order, ticker, tokens, true);
    }

    boolean timesHolds() {
        return timesHolds;
    }

    LongSupplier tokens() {
        return tokens;
    }

    Ticker ticker() {
        return ticker;
    }

    /** Sorts keys that are all different. */
    List<K> sorted(Collection<K> keys) {
        List<K> sorted = new ArrayList<>(keys);
        Comparator<? super K> comparator = order == null ? naturalOrder() : order;
        sorted.sort(comparator);
        for (int i = 1; i < sorted.size(); i++) {
            if (comparator.compare(sorted.get(i - 1), sorted.get(i)) == 0) {
                throw new IllegalArgumentException("keys: " + sorted.get(i - 1) + " and " + sorted.get(i)
                        + ", which differ but compare as the same; allowed: keys with an order, natural or withOrder");
            }
        }
        return sorted;
    }

    @SuppressWarnings("unchecked") // what does not compare is told by the exception
    private static <K> Comparator<K> naturalOrder() {
        return (one, other) -> {
            try {
                return ((Comparable<Object>) one).compareTo(other);
            } catch (ClassCastException e) {
                throw new IllegalArgumentException(
                        "keys: " + one + " and " + other
                                + ", which do not compare; allowed: keys with an order, natural or withOrder",
                        e);
            }
        };
    }

    @Override
    public String toString() {
        return "KeyedLocksOptions[order=" + (order == null ? "natural" : order) + ", ticker=" + ticker + ", tokens="
                + (tokens == COUNTER ? "counted" : tokens)
                + ", holdTimes=" + timesHolds + "]";
    }
}
