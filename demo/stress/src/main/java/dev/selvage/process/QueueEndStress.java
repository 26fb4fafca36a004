package dev.selvage.process;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.selvage.demo.stress.Letter;
import dev.selvage.demo.stress.Meeting;
import dev.selvage.time.Deadline;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Sending against the end of a mailbox: its orderly stop, its closing, its abandonment. */
public final class QueueEndStress {

    private QueueEndStress() {}

    /** A send against the orderly stop of an unbounded mailbox. */
    @JCStressTest
    @Description("A send against the orderly stop: accepted means handled before it. Unbounded mailbox.")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Accepted, received, and then the stop.")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "Refused, and only the stop.")
    @Outcome(expect = FORBIDDEN, desc = "Accepted and lost, refused and received, or no stop.")
    @State
    public static class SendAgainstStop {
        private final MessageQueue queue = Bare.unbounded();
        private final Meeting meeting = new Meeting();

        /** Sends. */
        @Actor
        public void sender(III_Result r) {
            meeting.meet();
            r.r1 = Bare.send(queue, new Letter());
        }

        /** Stops. */
        @Actor
        public void stopper() {
            meeting.meet();
            queue.seal();
        }

        /** Receives until the stop. */
        @Arbiter
        public void receiver(III_Result r) {
            r.r2 = Bare.drain(queue);
            r.r3 = Bare.endsWithStop(queue);
        }
    }

    /** A send against the orderly stop of a bounded mailbox. */
    @JCStressTest
    @Description("A send against the orderly stop: accepted means handled before it. Bounded mailbox.")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Accepted, received, and then the stop.")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "Refused, and only the stop.")
    @Outcome(expect = FORBIDDEN, desc = "Accepted and lost, refused and received, or no stop.")
    @State
    public static class BoundedSendAgainstStop {
        private final MessageQueue queue = Bare.bounded(1, Mailbox.Overflow.BLOCK);
        private final Meeting meeting = new Meeting();

        /** Sends. */
        @Actor
        public void sender(III_Result r) {
            meeting.meet();
            r.r1 = Bare.send(queue, new Letter());
        }

        /** Stops. */
        @Actor
        public void stopper() {
            meeting.meet();
            queue.seal();
        }

        /** Receives until the stop. */
        @Arbiter
        public void receiver(III_Result r) {
            r.r2 = Bare.drain(queue);
            r.r3 = Bare.endsWithStop(queue);
        }
    }

    /** A process receives until its stop, while it is sent a message and stopped. */
    @JCStressTest
    @Description("The stop comes out after what was accepted before it, also to a process that is receiving.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Accepted before the stop, and received before it.")
    @Outcome(expect = FORBIDDEN, desc = "Accepted before the stop and not received before it.")
    @State
    public static class StopWhileReceiving {
        private final MessageQueue queue = Bare.unbounded();
        private final Meeting meeting = new Meeting();

        /** Sends and stops. */
        @Actor
        public void sender(II_Result r) {
            meeting.meet();
            r.r1 = Bare.send(queue, new Letter());
            queue.seal();
        }

        /** Receives until the stop. */
        @Actor
        public void receiver(II_Result r) {
            meeting.meet();
            int received = 0;
            for (Envelope envelope = queue.poll(); envelope == null || !envelope.isStop(); envelope = queue.poll()) {
                if (envelope != null) {
                    received++;
                }
                Thread.onSpinWait();
            }
            r.r2 = received;
        }
    }

    /** A send against the closing of an unbounded mailbox. */
    @JCStressTest
    @Description("A send against the close: accepted means among what was left. Unbounded mailbox.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Accepted, and left when the mailbox closed.")
    @Outcome(id = "0, -1", expect = ACCEPTABLE, desc = "Refused: it was closed before.")
    @Outcome(expect = FORBIDDEN, desc = "Accepted and lost, or left without what was written before.")
    @State
    public static class SendAgainstClose {
        private final MessageQueue queue = Bare.unbounded();
        private final Letter letter = new Letter();
        private final Meeting meeting = new Meeting();

        /** Sends. */
        @Actor
        public void sender(II_Result r) {
            meeting.meet();
            r.r1 = Bare.send(queue, letter.write(1));
        }

        /** Closes, as the process does in its exit step. */
        @Actor
        public void process(II_Result r) {
            meeting.meet();
            List<Envelope> left = queue.close();
            r.r2 = left.isEmpty() ? Bare.NOTHING : Bare.read(left.getFirst());
        }
    }

    /** A send against the closing of a bounded mailbox. */
    @JCStressTest
    @Description("A send against the close: accepted means among what was left. Bounded mailbox.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Accepted, and left when the mailbox closed.")
    @Outcome(id = "0, -1", expect = ACCEPTABLE, desc = "Refused: it was closed before.")
    @Outcome(expect = FORBIDDEN, desc = "Accepted and lost, or left without what was written before.")
    @State
    public static class BoundedSendAgainstClose {
        private final MessageQueue queue = Bare.bounded(1, Mailbox.Overflow.REJECT);
        private final Letter letter = new Letter();
        private final Meeting meeting = new Meeting();

        /** Sends. */
        @Actor
        public void sender(II_Result r) {
            meeting.meet();
            r.r1 = Bare.send(queue, letter.write(1));
        }

        /** Closes, as the process does in its exit step. */
        @Actor
        public void process(II_Result r) {
            meeting.meet();
            List<Envelope> left = queue.close();
            r.r2 = left.isEmpty() ? Bare.NOTHING : Bare.read(left.getFirst());
        }
    }

    /** The abandonment of a process that is taking calls out of its mailbox at this very moment. */
    @JCStressTest
    @Description("Abandoning a process that receives fails every call: queued, being taken, or in hand.")
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "No caller waits any more.")
    @Outcome(expect = FORBIDDEN, desc = "A caller waits for ever.")
    @State
    public static class AbandonWhileReceiving {
        private static final int CALLS = 4;

        private final ManagedProcess<Object> process = Bare.process();
        private final MessageQueue queue = Bare.queueOf(process);
        private final List<PendingCall<Object>> calls = new ArrayList<>(CALLS);
        private final Meeting meeting = new Meeting();

        /** Puts one call in hand, one into the private list, and two onto the shared stack. */
        public AbandonWhileReceiving() {
            for (int i = 0; i < CALLS; i++) {
                PendingCall<Object> call = new PendingCall<>();
                calls.add(call);
                queue.offer(Envelope.of("call", call), Deadline.never());
                if (i == 1) {
                    queue.poll();
                }
            }
        }

        /** Receives what is there. */
        @Actor
        public void process() {
            meeting.meet();
            Bare.drain(queue);
        }

        /** Abandons. */
        @Actor
        public void abandoner() {
            meeting.meet();
            Bare.abandon(process);
        }

        /** Counts the calls that wait still. */
        @Arbiter
        public void callers(I_Result r) {
            r.r1 = (int) calls.stream().filter(PendingCall::isWaiting).count();
        }
    }

    /** The abandonment of a process that links what it has just taken to what it skipped. */
    @JCStressTest
    @Description("Abandoning a process that receives selectively fails every call: skipped, queued, or being taken.")
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "No caller waits any more.")
    @Outcome(expect = FORBIDDEN, desc = "A caller waits for ever.")
    @State
    public static class AbandonWhileSelecting {
        private final ManagedProcess<Object> process = Bare.process();
        private final MessageQueue queue = Bare.queueOf(process);
        private final MessageQueue.Scan scan = new MessageQueue.Scan(message -> false);
        private final PendingCall<Object> skipped = new PendingCall<>();
        private final PendingCall<Object> shared = new PendingCall<>();
        private final Meeting meeting = new Meeting();

        /** Puts one call into the private list, skipped, and one onto the shared stack. */
        public AbandonWhileSelecting() {
            queue.offer(Envelope.of("skipped", skipped), Deadline.never());
            queue.poll(scan);
            queue.offer(Envelope.of("shared", shared), Deadline.never());
        }

        /** Takes the shared stack, links it to the private list, and takes nothing out. */
        @Actor
        public void process() {
            meeting.meet();
            queue.poll(scan);
        }

        /** Abandons. */
        @Actor
        public void abandoner() {
            meeting.meet();
            Bare.abandon(process);
        }

        /** Counts the calls that wait still. */
        @Arbiter
        public void callers(I_Result r) {
            r.r1 = (skipped.isWaiting() ? 1 : 0) + (shared.isWaiting() ? 1 : 0);
        }
    }
}
