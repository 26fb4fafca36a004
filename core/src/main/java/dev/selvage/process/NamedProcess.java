package dev.selvage.process;

import dev.selvage.registry.Entry;
import dev.selvage.registry.UniqueRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** A key of a registry, looked up at each use. */
final class NamedProcess<K, M> implements ProcessRef.Named<M> {
    private final UniqueRegistry<K, ? extends ProcessRef<M>> registry;
    private final K key;

    NamedProcess(UniqueRegistry<K, ? extends ProcessRef<M>> registry, K key) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.key = Objects.requireNonNull(key, "key");
    }

    @Override
    public Optional<ProcessRef<M>> resolve() {
        return registry.lookup(key).map(Entry::value);
    }

    @Override
    public Optional<ProcessRef<M>> await(Duration timeout) throws InterruptedException {
        return registry.await(key, timeout).map(Entry::value);
    }

    @Override
    public boolean send(M message) {
        Objects.requireNonNull(message, "message");
        Optional<ProcessRef<M>> living = resolve();
        return living.isPresent() && living.get().send(message);
    }

    @Override
    public <R> R call(Function<ReplyTo<R>, ? extends M> message, Duration timeout) throws InterruptedException {
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(timeout, "timeout");
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the call to key " + key);
        }
        return resolved().call(message, timeout);
    }

    @Override
    public <R> Request<R> request(Function<ReplyTo<R>, ? extends M> message, Duration timeout) {
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(timeout, "timeout");
        return resolved().request(message, timeout);
    }

    private ProcessRef<M> resolved() {
        return resolve().orElseThrow(() -> new NotRegistered(key, registry.name()));
    }

    @Override
    public String toString() {
        return "whoever has key " + key + " in registry " + registry.name();
    }
}
