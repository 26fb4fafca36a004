package dev.selvage.lock;

import dev.selvage.time.Ticker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
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
 * <tr><td>ticker</td><td>{@link Ticker#system()}</td><td>any</td><td>the clock of timeouts</td></tr>
 * </table>
 *
 * @param <K> the keys
 */
public final class KeyedLocksOptions<K> {
    private final @Nullable Comparator<? super K> order;
    private final Ticker ticker;

    private KeyedLocksOptions(@Nullable Comparator<? super K> order, Ticker ticker) {
        this.order = order;
        this.ticker = ticker;
    }

    static <K> KeyedLocksOptions<K> defaults() {
        return new KeyedLocksOptions<>(null, Ticker.system());
    }

    /**
     * Returns these options with another order of the keys. It belongs to the set of locks and not to a call, because
     * it is of use only if all calls follow the same.
     *
     * @param order which of two keys is locked first
     * @return the changed options
     */
    public KeyedLocksOptions<K> withOrder(Comparator<? super K> order) {
        return new KeyedLocksOptions<>(Objects.requireNonNull(order, "order"), ticker);
    }

    /**
     * Returns these options with another clock.
     *
     * @param ticker what timeouts are measured and waited on
     * @return the changed options
     */
    public KeyedLocksOptions<K> withTicker(Ticker ticker) {
        return new KeyedLocksOptions<>(order, Objects.requireNonNull(ticker, "ticker"));
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
        return "KeyedLocksOptions[order=" + (order == null ? "natural" : order) + ", ticker=" + ticker + "]";
    }
}
