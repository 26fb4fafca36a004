package dev.selvage.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.selvage.demo.stress.Letter;
import dev.selvage.demo.stress.Meeting;
import dev.selvage.demo.stress.Wait;
import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import java.util.Optional;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Keyed locks: what the last holder did is seen by the next, and who waits is served or told. */
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

    /** One that shares, and one that has the key alone. */
    @JCStressTest
    @Description("What was done by one that shares is seen by the next exclusive holder, and the other way round.")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "The sharer came first: it saw nothing, and was seen.")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "The exclusive holder came first, and was seen.")
    @Outcome(expect = FORBIDDEN, desc = "Both held it at once, one did not see the other, or a wake-up was lost.")
    @State
    public static class SharedAndExclusive {
        private final KeyedLocks<String> locks = KeyedLocks.create("stress");
        private final Letter ofSharer = new Letter();
        private final Letter ofOther = new Letter();
        private final Meeting meeting = new Meeting();
        private volatile boolean lost;

        private int exchange(KeyedLocks<String> inMode, Letter mine, Letter others) {
            Wait wait = new Wait();
            meeting.meet();
            try {
                Optional<Lease<String>> lease = inMode.lock("key", wait.limit());
                int seen = others.read();
                mine.write(1);
                lease.ifPresent(Lease::close);
                lost |= wait.wasLost() != 0;
                return seen;
            } catch (InterruptedException e) {
                throw new IllegalStateException("an actor was interrupted", e);
            }
        }

        /** Shares, reads what the other wrote, and writes. */
        @Actor
        public void shares(III_Result r) {
            r.r1 = exchange(locks.shared(), ofSharer, ofOther);
        }

        /** Has it alone, reads what the sharer wrote, and writes. */
        @Actor
        public void alone(III_Result r) {
            r.r2 = exchange(locks, ofOther, ofSharer);
        }

        /** Tells whether a wake-up was lost. */
        @Arbiter
        public void lost(III_Result r) {
            r.r3 = lost ? 1 : 0;
        }
    }

    /** A holder whose lifetime ends, as a process's does. */
    @JCStressTest
    @Description("What a holder did before its end happens-before the next grant.")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "The other was served after the end, and saw what was done.")
    @Outcome(expect = FORBIDDEN, desc = "What was done was not seen, or a wake-up was lost.")
    @State
    public static class AfterTheEnd {
        private final KeyedLocks<String> locks = KeyedLocks.create("stress");
        private final Letter letter = new Letter();
        private final Meeting meeting = new Meeting();
        private volatile boolean held;

        private record Mortal(Thread thread) implements Owner {
            @Override
            public String name() {
                return "mortal";
            }

            @Override
            public boolean isAlive() {
                return true;
            }
        }

        /** Locks, writes and ends without closing. */
        @Actor
        public void holder(III_Result r) {
            Lifetime lifetime = Lifetime.begin(new Mortal(Thread.currentThread()));
            held = locks.tryLock("key").isPresent();
            meeting.meet();
            letter.write(1);
            lifetime.end();
        }

        /** Locks next; the holder had the key when both met. */
        @Actor
        public void next(III_Result r) {
            Wait wait = new Wait();
            meeting.meet();
            try {
                Optional<Lease<String>> lease = locks.lock("key", wait.limit());
                r.r2 = held ? letter.read() : -1;
                lease.ifPresent(Lease::close);
                r.r3 = wait.wasLost();
            } catch (InterruptedException e) {
                throw new IllegalStateException("an actor was interrupted", e);
            }
        }
    }

    /** Two that lock two keys crosswise. */
    @JCStressTest
    @Description("Of two that wait for each other just one fails, and the other is served.")
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "One was done before the other began.")
    @Outcome(
            id = {"0, 1, 0", "1, 0, 0"},
            expect = ACCEPTABLE,
            desc = "One failed.")
    @Outcome(expect = FORBIDDEN, desc = "Both failed, or neither saw the circle.")
    @State
    public static class Crosswise {
        private final KeyedLocks<String> locks = KeyedLocks.create("stress");
        private final Meeting meeting = new Meeting();
        private volatile boolean lost;

        private int lockBoth(String first, String second) {
            Wait wait = new Wait();
            meeting.meet();
            try (Lease<String> outer = locks.lock(first, wait.limit()).orElseThrow()) {
                locks.lock(second, wait.limit()).ifPresent(Lease::close);
                return outer.isHeld() ? 0 : 2;
            } catch (LockException.Deadlock circle) {
                return 1;
            } catch (InterruptedException e) {
                throw new IllegalStateException("an actor was interrupted", e);
            } finally {
                lost |= wait.wasLost() != 0;
            }
        }

        /** Locks left, then right. */
        @Actor
        public void one(III_Result r) {
            r.r1 = lockBoth("left", "right");
        }

        /** Locks right, then left. */
        @Actor
        public void other(III_Result r) {
            r.r2 = lockBoth("right", "left");
        }

        /** Tells whether only the time limit ended a wait. */
        @Arbiter
        public void lost(III_Result r) {
            r.r3 = lost ? 1 : 0;
        }
    }
}
