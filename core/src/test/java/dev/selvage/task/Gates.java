package dev.selvage.task;

import dev.selvage.testing.Threads;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A gate for each item: items wait at theirs until the test opens it. */
final class Gates {
    private final ConcurrentHashMap<Integer, CountDownLatch> gates = new ConcurrentHashMap<>();
    private final Set<Integer> inside = ConcurrentHashMap.newKeySet();
    private final Set<Integer> interrupted = ConcurrentHashMap.newKeySet();
    private final AtomicInteger most = new AtomicInteger();

    /** Opens the gates of these items, before or after they come. */
    void open(Integer... items) {
        for (Integer item : items) {
            gate(item).countDown();
        }
    }

    /** Waits at the item's gate, and returns the item. */
    Integer pass(Integer item) throws InterruptedException {
        enter(item);
        try {
            gate(item).await();
            return item;
        } catch (InterruptedException e) {
            interrupted.add(item);
            throw e;
        } finally {
            inside.remove(item);
        }
    }

    /** Waits at the item's gate, whatever comes; to end it takes an open gate. */
    Integer passDeaf(Integer item) {
        enter(item);
        try {
            for (; ; ) {
                try {
                    gate(item).await();
                    return item;
                } catch (InterruptedException ignoredOnPurpose) {
                    interrupted.add(item);
                }
            }
        } finally {
            inside.remove(item);
        }
    }

    private void enter(Integer item) {
        inside.add(item);
        most.accumulateAndGet(inside.size(), Math::max);
    }

    private CountDownLatch gate(Integer item) {
        return gates.computeIfAbsent(item, any -> new CountDownLatch(1));
    }

    /** The items that wait at their gates now. */
    Set<Integer> inside() {
        return inside;
    }

    /** The items that were interrupted while they waited. */
    Set<Integer> interrupted() {
        return interrupted;
    }

    /** How many have waited at the same time, at most. */
    int most() {
        return most.get();
    }

    void awaitInside(Integer... items) {
        Set<Integer> wanted = Set.of(items);
        Threads.awaitTrue(wanted + " at their gates", () -> inside.equals(wanted));
    }
}
