package dev.selvage.process;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way: queued in a mailbox, with the call that waits for its answer if there is one.
 *
 * <p>{@code next} is written before the envelope is published by the queue that holds it, and by the consumer alone
 * afterwards.
 */
final class Envelope {

    private enum Kind {
        MESSAGE,
        /** A message of the system's own, such as a monitor's notice: no bound counts it and no rule drops it. */
        NOTICE,
        /** Asks for the orderly stop; always the last of its queue. */
        STOP,
        /** Stands for a state of a queue; never linked. */
        MARK
    }

    private final Kind kind;
    final Object message;
    final @Nullable PendingCall<?> call;

    @Nullable Envelope next;

    /** How many messages the shared part of the queue held with this one on top. */
    int depth;

    private Envelope(Kind kind, Object message, @Nullable PendingCall<?> call) {
        this.kind = kind;
        this.message = message;
        this.call = call;
    }

    static Envelope of(Object message, @Nullable PendingCall<?> call) {
        return new Envelope(Kind.MESSAGE, message, call);
    }

    static Envelope notice(Object message) {
        return new Envelope(Kind.NOTICE, message, null);
    }

    static Envelope stop() {
        return new Envelope(Kind.STOP, "stop", null);
    }

    static Envelope mark(String state) {
        return new Envelope(Kind.MARK, state, null);
    }

    boolean isStop() {
        return kind == Kind.STOP;
    }

    boolean isNotice() {
        return kind == Kind.NOTICE;
    }

    boolean isMark() {
        return kind == Kind.MARK;
    }

    /** Fails the call that waits for this message's answer, if there is one that still does. */
    void failCall(Supplier<? extends ProcessException> failure) {
        if (call != null) {
            call.failWith(failure);
        }
    }

    @Override
    public String toString() {
        return kind + " " + message;
    }
}
