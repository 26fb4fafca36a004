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
        /** A notice that a timer of the process's own sent, which the timer may take back until it is received. */
        ALARM,
        /** Asks for the orderly stop; always the last of its queue. */
        STOP,
        /** Stands for a state of a queue; never linked. */
        MARK
    }

    /** What the message of an alarm becomes when it is received or taken back. */
    private static final Object GONE = new Object();

    private final Kind kind;

    /** Changes for an alarm only, and then by the consumer. */
    private Object message;

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

    static Envelope alarm(Object message) {
        return new Envelope(Kind.ALARM, message, null);
    }

    static Envelope stop() {
        return new Envelope(Kind.STOP, "stop", null);
    }

    static Envelope mark(String state) {
        return new Envelope(Kind.MARK, state, null);
    }

    Object message() {
        return message;
    }

    boolean isMessage() {
        return kind == Kind.MESSAGE;
    }

    boolean isStop() {
        return kind == Kind.STOP;
    }

    boolean isNotice() {
        return kind == Kind.NOTICE || kind == Kind.ALARM;
    }

    /** Whether its message was received or taken back; only an alarm's can be while somebody still sees it. */
    boolean isGone() {
        return message == GONE;
    }

    /** The message, for the consumer that has taken this envelope from the queue. */
    Object receive() {
        Object received = message;
        if (kind == Kind.ALARM) {
            message = GONE;
        }
        return received;
    }

    /** Takes an alarm's message back; returns false when it has been received. The consumer only. */
    boolean takeBack() {
        boolean unread = !isGone();
        message = GONE;
        return unread;
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
