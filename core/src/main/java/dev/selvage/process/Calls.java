package dev.selvage.process;

import dev.selvage.exit.ExitReason;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;

/** How calls and requests are placed with a process, and how those that it does not take fail. */
final class Calls {

    private Calls() {}

    static <M, R> R call(ManagedProcess<M> callee, Function<ReplyTo<R>, ? extends M> message, Duration timeout)
            throws InterruptedException {
        refuseSelf(callee, "calls");
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the call to '" + callee.name() + "'");
        }
        FlightEvents.Call timed = FlightEvents.callBegins(); // before the deadline, so that a timeout took that long
        Deadline deadline = callee.deadline(timeout);
        if (deadline.hasPassed()) {
            throw timeout(callee, timeout);
        }
        boolean answered = false;
        try {
            R answer = callUntil(callee, message, timeout, deadline);
            answered = true;
            return answer;
        } finally {
            if (timed != null) {
                timed.ended(callee, answered);
            }
        }
    }

    private static <M, R> R callUntil(
            ManagedProcess<M> callee, Function<ReplyTo<R>, ? extends M> message, Duration timeout, Deadline deadline)
            throws InterruptedException {
        PendingCall<R> call = new PendingCall<>();
        MessageQueue.Offer offer = offer(callee, call, message, deadline);
        if (offer == MessageQueue.Offer.INTERRUPTED) {
            call.discard();
            Thread.interrupted();
            throw new InterruptedException(
                    "interrupted while waiting for room in the mailbox of '" + callee.name() + "'");
        }
        PendingCall.Answer<R> answer = call.await(deadline);
        if (answer == null) {
            throw timeout(callee, timeout);
        }
        return answer.get();
    }

    static <M, R> void place(
            ManagedProcess<M> asked, OutgoingRequest<R> request, Function<ReplyTo<R>, ? extends M> message) {
        refuseSelf(asked, "asks");
        if (request.isDone()) {
            return; // its time was up before it was asked
        }
        MessageQueue.Offer offer = offer(asked, request.call(), message, request.deadline());
        if (offer == MessageQueue.Offer.INTERRUPTED) {
            request.call()
                    .failWith(() -> new ProcessException.MailboxFull(
                            "interrupted while waiting for room in the mailbox of '" + asked.name() + "'"));
        }
    }

    /** Puts a call into the mailbox; where that is refused, the call fails, but for an interrupt. */
    private static <M, R> MessageQueue.Offer offer(
            ManagedProcess<M> callee,
            PendingCall<R> call,
            Function<ReplyTo<R>, ? extends M> message,
            Deadline deadline) {
        Envelope envelope = Envelope.of(Objects.requireNonNull(message.apply(call), "message"), call);
        MessageQueue.Offer offer = callee.offer(envelope, deadline);
        switch (offer) {
            case ACCEPTED, INTERRUPTED, TIMED_OUT -> {} // the last of them is seen by whoever waits
            case FULL ->
                call.failWith(() -> new ProcessException.MailboxFull(
                        "call refused: the mailbox of '" + callee.name() + "' is full " + callee.bound()));
            case CLOSED -> failClosed(callee, call);
        }
        return offer;
    }

    /** Fails a call to a closed mailbox: of a process that is exiting only after its names are free. */
    private static void failClosed(ManagedProcess<?> callee, PendingCall<?> call) {
        if (callee.isDeclaredExited()) {
            callee.monitor(exit -> call.failWith(() -> exited(callee, exit.reason())));
        } else if (callee.hasMailbox()) {
            call.failWith(() -> new ProcessException.Exited(
                    "'" + callee.name() + "' is stopping and takes no more calls", ExitReason.shutdown()));
        } else {
            call.failWith(() -> new ProcessException("'" + callee.name() + "' has no mailbox and takes no calls"));
        }
    }

    static ProcessException exited(ManagedProcess<?> callee, ExitReason reason) {
        return new ProcessException.Exited("'" + callee.name() + "' exited: " + reason, reason);
    }

    static ProcessException timeout(ManagedProcess<?> callee, Duration timeout) {
        return new ProcessException.CallTimeout("'" + callee.name() + "' (" + callee.state() + ", "
                + callee.mailboxLength() + " queued) did not answer within " + timeout);
    }

    static void refuseSelf(ManagedProcess<?> process, String what) {
        if (Thread.currentThread() == process.threadOrNull()) {
            throw new ProcessException("process '" + process.name() + "' " + what + " itself and would wait for ever");
        }
    }
}
