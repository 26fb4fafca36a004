package dev.selvage.pool.routing;

import dev.selvage.registry.Entry;
import dev.selvage.time.Ticker;
import java.util.List;

/**
 * What a strategy chooses from: one view of the registry, laid out so that a choice touches little memory. Immutable,
 * and made anew only when the registry has another view.
 */
final class Candidates<Q, R> implements Routing.Members {
    private final List<Entry<String, Connection<Q, R>>> view;
    private final List<Connection<Q, R>> connections;

    private final Ticker ticker;
    private final long failureMemoryNanos;

    Candidates(List<Entry<String, Connection<Q, R>>> view, RoutingOptions options) {
        this.view = view;
        this.ticker = options.ticker();
        this.failureMemoryNanos = options.failureMemoryNanos();
        this.connections = view.stream().map(Entry::value).toList();
    }

    boolean isOf(List<Entry<String, Connection<Q, R>>> other) {
        return view == other;
    }

    Connection<Q, R> get(int index) {
        return connections.get(index);
    }

    @Override
    public int size() {
        return connections.size();
    }

    @Override
    public int inFlight(int index) {
        return connections.get(index).taken();
    }

    @Override
    public Routing.Health health(int index) {
        Connection<Q, R> connection = connections.get(index);
        return connection.isFull() ? Routing.Health.FULL : connection.slot.health(ticker, failureMemoryNanos);
    }

    @Override
    public String name(int index) {
        return connections.get(index).slot.name;
    }

    /** How many of them still live. */
    int living() {
        return (int) connections.stream().filter(Connection::isRoutable).count();
    }

    boolean hasLiving() {
        return connections.stream().anyMatch(Connection::isRoutable);
    }
}
