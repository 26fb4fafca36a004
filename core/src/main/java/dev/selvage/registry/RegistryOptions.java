package dev.selvage.registry;

import dev.selvage.time.Ticker;
import java.util.HashMap;
import java.util.Map;
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
    static final RegistryOptions DEFAULT = new RegistryOptions(Ticker.system(), Map.of());

    private final Ticker ticker;
    private final Map<Registry.MetaKey<?>, Object> meta;

    private RegistryOptions(Ticker ticker, Map<Registry.MetaKey<?>, Object> meta) {
        this.ticker = ticker;
        this.meta = meta;
    }

    /**
     * Returns these options with another clock.
     *
     * @param ticker what the timeouts of {@code await} are measured on
     * @return the changed options
     */
    public RegistryOptions withTicker(Ticker ticker) {
        return new RegistryOptions(Objects.requireNonNull(ticker, "ticker"), meta);
    }

    /**
     * Returns these options with something to know about the registry.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param value the value
     * @return the changed options
     */
    public <T> RegistryOptions withMeta(Registry.MetaKey<T> key, T value) {
        Map<Registry.MetaKey<?>, Object> changed = new HashMap<>(meta);
        changed.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
        return new RegistryOptions(ticker, Map.copyOf(changed));
    }

    Ticker ticker() {
        return ticker;
    }

    Map<Registry.MetaKey<?>, Object> meta() {
        return meta;
    }

    @Override
    public String toString() {
        return "RegistryOptions[ticker=" + ticker + ", metadata=" + meta + "]";
    }
}
