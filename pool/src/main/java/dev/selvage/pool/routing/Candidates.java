package dev.selvage.pool.routing;

import dev.selvage.registry.Entry;
import dev.selvage.time.Ticker;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a strategy chooses from: one view of the registry, laid out so that a choice touches little memory. Immutable,
 * and made anew only when the registry has another view.
 */
final class Candidates<Q, R> implements Routing.Members {
    private final List<Entry<String, Connection<Q, R>>> view;
    private final List<Connection<Q, R>> connections;
    private final AtomicInteger[] inFlight;

    private final Ticker ticker;
    private final long failureMemoryNanos;

    Candidates(List<Entry<String, Connection<Q, R>>> view, RoutingOptions options) {
        this.view = view;
        this.ticker = options.ticker();
        this.failureMemoryNanos = options.failureMemoryNanos();
        this.connections = view.stream().map(Entry::value).toList();
        this.inFlight =
                connections.stream().map(connection -> connection.slot.inFlight).toArray(AtomicInteger[]::new);
    }

    boolean isOf(List<Entry<String, Connection<Q, R>>> other) {
        return view == other;
    }

    Connection<Q, R> get(int index) {
        return connections.get(index);
    }

    @Override
    public int size() {
        return inFlight.length;
    }

    @Override
    public int inFlight(int index) {
        return inFlight[index].get();
    }

    @Override
    public Routing.Health health(int index) {
        return connections.get(index).slot.health(ticker, failureMemoryNanos);
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
