package dev.selvage.registry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What stands under one key, in order of arrival: adding, leaving and counting cost the same whatever the number.
 *
 * <p>A doubly linked list. Those who change it take turns under a lock that is held for a handful of writes and under
 * which no code of a user runs; readers take no lock and walk along {@link Link#next}. A link that was taken out keeps
 * pointing where it pointed, so a reader standing on it goes on to what follows. New links come at the end only and the
 * order never changes, so a walk meets each element that was there all along exactly once, and ends.
 *
 * <p>When the last one leaves, the bucket is retired in the same step: nobody enters it again, and whoever finds it in
 * the map takes it out and makes a new one (see {@link Buckets}).
 *
 * @param <E> the type of the elements
 */
final class Bucket<E> {

    /**
     * A list of the elements, made when first asked for. It is put in place empty, before the walk that fills it, and
     * is dropped by every change after the change: so a walk that missed a change fills a view that is dropped already.
     * Dropping it also means that no element is kept by a view nobody asks for again.
     */
    private static final class View<E> {
        volatile @Nullable List<E> elements;
    }

    private final ReentrantLock lock = new ReentrantLock();

    /** Written under the lock, read by any thread. */
    private volatile @Nullable Link<E> first;

    /** Guarded by the lock. */
    private @Nullable Link<E> last;

    /** Written under the lock, read by any thread. */
    private volatile int size;

    /** Guarded by the lock; false -> true, once. */
    private boolean retired;

    /** Written by any thread that reads, dropped under the lock. */
    private volatile @Nullable View<E> view;

    /** Makes a bucket that is not shared yet, with its first element: an empty one would be taken out by nobody. */
    Bucket(E element) {
        Link<E> link = new Link<>(this, element);
        first = link;
        last = link;
        size = 1;
    }

    /** The place of the element that this bucket was made with; for its maker, before the bucket is shared. */
    Link<E> firstPlace() {
        return Objects.requireNonNull(first);
    }

    /** Adds an element at the end, or returns null when this bucket is retired. */
    @Nullable Link<E> add(E element) {
        Link<E> link = new Link<>(this, element);
        lock.lock();
        try {
            if (retired) {
                return null;
            }
            append(link);
            changed(1);
            return link;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a link out; returns true if that was done by this call. */
    boolean remove(Link<E> link) {
        lock.lock();
        try {
            if (link.out) {
                return false;
            }
            unlink(link);
            changed(-1);
            retired = first == null;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void append(Link<E> link) {
        Link<E> before = last;
        link.previous = before;
        if (before == null) {
            first = link;
        } else {
            before.next = link;
        }
        last = link;
    }

    private void unlink(Link<E> link) {
        Link<E> before = link.previous;
        Link<E> after = link.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        link.previous = null;
        link.out = true;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    private void changed(int by) {
        size += by;
        if (view != null) {
            view = null;
        }
    }

    /** Whether the last one has left. Under the lock, since a walk sees an empty list while the last one is leaving. */
    boolean isRetired() {
        lock.lock();
        try {
            return retired;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        return size;
    }

    /** Walks over the elements in order of arrival; weakly consistent. */
    void forEach(Consumer<? super E> action) {
        for (Link<E> link = first; link != null; link = link.next) {
            action.accept(link.element);
        }
    }

    /** Returns the elements in an unmodifiable list of its own. */
    List<E> elements() {
        List<E> walked = new ArrayList<>(size);
        forEach(walked::add);
        return Collections.unmodifiableList(walked);
    }

    /** Returns the elements as an unmodifiable list that is made anew only after a change. */
    List<E> view() {
        View<E> current = view;
        if (current == null) {
            current = new View<>();
            view = current;
        }
        List<E> elements = current.elements;
        if (elements == null) {
            elements = elements();
            current.elements = elements;
        }
        return elements;
    }
}
