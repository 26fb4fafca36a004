package dev.selvage.supervisor;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a supervisor ends a child, as an immutable value.
 *
 * <p>An orderly end goes in steps: the child is asked to stop and works off what was queued before; when its time is up
 * it is interrupted; when it ignores even that, it is abandoned, because a thread cannot be killed: it is declared
 * exited, reported with its stack, and the supervisor goes on. So the end of a child always comes in bounded time.
 *
 * {@snippet :
 * ChildSpec.process("writer", body).withShutdown(Shutdown.after(Duration.ofSeconds(30)));
 * ChildSpec.task("poller", poll).withShutdown(Shutdown.brutal());
 * }
 *
 * <table>
 * <caption>Defaults</caption>
 * <tr><th>child</th><th>until the interrupt</th><th>until it is abandoned</th></tr>
 * <tr><td>process, task</td><td>5 s</td><td>1 s</td></tr>
 * <tr><td>supervisor</td><td colspan="2">as long as its own children need by their own rules</td></tr>
 * </table>
 */
public final class Shutdown {
    static final Duration DEFAULT_STOP_TIME = Duration.ofSeconds(5);
    static final Duration DEFAULT_INTERRUPT_TIME = Duration.ofSeconds(1);

    private final Duration stopTime;

    /** Null for the default, which depends on the kind of the child. */
    private final @Nullable Duration interruptTime;

    private Shutdown(Duration stopTime, @Nullable Duration interruptTime) {
        this.stopTime = stopTime;
        this.interruptTime = interruptTime;
    }

    /**
     * Returns the rule that interrupts the child at once.
     *
     * @return the rule
     */
    public static Shutdown brutal() {
        return new Shutdown(Duration.ZERO, null);
    }

    /**
     * Returns the rule that asks the child to stop, and interrupts it when it has not ended in time.
     *
     * @param stopTime how long to wait for the orderly end, 0 or more; 0 interrupts at once
     * @return the rule
     */
    public static Shutdown after(Duration stopTime) {
        return new Shutdown(Checks.notNegative("stopTime", stopTime), null);
    }

    /**
     * Sets how long the child has after the interrupt before it is abandoned. A nested supervisor needs the time of all
     * its children; without this it gets that.
     *
     * @param interruptTime how long, 0 or more; 0 abandons at once what has not ended
     * @return a rule with that time
     */
    public Shutdown withInterruptTime(Duration interruptTime) {
        return new Shutdown(stopTime, Checks.notNegative("interruptTime", interruptTime));
    }

    Duration stopTime() {
        return stopTime;
    }

    Duration interruptTime(Duration unlessSet) {
        return interruptTime == null ? unlessSet : interruptTime;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Shutdown that
                && stopTime.equals(that.stopTime)
                && Objects.equals(interruptTime, that.interruptTime);
    }

    @Override
    public int hashCode() {
        return Objects.hash(stopTime, interruptTime);
    }

    @Override
    public String toString() {
        return (stopTime.isZero() ? "brutal" : "after " + stopTime)
                + (interruptTime == null ? "" : ", abandoned " + interruptTime + " after the interrupt");
    }
}
