package dev.selvage.registry;

import org.jspecify.annotations.Nullable;

/**
 * One element's place in a {@link Bucket}.
 *
 * <p>A link is not the element itself, on purpose: a link that was taken out keeps its {@link #next}, so that a reader
 * standing on it finds its way back, and whoever kept it would keep all that came after. Elements outlive their place
 * (a user may hold a closed registration for ever), so they let go of their link when they leave.
 *
 * @param <E> the type of the element
 */
final class Link<E> {
    final Bucket<E> bucket;
    final E element;

    /** Guarded by the bucket's lock. */
    @Nullable Link<E> previous;

    /** Written under the bucket's lock, read by any thread; stays as it was when this link is taken out. */
    volatile @Nullable Link<E> next;

    /** Guarded by the bucket's lock. */
    boolean out;

    Link(Bucket<E> bucket, E element) {
        this.bucket = bucket;
        this.element = element;
    }
}
