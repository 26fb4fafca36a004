package dev.selvage.process;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.selvage.demo.stress.Letter;
import dev.selvage.demo.stress.Meeting;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Sending: what a sender did before is seen by the receiver, and no message is lost, doubled or overtaken. */
public final class SendStress {

    private SendStress() {}

    /** One sender, one receiver, an unbounded mailbox. */
    @JCStressTest
    @Description("What a sender did before it sent happens-before the receive: unbounded mailbox.")
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "Nothing was there yet.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "Received, with what was written before it was sent.")
    @Outcome(expect = FORBIDDEN, desc = "Received without what was written before it was sent.")
    @State
    public static class UnboundedPublishes {
        private final MessageQueue queue = Bare.unbounded();
        private final Letter letter = new Letter();
        private final Meeting meeting = new Meeting();

        /** Writes, then sends. */
        @Actor
        public void sender() {
            meeting.meet();
            Bare.send(queue, letter.write(1));
        }

        /** Receives, then reads. */
        @Actor
        public void receiver(I_Result r) {
            meeting.meet();
            r.r1 = Bare.receive(queue);
        }
    }

    /** One sender, one receiver, a bounded mailbox. */
    @JCStressTest
    @Description("What a sender did before it sent happens-before the receive: bounded mailbox.")
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "Nothing was there yet.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "Received, with what was written before it was sent.")
    @Outcome(expect = FORBIDDEN, desc = "Received without what was written before it was sent.")
    @State
    public static class BoundedPublishes {
        private final MessageQueue queue = Bare.bounded(1, Mailbox.Overflow.REJECT);
        private final Letter letter = new Letter();
        private final Meeting meeting = new Meeting();

        /** Writes, then sends. */
        @Actor
        public void sender() {
            meeting.meet();
            Bare.send(queue, letter.write(1));
        }

        /** Receives, then reads. */
        @Actor
        public void receiver(I_Result r) {
            meeting.meet();
            r.r1 = Bare.receive(queue);
        }
    }

    /** A sender's messages while the receiver takes them, the stack and the private list together. */
    @JCStressTest
    @Description("The messages of one sender are received in its order, none left out and none twice.")
    @Outcome(id = "-1, -1, -1", expect = ACCEPTABLE, desc = "Nothing was there yet.")
    @Outcome(
            id = {"-1, -1, 1", "-1, 1, -1", "1, -1, -1"},
            expect = ACCEPTABLE,
            desc = "Only the first was in time.")
    @Outcome(
            id = {"-1, 1, 2", "1, -1, 2", "1, 2, -1"},
            expect = ACCEPTABLE,
            desc = "Two were in time.")
    @Outcome(id = "1, 2, 3", expect = ACCEPTABLE, desc = "All three were in time.")
    @Outcome(expect = FORBIDDEN, desc = "Out of order, left out, twice, or not written yet.")
    @State
    public static class OrderOfOneSender {
        private final MessageQueue queue = Bare.unbounded();
        private final Meeting meeting = new Meeting();

        /** Sends three. */
        @Actor
        public void sender() {
            meeting.meet();
            Bare.send(queue, new Letter().write(1));
            Bare.send(queue, new Letter().write(2));
            Bare.send(queue, new Letter().write(3));
        }

        /** Receives three times, without waiting. */
        @Actor
        public void receiver(III_Result r) {
            meeting.meet();
            r.r1 = Bare.receive(queue);
            r.r2 = Bare.receive(queue);
            r.r3 = Bare.receive(queue);
        }
    }

    /** Two senders race for the top of the stack. */
    @JCStressTest
    @Description("Of two senders at once no message is lost or doubled: unbounded mailbox.")
    @Outcome(
            id = {"1, 2, -1", "2, 1, -1"},
            expect = ACCEPTABLE,
            desc = "Both, each once.")
    @Outcome(expect = FORBIDDEN, desc = "Lost or doubled.")
    @State
    public static class TwoSenders {
        private final MessageQueue queue = Bare.unbounded();
        private final Meeting meeting = new Meeting();

        /** Sends. */
        @Actor
        public void one() {
            meeting.meet();
            Bare.send(queue, new Letter().write(1));
        }

        /** Sends. */
        @Actor
        public void other() {
            meeting.meet();
            Bare.send(queue, new Letter().write(2));
        }

        /** Receives all. */
        @Arbiter
        public void receiver(III_Result r) {
            r.r1 = Bare.receive(queue);
            r.r2 = Bare.receive(queue);
            r.r3 = Bare.receive(queue);
        }
    }

    /** Two senders race for the last room. */
    @JCStressTest
    @Description("Of two senders with room for one, one is accepted and queued, the other is told so: bounded mailbox.")
    @Outcome(
            id = {"1, 0, 1", "0, 1, 2"},
            expect = ACCEPTABLE,
            desc = "The one that was told so is in.")
    @Outcome(expect = FORBIDDEN, desc = "Told wrong: two in, none in, or the other one in.")
    @State
    public static class TwoSendersForOneRoom {
        private final MessageQueue queue = Bare.bounded(1, Mailbox.Overflow.REJECT);
        private final Meeting meeting = new Meeting();

        /** Sends. */
        @Actor
        public void one(III_Result r) {
            meeting.meet();
            r.r1 = Bare.send(queue, new Letter().write(1));
        }

        /** Sends. */
        @Actor
        public void other(III_Result r) {
            meeting.meet();
            r.r2 = Bare.send(queue, new Letter().write(2));
        }

        /** Looks who is in; both would show as a number of two digits. */
        @Arbiter
        public void receiver(III_Result r) {
            int first = Bare.receive(queue);
            int second = Bare.receive(queue);
            r.r3 = second == Bare.NOTHING ? first : 10 * first + second;
        }
    }

    /** A receiver takes the whole stack while the other actor pushes onto it. */
    @JCStressTest
    @Description("A message that races with the taking of the stack is received then or later, once.")
    @Outcome(
            id = {"1, 1", "2, 0"},
            expect = ACCEPTABLE,
            desc = "Each message once, now or later.")
    @Outcome(expect = FORBIDDEN, desc = "Lost or doubled.")
    @State
    public static class SendAgainstTake {
        private final MessageQueue queue = Bare.unbounded();
        private final Meeting meeting = new Meeting();

        /** One is there, so that there is a stack to be taken. */
        public SendAgainstTake() {
            Bare.send(queue, new Letter().write(1));
        }

        /** Sends another. */
        @Actor
        public void sender() {
            meeting.meet();
            Bare.send(queue, new Letter().write(2));
        }

        /** Takes what is there. */
        @Actor
        public void receiver(II_Result r) {
            meeting.meet();
            r.r1 = Bare.drain(queue);
        }

        /** Takes the rest. */
        @Arbiter
        public void rest(II_Result r) {
            r.r2 = Bare.drain(queue);
        }
    }
}
