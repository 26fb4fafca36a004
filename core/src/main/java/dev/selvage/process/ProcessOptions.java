package dev.selvage.process;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How one process is run, as an immutable value.
 *
 * <table>
 * <caption>Options</caption>
 * <tr><th>option</th><th>legal values</th><th>default</th></tr>
 * <tr><td>capacity</td><td>1 or more messages</td><td>unbounded</td></tr>
 * <tr><td>overflow</td><td>any {@link Mailbox.Overflow}; goes with capacity</td><td>none</td></tr>
 * <tr><td>stop patience</td><td>any duration; 0 or less interrupts at once</td><td>5 s</td></tr>
 * <tr><td>interrupt patience</td><td>any duration; 0 or less abandons at once</td><td>1 s</td></tr>
 * <tr><td>dead letter listener</td><td>any</td><td>none: dead letters vanish</td></tr>
 * </table>
 *
 * {@snippet :
 * scope.start("logger", body, options -> options.withCapacity(1_000, Mailbox.Overflow.DROP_OLDEST));
 * }
 */
public final class ProcessOptions {
    static final ProcessOptions DEFAULTS =
            new ProcessOptions(0, Mailbox.Overflow.BLOCK, Duration.ofSeconds(5), Duration.ofSeconds(1), null);

    private final int capacity;
    private final Mailbox.Overflow overflow;
    private final Duration stopPatience;
    private final Duration interruptPatience;
    private final @Nullable Consumer<? super Mailbox.DeadLetter> deadLetterListener;

    private ProcessOptions(
            int capacity,
            Mailbox.Overflow overflow,
            Duration stopPatience,
            Duration interruptPatience,
            @Nullable Consumer<? super Mailbox.DeadLetter> deadLetterListener) {
        this.capacity = capacity;
        this.overflow = overflow;
        this.stopPatience = stopPatience;
        this.interruptPatience = interruptPatience;
        this.deadLetterListener = deadLetterListener;
    }

    /**
     * Returns the options that every process starts from.
     *
     * @return the defaults
     */
    public static ProcessOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Bounds the mailbox.
     *
     * @param capacity how many messages it holds, 1 or more
     * @param overflow what becomes of a message that finds it full
     * @return options with that bound
     */
    public ProcessOptions withCapacity(int capacity, Mailbox.Overflow overflow) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity: " + capacity + "; allowed: 1 or more");
        }
        Objects.requireNonNull(overflow, "overflow");
        return new ProcessOptions(capacity, overflow, stopPatience, interruptPatience, deadLetterListener);
    }

    /**
     * Sets how long the closing scope waits for the process to work off what was queued before the stop.
     *
     * @param patience the wait; 0 or less interrupts at once
     * @return options with that patience
     */
    public ProcessOptions withStopPatience(Duration patience) {
        Objects.requireNonNull(patience, "patience");
        return new ProcessOptions(capacity, overflow, patience, interruptPatience, deadLetterListener);
    }

    /**
     * Sets how long the closing scope waits for the process to end once it was interrupted, before it abandons it.
     *
     * @param patience the wait; 0 or less abandons at once
     * @return options with that patience
     */
    public ProcessOptions withInterruptPatience(Duration patience) {
        Objects.requireNonNull(patience, "patience");
        return new ProcessOptions(capacity, overflow, stopPatience, patience, deadLetterListener);
    }

    /**
     * Sets who gets the messages that the process accepted and will never receive: those queued when it ended, and
     * those that an overflow rule dropped. Calls among them have failed by then, and the names of a process that ended
     * are free; its monitors have been told, its scope has not, so that a supervisor starts no successor before what
     * the dead one left is put elsewhere. The notices of monitors, links and timers are not among them.
     *
     * <p>It is called on the thread that ends the process, or on the sender's whose message made another drop, should
     * be short, and what it throws is logged.
     *
     * @param listener what to do with each
     * @return options with that listener
     */
    public ProcessOptions withDeadLetterListener(Consumer<? super Mailbox.DeadLetter> listener) {
        Objects.requireNonNull(listener, "listener");
        return new ProcessOptions(capacity, overflow, stopPatience, interruptPatience, listener);
    }

    boolean isBounded() {
        return capacity > 0;
    }

    int capacity() {
        return capacity;
    }

    Mailbox.Overflow overflow() {
        return overflow;
    }

    Duration stopPatience() {
        return stopPatience;
    }

    Duration interruptPatience() {
        return interruptPatience;
    }

    @Nullable Consumer<? super Mailbox.DeadLetter> deadLetterListener() {
        return deadLetterListener;
    }

    @Override
    public String toString() {
        return "ProcessOptions[" + (isBounded() ? "capacity " + capacity + " " + overflow : "unbounded")
                + ", stop patience " + stopPatience + ", interrupt patience " + interruptPatience + "]";
    }
}
