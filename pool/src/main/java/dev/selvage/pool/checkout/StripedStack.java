package dev.selvage.pool.checkout;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Things that lie idle, each in a slot of its own while it exists: one stack of slots, as long as threads seldom meet
 * at its top, so that the last put is the first taken. Where they keep meeting there, it is several, and each thread
 * puts to and takes from one of them first, so that threads get out of each other's way; the order is each stack's own
 * then. After a calm time it is fewer again.
 *
 * <p>A thing stays on the stack that it was put on until it is taken, and who finds its own stack empty looks at all
 * the others: so nobody misses one that lies there all the time. One that others take and put elsewhere meanwhile may
 * be missed; so who waits is looked for after each put.
 *
 * <p>The stack is linked by numbers and not by references: a put then allocates nothing and stores nothing for which
 * the garbage collector keeps a note, and such notes, many to one line of a cache, are what threads would meet at next.
 * This is the stack of R. K. Treiber (1986) with a count in its top, which tells a top from the same slot put there
 * again.
 */
final class StripedStack<T> {
    private static final int MOST_STACKS =
            Math.min(32, 2 * Integer.highestOneBit(Runtime.getRuntime().availableProcessors()));

    /**
     * Tops that are this far apart share no line of a cache. The first is so far from the length of their array, too,
     * which every access to any of them reads.
     */
    private static final int STRIDE = 16;

    /** How many failed exchanges between two looks say that threads keep meeting. */
    private static final int MANY_MEETINGS = 64;

    /** After how many looks without that, one each 10 ms while there are loans, fewer stacks are tried. */
    private static final int CALM_LOOKS = 100;

    private static final int CHUNK_BITS = 6;
    private static final int CHUNK = 1 << CHUNK_BITS;

    /** Some slots, which stay where they are however many follow. */
    private static final class Chunk<T> {
        final AtomicReferenceArray<@Nullable T> things = new AtomicReferenceArray<>(CHUNK);

        /** What is below the thing in a slot, as it stands in a top; written by who puts it. */
        final AtomicIntegerArray below = new AtomicIntegerArray(CHUNK);
    }

    /** In the lower half the slot on top and 1, or 0 if there is none; in the upper half how often it was changed. */
    private final AtomicLongArray tops = new AtomicLongArray((1 + MOST_STACKS) * STRIDE);

    /** Grows only, by {@link #add}; whoever sees a slot on a stack sees its chunk. */
    private volatile Chunk<T>[] chunks = newChunks(0);

    /** How many stacks are put to, a power of two; others may still hold something. Written by the keeper. */
    private volatile int stacks = 1;

    private final LongAdder meetings = new LongAdder();
    private int calmLooks;

    // ---- what exists

    /** Gives a thing a slot, from which it is put and taken. One thread at a time. */
    int add(T thing) {
        for (int slot = 0; ; slot++) {
            if (slot >> CHUNK_BITS == chunks.length) {
                grow();
            }
            AtomicReferenceArray<@Nullable T> things = chunkOf(slot).things;
            int index = slot & (CHUNK - 1);
            if (things.get(index) == null && things.compareAndSet(index, null, thing)) {
                return slot;
            }
        }
    }

    /** Gives up the slot of a thing that is on no stack, and will be put no more. Who has the thing. */
    void remove(int slot) {
        chunkOf(slot).things.set(slot & (CHUNK - 1), null);
    }

    private void grow() {
        Chunk<T>[] before = chunks;
        Chunk<T>[] more = newChunks(before.length + 1);
        System.arraycopy(before, 0, more, 0, before.length);
        more[before.length] = new Chunk<>();
        chunks = more;
    }

    @SuppressWarnings("unchecked") // an array of a generic type
    private static <T> Chunk<T>[] newChunks(int length) {
        return (Chunk<T>[]) new Chunk<?>[length];
    }

    private Chunk<T> chunkOf(int slot) {
        return chunks[slot >> CHUNK_BITS];
    }

    // ---- what is idle

    /** Puts what is in the slot, by who has it. */
    void put(int slot) {
        int at = ownTop();
        AtomicIntegerArray below = chunkOf(slot).below;
        long top = tops.get(at);
        setBelow(below, slot & (CHUNK - 1), (int) top);
        while (!tops.compareAndSet(at, top, changed(top, slot + 1))) {
            meetings.increment();
            top = tops.get(at);
            setBelow(below, slot & (CHUNK - 1), (int) top);
        }
    }

    /** What is put where it was is not written again: neighbours share a line of the cache. */
    private static void setBelow(AtomicIntegerArray below, int index, int value) {
        if (below.getOpaque(index) != value) {
            below.setOpaque(index, value);
        }
    }

    /** Takes one; null when there is none. */
    @Nullable T take() {
        T taken = takeAt(ownTop());
        for (int at = STRIDE; taken == null && at < tops.length(); at += STRIDE) {
            taken = takeAt(at);
        }
        return taken;
    }

    /** If the exchange succeeds, the slot was on top all the time: so what was read of it before still holds. */
    private @Nullable T takeAt(int at) {
        for (long top = tops.get(at); (int) top != 0; top = tops.get(at)) {
            int slot = (int) top - 1;
            Chunk<T> chunk = chunkOf(slot);
            T thing = chunk.things.get(slot & (CHUNK - 1));
            int below = chunk.below.getOpaque(slot & (CHUNK - 1));
            if (tops.compareAndSet(at, top, changed(top, below))) {
                return thing;
            }
            meetings.increment();
        }
        return null;
    }

    private static long changed(long top, int slotAndOne) {
        return ((top >>> 32) + 1) << 32 | slotAndOne;
    }

    private int ownTop() {
        int count = stacks;
        int own = count == 1 ? 0 : (int) Thread.currentThread().threadId() & (count - 1);
        return (1 + own) * STRIDE;
    }

    // ---- how many stacks

    /** Takes note of how it went since the last time; by the keeper, now and then. */
    void adapt() {
        adaptTo(meetings.sumThenReset());
    }

    void adaptTo(long meetingsSinceLastLook) {
        int count = stacks;
        if (meetingsSinceLastLook >= MANY_MEETINGS) {
            calmLooks = 0;
            stacks = Math.min(MOST_STACKS, 2 * count);
        } else if (count > 1 && ++calmLooks >= CALM_LOOKS) {
            calmLooks = 0;
            stacks = count / 2;
        }
    }

    /** How many stacks threads choose from now; for tests. */
    int stacks() {
        return stacks;
    }
}
