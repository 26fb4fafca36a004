package dev.selvage.pool.routing;

import dev.selvage.process.ReplyTo;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to one member, shared by its caller, the member's process and whoever ends the connection.
 *
 * <p>Its state says whether a transport may have seen it. That decides what a caller may do when the member is lost:
 * take another member, or say that nobody knows.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class Request<Q, R> implements MemberMessage<Q, R> {

    /** How the end of a request travels to its caller, who makes the exception that its user sees. */
    static final class Failure extends Exception {
        private static final long serialVersionUID = 1L;

        enum Kind {
            /** The member did not hand it to a transport, and will not. */
            NOT_SENT,
            /** The transport refused this very request; the cause tells why. */
            REFUSED,
            /** The connection was dropped when a transport may have seen it; the cause tells why. */
            LOST
        }

        private final Kind kind;

        Failure(Kind kind, @Nullable Throwable cause) {
            super(kind.name(), cause, false, false);
            this.kind = kind;
        }

        Kind kind() {
            return kind;
        }
    }

    @SuppressWarnings("StaticAssignmentOfThrowable") // without a stack trace, and never thrown
    static final Failure NOT_SENT = new Failure(Failure.Kind.NOT_SENT, null);

    // QUEUED -> TAKEN by the member's process, or QUEUED -> GIVEN_UP by the caller
    private static final int QUEUED = 0;
    private static final int TAKEN = 1;
    private static final int GIVEN_UP = 2;

    private static final VarHandle STATE;
    private static final VarHandle RELEASED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Request.class, "state", int.class);
            RELEASED = lookup.findVarHandle(Request.class, "released", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Q query;

    /** Where the caller has taken a place for this, and finds it when it gives up. */
    private final Connection<Q, R> connection;

    private volatile int state;

    /** False -> true, by whoever gives its place back; once, however it ends. */
    @SuppressWarnings("UnusedVariable") // written through RELEASED
    private volatile boolean released;

    /** False -> true, by the caller that has given it up when it was taken. */
    private volatile boolean forgotten;

    /** Written by the caller before it sends this. */
    private @Nullable ReplyTo<R> from;

    /** Written by the member's process before it takes this, read by the caller after it has found it taken. */
    private long id;

    Request(Q query, Connection<Q, R> connection) {
        this.query = query;
        this.connection = connection;
    }

    /** Called once, by the caller. */
    Request<Q, R> answerTo(ReplyTo<R> address) {
        from = address;
        return this;
    }

    // ---- the member's side

    /** Whether it was routed to this connection, rather than to an earlier one of the same member. */
    boolean isFor(Connection<Q, R> current) {
        return connection == current;
    }

    /** Notes under which id the caller finds this request when it gives up. Before {@link #take}. */
    void bookedAs(long bookedId) {
        id = bookedId;
    }

    /** Claims this request for a transport; returns false if its caller has gone. */
    boolean take() {
        return STATE.compareAndSet(this, QUEUED, TAKEN);
    }

    boolean isGivenUp() {
        return state == GIVEN_UP;
    }

    boolean isForgotten() {
        return forgotten;
    }

    /** Gives its place back, if nobody has so far: it has ended, one way or another. */
    void release() {
        if (RELEASED.compareAndSet(this, false, true)) {
            connection.exit();
        }
    }

    boolean reply(R value) {
        return caller().reply(value);
    }

    void fail(Failure failure) {
        caller().fail(failure);
    }

    private ReplyTo<R> caller() {
        return Objects.requireNonNull(from, "a request is sent with its reply address");
    }

    // ---- the caller's side

    /**
     * Gives up waiting: nothing of this request stays with the member. May be called again.
     *
     * @return whether a transport may have seen it
     */
    boolean giveUp() {
        if (STATE.compareAndSet(this, QUEUED, GIVEN_UP) || isGivenUp()) {
            release();
            return false;
        }
        forgotten = true;
        connection.forget(id, this);
        return true;
    }

    @Override
    public String toString() {
        return "request" + (id == 0 ? "" : " " + id);
    }
}
