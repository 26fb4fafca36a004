package dev.selvage.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.selvage.demo.stress.Letter;
import dev.selvage.demo.stress.Meeting;
import dev.selvage.demo.stress.Wait;
import java.util.Optional;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Keyed locks: what the last holder did is seen by the next. */
public final class LockStress {

    private LockStress() {}

    /** Two holders, one after the other. */
    @JCStressTest
    @Description("What a holder did before its release happens-before the next grant, and who waits is woken.")
    @Outcome(id = "0, 0, 2", expect = ACCEPTABLE, desc = "Each added one to what the other left.")
    @Outcome(expect = FORBIDDEN, desc = "Two held it at once, one did not see the other, or a wake-up was lost.")
    @State
    public static class OneAfterTheOther {
        private final KeyedLocks<String> locks = KeyedLocks.create("stress");
        private final Letter sum = new Letter();
        private final Meeting meeting = new Meeting();

        private int addOne() {
            Wait wait = new Wait();
            meeting.meet();
            try {
                Optional<Lease<String>> lease = locks.lock("key", wait.limit());
                sum.write(sum.read() + 1);
                lease.ifPresent(Lease::close);
                return wait.wasLost();
            } catch (InterruptedException e) {
                throw new IllegalStateException("an actor was interrupted", e);
            }
        }

        /** Locks, adds, releases. */
        @Actor
        public void one(III_Result r) {
            r.r1 = addOne();
        }

        /** Locks, adds, releases. */
        @Actor
        public void other(III_Result r) {
            r.r2 = addOne();
        }

        /** Reads. */
        @Arbiter
        public void sum(III_Result r) {
            r.r3 = sum.read();
        }
    }
}
