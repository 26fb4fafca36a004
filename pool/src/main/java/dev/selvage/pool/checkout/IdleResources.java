package dev.selvage.pool.checkout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The resources that nobody uses now. Any thread puts and takes; who takes one has it alone. */
interface IdleResources<R> {

    void put(PooledResource<R> resource);

    /** Takes one; null when there is none. */
    @Nullable PooledResource<R> take();

    /** Takes all, in the order in which {@link #take} would have. */
    default List<PooledResource<R>> takeAll() {
        List<PooledResource<R>> all = new ArrayList<>();
        for (PooledResource<R> next = take(); next != null; next = take()) {
            all.add(next);
        }
        return all;
    }

    /** Puts back what {@link #takeAll} took, so that the order stays. */
    void putBack(List<PooledResource<R>> taken);

    static <R> IdleResources<R> of(CheckoutOptions.Reuse reuse) {
        return reuse == CheckoutOptions.Reuse.LIFO ? new Stack<>() : new Queue<>();
    }

    /** The last put is the first taken. A node is never put twice, so a compare-and-set on the top is enough. */
    final class Stack<R> implements IdleResources<R> {
        private record Node<R>(
                PooledResource<R> resource, @Nullable Node<R> below) {}

        private final AtomicReference<@Nullable Node<R>> top = new AtomicReference<>();

        @Override
        public void put(PooledResource<R> resource) {
            Node<R> below = top.get();
            while (!top.compareAndSet(below, new Node<>(resource, below))) {
                below = top.get();
            }
        }

        @Override
        public @Nullable PooledResource<R> take() {
            Node<R> taken = top.get();
            while (taken != null && !top.compareAndSet(taken, taken.below())) {
                taken = top.get();
            }
            return taken == null ? null : taken.resource();
        }

        @Override
        public void putBack(List<PooledResource<R>> taken) {
            for (int i = taken.size() - 1; i >= 0; i--) {
                put(taken.get(i));
            }
        }
    }

    /** The first put is the first taken. */
    final class Queue<R> implements IdleResources<R> {
        private final ConcurrentLinkedQueue<PooledResource<R>> queue = new ConcurrentLinkedQueue<>();

        @Override
        public void put(PooledResource<R> resource) {
            queue.add(resource);
        }

        @Override
        public @Nullable PooledResource<R> take() {
            return queue.poll();
        }

        @Override
        public void putBack(List<PooledResource<R>> taken) {
            queue.addAll(taken);
        }
    }
}
