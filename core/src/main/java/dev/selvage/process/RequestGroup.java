package dev.selvage.process;

import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one thread, handed to it by whoever ends each.
 *
 * @param <R> the type of the answers
 */
final class RequestGroup<R> implements Request.Group<R> {
    private final Thread owner = Thread.currentThread();
    private final Duration timeout;

    /** What has ended and was not given out; each request is added once, by whoever ends it. */
    private final Queue<OutgoingRequest<R>> ended = new ConcurrentLinkedQueue<>();

    // the owner's alone

    private final Set<OutgoingRequest<R>> notGivenOut = new LinkedHashSet<>();

    /** On the ticker of the first that is asked. */
    private @Nullable Deadline deadline;

    RequestGroup(Duration timeout) {
        this.timeout = Objects.requireNonNull(timeout, "timeout");
    }

    @Override
    public <M> Request<R> ask(ProcessRef<M> process, Function<ReplyTo<R>, ? extends M> message) {
        requireOwner();
        ManagedProcess<M> asked = (ManagedProcess<M>) Objects.requireNonNull(process, "process");
        Objects.requireNonNull(message, "message");
        if (deadline == null) {
            deadline = asked.deadline(timeout);
        }
        OutgoingRequest<R> request = new OutgoingRequest<>(asked, timeout, deadline, this);
        Calls.place(asked, request, message);
        notGivenOut.add(request);
        return request;
    }

    @Override
    public boolean hasNext() {
        requireOwner();
        return !notGivenOut.isEmpty();
    }

    @Override
    public Request<R> next() throws InterruptedException {
        requireOwner();
        Deadline until = deadline;
        if (until == null || notGivenOut.isEmpty()) {
            throw new NoSuchElementException("all requests of the group have been given out");
        }
        for (; ; ) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while waiting for " + notGivenOut.size() + " requests");
            }
            OutgoingRequest<R> next = ended.poll();
            if (next != null) {
                notGivenOut.remove(next);
                return next;
            }
            if (until.hasPassed()) {
                notGivenOut.forEach(OutgoingRequest::endIfLate);
            } else {
                until.park(this);
            }
        }
    }

    /** Called once for each request, by whoever ends it. */
    void done(OutgoingRequest<R> request) {
        ended.add(request);
        LockSupport.unpark(owner);
    }

    boolean belongsTo(Thread thread) {
        return thread == owner;
    }

    private void requireOwner() {
        if (Thread.currentThread() != owner) {
            throw new ProcessException("the group of requests belongs to thread '" + owner.getName() + "'; this is '"
                    + Thread.currentThread().getName() + "'");
        }
    }

    @Override
    public String toString() {
        return "group of " + notGivenOut.size() + " requests";
    }
}
