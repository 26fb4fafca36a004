package dev.selvage.lock;

import dev.selvage.time.Ticker;
import java.util.Objects;

/**
 * What may be chosen about a set of keyed locks. An immutable value, given to the function that makes one:
 *
 * {@snippet :
 * KeyedLocks<UserId> locks = KeyedLocks.create("users", options -> options.withTicker(ticker));
 * }
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>option</th><th>default</th><th>allowed</th><th>meaning</th></tr>
 * <tr><td>ticker</td><td>{@link Ticker#system()}</td><td>any</td><td>the clock of timeouts</td></tr>
 * </table>
 */
public final class KeyedLocksOptions {
    static final KeyedLocksOptions DEFAULT = new KeyedLocksOptions(Ticker.system());

    private final Ticker ticker;

    private KeyedLocksOptions(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * Returns these options with another clock.
     *
     * @param ticker what timeouts are measured and waited on
     * @return the changed options
     */
    public KeyedLocksOptions withTicker(Ticker ticker) {
        return new KeyedLocksOptions(Objects.requireNonNull(ticker, "ticker"));
    }

    Ticker ticker() {
        return ticker;
    }

    @Override
    public String toString() {
        return "KeyedLocksOptions[ticker=" + ticker + "]";
    }
}
