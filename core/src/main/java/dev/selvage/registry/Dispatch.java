package dev.selvage.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One dispatch: an action for each of some entries, on the caller's thread or on several of its own. Whatever an action
 * throws, the others run.
 */
final class Dispatch<K, V> {
    private final String registry;
    private final K key;
    private final List<Entry<K, V>> entries;
    private final Consumer<? super Entry<K, V>> action;

    /** The next entry to take. Beyond the last one there is nothing more to do. */
    private final AtomicInteger next = new AtomicInteger();

    private final AtomicInteger ran = new AtomicInteger();

    /** By the place of the entry, so that they come out in the order of the entries. */
    private final ConcurrentSkipListMap<Integer, Throwable> failures = new ConcurrentSkipListMap<>();

    Dispatch(String registry, K key, List<Entry<K, V>> entries, Consumer<? super Entry<K, V>> action) {
        this.registry = registry;
        this.key = key;
        this.entries = entries;
        this.action = action;
    }

    int runHere() {
        work();
        return outcome();
    }

    int runOnThreads(int parallelism) throws InterruptedException {
        List<Thread> workers = new ArrayList<>();
        boolean interrupted = false;
        try {
            for (int i = 0; i < Math.min(parallelism, entries.size()); i++) {
                workers.add(Thread.ofVirtual()
                        .name("selvage-dispatch-" + registry + "-" + i)
                        .inheritInheritableThreadLocals(false)
                        .start(this::workAlone));
            }
        } finally {
            for (Thread worker : workers) {
                interrupted |= awaitEnd(worker, workers);
            }
        }
        if (interrupted) {
            throw interruption();
        }
        return outcome();
    }

    private void work() {
        while (runNext()) {}
    }

    private void workAlone() {
        while (runNext()) {
            Thread.interrupted(); // what an action leaves behind is not meant for the next
        }
    }

    private boolean runNext() {
        int place = next.getAndIncrement();
        if (place >= entries.size()) {
            return false;
        }
        Entry<K, V> entry = entries.get(place);
        if (entry.isAlive()) {
            ran.incrementAndGet();
            try {
                action.accept(entry);
            } catch (Throwable failure) {
                failures.put(place, failure);
            }
        }
        return true;
    }

    /** Returns whether the caller was interrupted; then the rest is left undone and what runs is interrupted. */
    private boolean awaitEnd(Thread worker, List<Thread> workers) {
        boolean interrupted = false;
        while (true) {
            try {
                worker.join();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
                next.set(entries.size());
                for (Thread each : workers) {
                    each.interrupt();
                }
            }
        }
    }

    private InterruptedException interruption() {
        InterruptedException interruption =
                new InterruptedException("interrupted in a dispatch to key " + key + " in registry " + registry);
        RegistryException.DispatchFailed failed = failed();
        if (failed != null) {
            interruption.addSuppressed(failed);
        }
        return interruption;
    }

    private int outcome() {
        RegistryException.DispatchFailed failed = failed();
        if (failed != null) {
            throw failed;
        }
        return ran.get();
    }

    private RegistryException.@Nullable DispatchFailed failed() {
        if (failures.isEmpty()) {
            return null;
        }
        List<Throwable> first = failures.values().stream()
                .limit(RegistryException.DispatchFailed.KEPT)
                .toList();
        return new RegistryException.DispatchFailed(registry, key, ran.get(), failures.size(), first);
    }
}
