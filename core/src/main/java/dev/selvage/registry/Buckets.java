package dev.selvage.registry;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Any number of elements under each key, and nothing for a key without one.
 *
 * @param <K> the type of the keys
 * @param <E> the type of the elements
 */
final class Buckets<K, E> {
    private final ConcurrentHashMap<K, Bucket<E>> buckets = new ConcurrentHashMap<>();

    /** Adds an element behind those of its key and returns its place. */
    Link<E> add(K key, E element) {
        while (true) {
            Bucket<E> bucket = buckets.get(key);
            Link<E> link = bucket == null ? addFirst(key, element) : bucket.add(element);
            if (link != null) {
                return link;
            }
            if (bucket != null) {
                // retired by a leaver that has not come to this line of its own yet
                buckets.remove(key, bucket);
            }
        }
    }

    private @Nullable Link<E> addFirst(K key, E element) {
        Bucket<E> bucket = new Bucket<>(element);
        Link<E> place = bucket.firstPlace();
        return buckets.putIfAbsent(key, bucket) == null ? place : null;
    }

    /** Takes an element out, and its bucket if that is empty now; returns true if this call took the element out. */
    boolean remove(K key, Link<E> link) {
        boolean removed = link.bucket.remove(link);
        // Not only when this call took it out: whoever returns from here may rely on a key nobody holds being gone.
        if (link.bucket.size() == 0) {
            buckets.remove(key, link.bucket);
        }
        return removed;
    }

    /** Takes out the buckets that the last one has left but has not come to taking out yet. */
    void removeRetired() {
        buckets.forEach((key, bucket) -> {
            if (bucket.isRetired()) {
                buckets.remove(key, bucket);
            }
        });
    }

    @Nullable Bucket<E> get(K key) {
        return buckets.get(key);
    }

    Collection<Bucket<E>> all() {
        return buckets.values();
    }

    boolean isEmpty() {
        // by what is there: the map's own isEmpty goes by a count that is brought up to date after each change
        return !buckets.keySet().iterator().hasNext();
    }
}
