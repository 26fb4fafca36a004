package dev.selvage.process;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.selvage.demo.stress.Letter;
import dev.selvage.demo.stress.Meeting;
import dev.selvage.time.Deadline;
import dev.selvage.time.Ticker;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The reply address: one compare-and-set decides how a call ends, and both sides believe the same. */
public final class ReplyStress {
    private static final Deadline PASSED = Deadline.after(Duration.ZERO, Ticker.system());

    private ReplyStress() {}

    private static <R> OutgoingRequest<R> request(Deadline deadline) {
        return new OutgoingRequest<>(Bare.process(), Duration.ZERO, deadline, null);
    }

    private static int asNumber(boolean yes) {
        return yes ? 1 : 0;
    }

    /** A reply, looked at without waiting. */
    @JCStressTest
    @Description("What the answering thread did before it replied is seen by whoever finds the request done.")
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "Not answered yet.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "Answered, with what was written before the reply.")
    @Outcome(expect = FORBIDDEN, desc = "Answered without what was written before the reply.")
    @State
    public static class Publishes {
        private final OutgoingRequest<Letter> request = request(Deadline.never());
        private final Letter answer = new Letter();
        private final Meeting meeting = new Meeting();

        /** Writes, then replies. */
        @Actor
        public void callee() {
            meeting.meet();
            request.call().reply(answer.write(1));
        }

        /** Looks, then reads. */
        @Actor
        public void asker(I_Result r) {
            meeting.meet();
            r.r1 = request.isDone() ? request.call().answer().get().read() : Bare.NOTHING;
        }
    }

    /** Two replies. */
    @JCStressTest
    @Description("Of two replies one counts, and its thread is told so.")
    @Outcome(
            id = {"1, 0, 1", "0, 1, 2"},
            expect = ACCEPTABLE,
            desc = "The answer is of the one that was told so.")
    @Outcome(expect = FORBIDDEN, desc = "Told wrong: both counted, none did, or the other one's answer was taken.")
    @State
    public static class ReplyAgainstReply {
        private final PendingCall<Letter> call = new PendingCall<>();
        private final Meeting meeting = new Meeting();

        /** Replies. */
        @Actor
        public void one(III_Result r) {
            Letter answer = new Letter().write(1);
            meeting.meet();
            r.r1 = asNumber(call.reply(answer));
        }

        /** Replies. */
        @Actor
        public void other(III_Result r) {
            Letter answer = new Letter().write(2);
            meeting.meet();
            r.r2 = asNumber(call.reply(answer));
        }

        /** Takes the answer. */
        @Arbiter
        public void caller(III_Result r) {
            PendingCall.Answer<Letter> answer = Bare.uninterrupted(() -> call.await(PASSED));
            r.r3 = answer == null ? Bare.NOTHING : answer.get().read();
        }
    }

    /** A reply when the caller's time is up. */
    @JCStressTest
    @Description("A reply against the caller's timeout: the callee is told what the caller gets.")
    @Outcome(id = "1, 5", expect = ACCEPTABLE, desc = "The reply was faster: the caller gets it, with what it holds.")
    @Outcome(id = "0, -1", expect = ACCEPTABLE, desc = "The timeout was faster: the reply vanishes, and is told so.")
    @Outcome(expect = FORBIDDEN, desc = "The two sides believe different things.")
    @State
    public static class ReplyAgainstTimeout {
        private final PendingCall<Letter> call = new PendingCall<>();
        private final Letter answer = new Letter();
        private final Meeting meeting = new Meeting();

        /** Replies. */
        @Actor
        public void callee(II_Result r) {
            meeting.meet();
            r.r1 = asNumber(call.reply(answer.write(5)));
        }

        /** Waits until a deadline that has passed. */
        @Actor
        public void caller(II_Result r) {
            meeting.meet();
            PendingCall.Answer<Letter> answered = Bare.uninterrupted(() -> call.await(PASSED));
            r.r2 = answered == null ? Bare.NOTHING : answered.get().read();
        }
    }

    /** A reply when the caller is interrupted. */
    @JCStressTest
    @Description("A reply against the caller's interrupt: the answer with the interrupt kept, or the exception alone.")
    @Outcome(id = "1, 5, 1", expect = ACCEPTABLE, desc = "The reply was faster: it is returned, the interrupt stays.")
    @Outcome(id = "0, -1, 0", expect = ACCEPTABLE, desc = "The interrupt was faster: thrown, and the reply vanishes.")
    @Outcome(expect = FORBIDDEN, desc = "The two sides believe different things, or the interrupt was lost or doubled.")
    @State
    public static class ReplyAgainstInterrupt {
        private final PendingCall<Letter> call = new PendingCall<>();
        private final Letter answer = new Letter();
        private final Meeting meeting = new Meeting();

        /** Replies. */
        @Actor
        public void callee(III_Result r) {
            meeting.meet();
            r.r1 = asNumber(call.reply(answer.write(5)));
        }

        /** Waits with the interrupt set. */
        @Actor
        public void caller(III_Result r) {
            Thread.currentThread().interrupt();
            meeting.meet();
            try {
                PendingCall.Answer<Letter> answered = call.await(Deadline.never());
                r.r2 = answered == null ? 0 : answered.get().read();
            } catch (InterruptedException e) {
                r.r2 = Bare.NOTHING;
            }
            r.r3 = asNumber(Thread.interrupted());
        }
    }

    /** A reply when the request is cancelled. */
    @JCStressTest
    @Description("A reply against the cancellation of a request: one of them counts, and both are told which.")
    @Outcome(id = "1, 0, 5", expect = ACCEPTABLE, desc = "The reply counted, and stays readable.")
    @Outcome(id = "0, 1, -1", expect = ACCEPTABLE, desc = "The cancellation counted, and stays so.")
    @Outcome(expect = FORBIDDEN, desc = "Both counted, none did, or the request ended otherwise than was told.")
    @State
    public static class ReplyAgainstCancel {
        private final OutgoingRequest<Letter> request = request(Deadline.never());
        private final Letter answer = new Letter();
        private final Meeting meeting = new Meeting();

        /** Replies. */
        @Actor
        public void callee(III_Result r) {
            meeting.meet();
            r.r1 = asNumber(request.call().reply(answer.write(5)));
        }

        /** Cancels. */
        @Actor
        public void asker(III_Result r) {
            meeting.meet();
            r.r2 = asNumber(request.cancel());
        }

        /** Reads how it ended. */
        @Arbiter
        public void end(III_Result r) {
            try {
                r.r3 = request.call().answer().get().read();
            } catch (ProcessException cancelled) {
                r.r3 = Bare.NOTHING;
            }
        }
    }

    /** A reply when the time of a request that nobody awaits is up. */
    @JCStressTest
    @Description("A reply against the end of a request's time: whoever asks afterwards hears what the callee was told.")
    @Outcome(id = "1, 5", expect = ACCEPTABLE, desc = "The reply was faster.")
    @Outcome(id = "0, -1", expect = ACCEPTABLE, desc = "The end of its time was faster.")
    @Outcome(expect = FORBIDDEN, desc = "The two sides believe different things.")
    @State
    public static class ReplyAgainstLateness {
        private final OutgoingRequest<Letter> request = request(PASSED);
        private final Letter answer = new Letter();
        private final Meeting meeting = new Meeting();

        /** Replies. */
        @Actor
        public void callee(II_Result r) {
            meeting.meet();
            r.r1 = asNumber(request.call().reply(answer.write(5)));
        }

        /** Awaits. */
        @Actor
        public void asker(II_Result r) {
            meeting.meet();
            try {
                r.r2 = Bare.uninterrupted(request::await).read();
            } catch (ProcessException.CallTimeout late) {
                r.r2 = Bare.NOTHING;
            }
        }
    }
}
