package dev.selvage.process;

import dev.selvage.time.Deadline;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The asking side of one request.
 *
 * @param <R> the type of the answer
 */
final class OutgoingRequest<R> implements Request<R> {
    private final ManagedProcess<?> asked;
    private final Duration timeout;
    private final Deadline deadline;
    private final @Nullable RequestGroup<R> group;
    private final PendingCall<R> call;

    OutgoingRequest(ManagedProcess<?> asked, Duration timeout, Deadline deadline, @Nullable RequestGroup<R> group) {
        this.asked = asked;
        this.timeout = timeout;
        this.deadline = deadline;
        this.group = group;
        this.call = new PendingCall<>(this, group != null);
    }

    PendingCall<R> call() {
        return call;
    }

    Deadline deadline() {
        return deadline;
    }

    @Override
    public R await() throws InterruptedException {
        Calls.refuseSelf(asked, "awaits");
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before awaiting the answer of '" + asked.name() + "'");
        }
        call.awaitAnswer(deadline);
        endIfLate();
        return call.answer().get();
    }

    @Override
    public boolean isDone() {
        endIfLate();
        return !call.isWaiting();
    }

    /** A deadline that passed is an end even before anybody looks; looking makes it one. */
    void endIfLate() {
        if (call.isWaiting() && deadline.hasPassed()) {
            call.failWith(() -> Calls.timeout(asked, timeout));
        }
    }

    @Override
    public boolean cancel() {
        return call.failWith(() -> new ProcessException("the request to '" + asked.name() + "' was cancelled"));
    }

    @Override
    public ProcessRef<?> process() {
        return asked;
    }

    /** Called once, by whoever ends it. */
    void done() {
        if (group != null) {
            group.done(this);
        }
    }

    boolean isCollectedBy(Thread thread) {
        return group != null && group.belongsTo(thread);
    }

    @Override
    public String toString() {
        return "request to '" + asked.name() + "'" + (isDone() ? " (done)" : "");
    }
}
