package dev.selvage.task;

import java.util.Iterator;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The user's inputs, pulled one by one: owner only. What they throw is kept until its turn has come. */
final class Inputs<I> implements AutoCloseable {
    private final Supplier<? extends Iterator<? extends I>> source;
    private final Runnable onClose;

    private @Nullable Iterator<? extends I> iterator;
    private @Nullable I pulled;
    private long count;
    private boolean over;
    private @Nullable Throwable failure;

    Inputs(Supplier<? extends Iterator<? extends I>> source, Runnable onClose) {
        this.source = source;
        this.onClose = onClose;
    }

    /** Returns the next input and goes on returning it until it is removed; null when there are no more. */
    @Nullable I peek() {
        if (pulled == null && !over) {
            try {
                pulled = pull();
            } catch (Throwable thrown) {
                failure = thrown;
            }
            over = pulled == null;
        }
        return pulled;
    }

    private @Nullable I pull() {
        if (iterator == null) {
            iterator = Objects.requireNonNull(source.get(), "iterator");
        }
        if (!iterator.hasNext()) {
            return null;
        }
        I next = Objects.requireNonNull(iterator.next(), () -> "input " + (count + 1) + " is null");
        count++;
        return next;
    }

    /** Takes away what was returned last. */
    void remove() {
        pulled = null;
    }

    /** Returns how many inputs have come. */
    long count() {
        return count;
    }

    /** Says why there are no more inputs, if that is not because they have all come. */
    void throwFailure(String mapName) {
        if (failure != null) {
            throw new TaskException.InputFailed(
                    "the inputs of parallel map '" + mapName + "' failed after " + count + ": " + failure, failure);
        }
    }

    @Override
    public void close() {
        over = true;
        iterator = null;
        onClose.run();
    }
}
