package dev.selvage.registry;

import dev.selvage.time.Ticker;
import java.util.Objects;

/**
 * What may be chosen about a registry. An immutable value, given to the function that opens one:
 *
 * {@snippet :
 * UniqueRegistry<String, Integer> registry = Registry.unique("sessions", options -> options.withTicker(ticker));
 * }
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>option</th><th>default</th><th>allowed</th><th>meaning</th></tr>
 * <tr><td>ticker</td><td>{@link Ticker#system()}</td><td>any</td><td>the clock of {@code await}</td></tr>
 * </table>
 */
public final class RegistryOptions {
    static final RegistryOptions DEFAULT = new RegistryOptions(Ticker.system());

    private final Ticker ticker;

    private RegistryOptions(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * Returns these options with another clock.
     *
     * @param ticker what the timeouts of {@code await} are measured on
     * @return the changed options
     */
    public RegistryOptions withTicker(Ticker ticker) {
        return new RegistryOptions(Objects.requireNonNull(ticker, "ticker"));
    }

    Ticker ticker() {
        return ticker;
    }

    @Override
    public String toString() {
        return "RegistryOptions[ticker=" + ticker + "]";
    }
}
