package dev.selvage.process;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.selvage.demo.stress.Letter;
import dev.selvage.demo.stress.Meeting;
import dev.selvage.demo.stress.Wait;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Waiting: who parks is woken. Every wait here has a time limit that nothing should need; a wait that needed it shows
 * a wake-up that was lost.
 */
public final class WakeUpStress {

    private WakeUpStress() {}

    private static MessageQueue owned(ManagedProcess<?> process) {
        process.startedOn(Thread.currentThread());
        return Bare.queueOf(process);
    }

    /** A send against the park of a process with an unbounded mailbox. */
    @JCStressTest
    @Description("A process that waits for a message is woken by its sender: unbounded mailbox.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Received, without the help of a time limit.")
    @Outcome(expect = FORBIDDEN, desc = "The message or the wake-up was lost.")
    @State
    public static class UnboundedReceive {
        private final ManagedProcess<Object> process = Bare.process();
        private final Meeting meeting = new Meeting();

        /** Sends. */
        @Actor
        public void sender() {
            meeting.meet();
            Bare.send(Bare.queueOf(process), new Letter().write(1));
        }

        /** Receives. */
        @Actor
        public void receiver(II_Result r) {
            MessageQueue queue = owned(process);
            Wait wait = new Wait();
            meeting.meet();
            r.r1 = Bare.read(Bare.await(queue, wait.deadline()));
            r.r2 = wait.wasLost();
        }
    }

    /** A send against the park of a process with a bounded mailbox. */
    @JCStressTest
    @Description("A process that waits for a message is woken by its sender: bounded mailbox.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Received, without the help of a time limit.")
    @Outcome(expect = FORBIDDEN, desc = "The message or the wake-up was lost.")
    @State
    public static class BoundedReceive {
        private final ManagedProcess<Object> process =
                Bare.process(mailbox -> {}, options -> options.withCapacity(1, Mailbox.Overflow.REJECT));
        private final Meeting meeting = new Meeting();

        /** Sends. */
        @Actor
        public void sender() {
            meeting.meet();
            Bare.send(Bare.queueOf(process), new Letter().write(1));
        }

        /** Receives. */
        @Actor
        public void receiver(II_Result r) {
            MessageQueue queue = owned(process);
            Wait wait = new Wait();
            meeting.meet();
            r.r1 = Bare.read(Bare.await(queue, wait.deadline()));
            r.r2 = wait.wasLost();
        }
    }

    /** A sender that waits for room against the receive that makes it. */
    @JCStressTest
    @Description("A sender that waits for room is woken when a message is received, and its own is queued.")
    @Outcome(id = "1, 2, 0", expect = ACCEPTABLE, desc = "Both messages in order, without the help of a time limit.")
    @Outcome(expect = FORBIDDEN, desc = "A message or the wake-up was lost, or they came out of order.")
    @State
    public static class WaitForRoom {
        private final ManagedProcess<Object> process =
                Bare.process(mailbox -> {}, options -> options.withCapacity(1, Mailbox.Overflow.BLOCK));
        private final Meeting meeting = new Meeting();

        /** Fills the mailbox. */
        public WaitForRoom() {
            Bare.send(Bare.queueOf(process), new Letter().write(1));
        }

        /** Sends a second one. */
        @Actor
        public void sender(III_Result r) {
            Envelope second = Envelope.of(new Letter().write(2), null);
            Wait wait = new Wait();
            meeting.meet();
            Bare.queueOf(process).offer(second, wait.deadline());
            r.r3 = wait.wasLost();
        }

        /** Receives both. */
        @Actor
        public void receiver(III_Result r) {
            MessageQueue queue = owned(process);
            Wait wait = new Wait();
            meeting.meet();
            r.r1 = Bare.read(Bare.await(queue, wait.deadline()));
            r.r2 = Bare.read(Bare.await(queue, wait.deadline()));
        }
    }

    /** A whole call, both ways. */
    @JCStressTest
    @Description("A call and its answer: what each side did before is seen by the other, and both are woken.")
    @Outcome(id = "1, 2, 0", expect = ACCEPTABLE, desc = "Asked and answered, without the help of a time limit.")
    @Outcome(expect = FORBIDDEN, desc = "A wake-up was lost, or something that was written before is not seen.")
    @State
    public static class RoundTrip {
        private final ManagedProcess<Object> process = Bare.process();
        private final Letter question = new Letter();
        private final Letter answer = new Letter();
        private final Meeting meeting = new Meeting();

        /** Asks. */
        @Actor
        public void caller(III_Result r) {
            PendingCall<Letter> call = new PendingCall<>();
            Wait wait = new Wait();
            meeting.meet();
            Bare.queueOf(process).offer(Envelope.of(question.write(1), call), wait.deadline());
            PendingCall.Answer<Letter> answered = Bare.uninterrupted(() -> call.await(wait.deadline()));
            r.r2 = answered == null ? Bare.NOTHING : answered.get().read();
            r.r3 = wait.wasLost();
        }

        /** Answers. */
        @Actor
        @SuppressWarnings("unchecked") // the one call there is
        public void callee(III_Result r) {
            MessageQueue queue = owned(process);
            Wait wait = new Wait();
            meeting.meet();
            Envelope envelope = Bare.await(queue, wait.deadline());
            r.r1 = Bare.read(envelope);
            if (envelope.call != null) {
                ((PendingCall<Letter>) envelope.call).reply(answer.write(2));
            }
        }
    }

    /** A request that another thread than the one that asked awaits. */
    @JCStressTest
    @Description("A request awaited by another thread than asked: one of waiter and outcome is seen by the other side.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The answer, without the help of a time limit.")
    @Outcome(expect = FORBIDDEN, desc = "The wake-up was lost, or what was written before the reply is not seen.")
    @State
    public static class AwaitedElsewhere {
        private final ManagedProcess<Object> process = Bare.process();
        private final Letter answer = new Letter();
        private final Meeting meeting = new Meeting();
        private @Nullable OutgoingRequest<Letter> request;

        /** Answers. */
        @Actor
        public void callee() {
            meeting.meet();
            Objects.requireNonNull(request).call().reply(answer.write(1));
        }

        /** Awaits what it made for another thread to ask, before the race. */
        @Actor
        public void awaiter(II_Result r) {
            Wait wait = new Wait();
            OutgoingRequest<Letter> awaited = new OutgoingRequest<>(process, wait.limit(), wait.deadline(), null);
            request = awaited;
            meeting.meet();
            try {
                r.r1 = Bare.uninterrupted(awaited::await).read();
            } catch (ProcessException.CallTimeout late) {
                r.r1 = Bare.NOTHING;
            }
            r.r2 = wait.wasLost();
        }
    }

    /** A group of requests, collected by the thread that asked. */
    @JCStressTest
    @Description("A group hands out the request that ended, with what was done before the reply, and is woken by it.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The answer, without the help of a time limit.")
    @Outcome(expect = FORBIDDEN, desc = "The wake-up was lost, or what was written before the reply is not seen.")
    @State
    public static class Group {
        private final ManagedProcess<Object> process = Bare.process();
        private final Letter answer = new Letter();
        private final Meeting meeting = new Meeting();

        /** Asks and awaits. */
        @Actor
        public void asker(II_Result r) {
            Wait wait = new Wait();
            Request.Group<Letter> group = Request.group(wait.limit());
            meeting.meet();
            group.ask(process, address -> address);
            r.r1 = Bare.uninterrupted(() -> group.next().await()).read();
            r.r2 = wait.wasLost();
        }

        /** Answers. */
        @Actor
        @SuppressWarnings("unchecked") // the one request there is
        public void callee() {
            MessageQueue queue = owned(process);
            Wait wait = new Wait();
            meeting.meet();
            Envelope envelope = Bare.await(queue, wait.deadline());
            ((PendingCall<Letter>) Objects.requireNonNull(envelope.call)).reply(answer.write(1));
        }
    }
}
