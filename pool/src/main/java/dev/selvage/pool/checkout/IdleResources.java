package dev.selvage.pool.checkout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The resources that nobody uses now. Any thread puts and takes; who takes one has it alone. */
interface IdleResources<R> {

    /** There is one more resource, which is not idle yet; by the keeper. */
    void add(PooledResource<R> resource);

    /** There is one less, which is not idle; by who has it. */
    void remove(PooledResource<R> resource);

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

    /** Takes note of how it went lately; by the keeper, now and then. */
    void adapt();

    static <R> IdleResources<R> of(CheckoutOptions.Reuse reuse) {
        return reuse == CheckoutOptions.Reuse.LIFO ? new LastFirst<>() : new FirstFirst<>();
    }

    /** The last put is the first taken. */
    final class LastFirst<R> implements IdleResources<R> {
        private final StripedStack<PooledResource<R>> stack = new StripedStack<>();

        @Override
        public void add(PooledResource<R> resource) {
            resource.slot = stack.add(resource);
        }

        @Override
        public void remove(PooledResource<R> resource) {
            stack.remove(resource.slot);
        }

        @Override
        public void put(PooledResource<R> resource) {
            stack.put(resource.slot);
        }

        @Override
        public @Nullable PooledResource<R> take() {
            return stack.take();
        }

        @Override
        public void putBack(List<PooledResource<R>> taken) {
            for (int i = taken.size() - 1; i >= 0; i--) {
                put(taken.get(i));
            }
        }

        @Override
        public void adapt() {
            stack.adapt();
        }
    }

    /** The first put is the first taken. */
    final class FirstFirst<R> implements IdleResources<R> {
        private final ConcurrentLinkedQueue<PooledResource<R>> queue = new ConcurrentLinkedQueue<>();

        @Override
        public void add(PooledResource<R> resource) {}

        @Override
        public void remove(PooledResource<R> resource) {}

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

        @Override
        public void adapt() {}
    }
}
