package dev.selvage.process;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.selvage.demo.stress.Letter;
import dev.selvage.demo.stress.Meeting;
import dev.selvage.demo.stress.Wait;
import dev.selvage.process.ProcessRef.Monitor;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The exit step, taken by an actor that plays the process, against whoever wants something of it at that moment. */
public final class ExitStress {

    private ExitStress() {}

    /** What the process did, for whoever joins it. */
    @JCStressTest
    @Description("What a process did happens-before the return of join, and who joins is woken.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Joined, with what it wrote, without the help of a time limit.")
    @Outcome(expect = FORBIDDEN, desc = "The wake-up was lost, or what it wrote is not seen.")
    @State
    public static class Join {
        private final Letter written = new Letter();
        private final Meeting meeting = new Meeting();
        private final ManagedProcess<Object> process = Bare.process(
                mailbox -> {
                    meeting.meet();
                    written.write(1);
                },
                options -> options);

        /** Runs and exits. */
        @Actor
        public void process() {
            process.run();
        }

        /** Joins. */
        @Actor
        public void joiner(II_Result r) {
            Wait wait = new Wait();
            meeting.meet();
            r.r1 = Bare.uninterrupted(() -> process.join(wait.limit())).isPresent() ? written.read() : Bare.NOTHING;
            r.r2 = wait.wasLost();
        }
    }

    /** What the process did, for whoever asks whether it has exited. */
    @JCStressTest
    @Description("What a process did is seen by whoever finds it exited.")
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "It has not exited yet.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "It has exited, with what it wrote.")
    @Outcome(expect = FORBIDDEN, desc = "It has exited, and what it wrote is not seen.")
    @State
    public static class ExitReasonIsSeen {
        private final Letter written = new Letter();
        private final Meeting meeting = new Meeting();
        private final ManagedProcess<Object> process = Bare.process(
                mailbox -> {
                    meeting.meet();
                    written.write(1);
                },
                options -> options);

        /** Runs and exits. */
        @Actor
        public void process() {
            process.run();
        }

        /** Asks, for about as long as an exit step takes. */
        @Actor
        public void asker(I_Result r) {
            meeting.meet();
            boolean exited = false;
            for (int turn = 0; turn < 20 && !exited; turn++) {
                exited = process.exitReason().isPresent();
            }
            r.r1 = exited ? written.read() : Bare.NOTHING;
        }
    }

    /** A monitor that is set while its process exits. */
    @JCStressTest
    @Description("A monitor that is set against the exit is told exactly once.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "Told once, by the exit step or at once.")
    @Outcome(expect = FORBIDDEN, desc = "Told never, twice, or without what the process did.")
    @State
    public static class MonitorAgainstExit {
        private final Letter written = new Letter();
        private final AtomicInteger told = new AtomicInteger();
        private final Meeting meeting = new Meeting();
        private final ManagedProcess<Object> process = Bare.process(
                mailbox -> {
                    meeting.meet();
                    written.write(1);
                },
                options -> options);

        /** Runs and exits. */
        @Actor
        public void process() {
            process.run();
        }

        /** Sets a monitor. */
        @Actor
        public void watcher() {
            meeting.meet();
            process.monitor(exit -> told.addAndGet(written.read() == 1 ? 1 : 100));
        }

        /** Counts. */
        @Arbiter
        public void count(I_Result r) {
            r.r1 = told.get();
        }
    }

    /** A monitor that is cancelled while its process exits. */
    @JCStressTest
    @Description("A cancel against the exit: cancelled and not told, or told and not cancelled.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Cancelled, and never told.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Told, and the cancel says that it came too late.")
    @Outcome(expect = FORBIDDEN, desc = "Told though cancelled, or neither.")
    @State
    public static class CancelAgainstExit {
        private final AtomicInteger told = new AtomicInteger();
        private final Meeting meeting = new Meeting();
        private final ManagedProcess<Object> process = Bare.process(mailbox -> meeting.meet(), options -> options);
        private final Monitor monitor = process.monitor(exit -> told.incrementAndGet());

        /** Runs and exits. */
        @Actor
        public void process() {
            process.run();
        }

        /** Cancels. */
        @Actor
        public void watcher(II_Result r) {
            meeting.meet();
            r.r1 = monitor.cancel() ? 1 : 0;
        }

        /** Counts. */
        @Arbiter
        public void count(II_Result r) {
            r.r2 = told.get();
        }
    }

    /** A link that is made while one of its processes exits. */
    @JCStressTest
    @Description("A link that is made against the exit of one side: the other hears of it exactly once.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "Heard once, by the exit step or by the link.")
    @Outcome(expect = FORBIDDEN, desc = "Heard never or twice.")
    @State
    public static class LinkAgainstExit {
        private final AtomicInteger heard = new AtomicInteger();
        private final Meeting meeting = new Meeting();
        private final ManagedProcess<Object> exiting = Bare.process(mailbox -> meeting.meet(), options -> options);
        private final ManagedProcess<Object> other = Bare.process();

        /** The other traps exits, so that a normal one reaches it, too. */
        public LinkAgainstExit() {
            other.startedOn(Thread.currentThread());
            other.mailbox().trapExits(exit -> heard.incrementAndGet());
        }

        /** Runs and exits. */
        @Actor
        public void process() {
            exiting.run();
        }

        /** Links. */
        @Actor
        public void linker() {
            meeting.meet();
            other.link(exiting);
        }

        /** Counts. */
        @Arbiter
        public void count(I_Result r) {
            r.r1 = heard.get();
        }
    }

    /** A request to a process that exits. */
    @JCStressTest
    @Description("A request placed against the exit ends, whether it was refused, queued or in hand.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "It has ended.")
    @Outcome(expect = FORBIDDEN, desc = "It waits for its time limit.")
    @State
    public static class RequestAgainstExit {
        private final Meeting meeting = new Meeting();
        private final ManagedProcess<Object> process = Bare.process(
                mailbox -> {
                    meeting.meet();
                    mailbox.tryReceive();
                },
                options -> options);
        private OutgoingRequest<Object> request =
                new OutgoingRequest<>(process, Duration.ZERO, new Wait().deadline(), null);

        /** Runs, receives at most one message, and exits. */
        @Actor
        public void process() {
            process.run();
        }

        /** Asks. */
        @Actor
        public void asker() {
            meeting.meet();
            request = (OutgoingRequest<Object>) process.request(address -> address, Duration.ofDays(1));
        }

        /** Looks, long before the time limit. */
        @Arbiter
        public void end(I_Result r) {
            r.r1 = request.isDone() ? 1 : 0;
        }
    }

    /** A message to a process that exits. */
    @JCStressTest
    @Description("A send against the exit tells the truth: accepted means handled or a dead letter, once.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Accepted, and handled or handed out as a dead letter.")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Refused.")
    @Outcome(expect = FORBIDDEN, desc = "Accepted and lost, twice, or refused and yet there.")
    @State
    public static class SendAgainstExit {
        private final AtomicInteger seen = new AtomicInteger();
        private final Meeting meeting = new Meeting();
        private final ManagedProcess<Object> process = Bare.process(
                mailbox -> {
                    meeting.meet();
                    mailbox.tryReceive().ifPresent(message -> seen.incrementAndGet());
                },
                options -> options.withDeadLetterListener(letter -> seen.incrementAndGet()));

        /** Runs, receives at most one message, and exits. */
        @Actor
        public void process() {
            process.run();
        }

        /** Sends. */
        @Actor
        public void sender(II_Result r) {
            meeting.meet();
            r.r1 = process.send("message") ? 1 : 0;
        }

        /** Counts. */
        @Arbiter
        public void count(II_Result r) {
            r.r2 = seen.get();
        }
    }
}
