package dev.selvage.registry;

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
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Claims of a unique registry: what a look-up or the loser of a claim sees of the winner. */
public final class RegistryStress {

    private RegistryStress() {}

    /** A look-up against a claim. */
    @JCStressTest
    @Description("A look-up that finds an entry sees it whole, with what its owner did before the claim.")
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "Not registered yet.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "Registered, with what was written before.")
    @Outcome(expect = FORBIDDEN, desc = "Registered by half.")
    @State
    public static class LookupAgainstClaim {
        private final UniqueRegistry<String, Letter> registry = Registry.unique("stress");
        private final Letter letter = new Letter();
        private final Meeting meeting = new Meeting();

        /** Claims. */
        @Actor
        public void owner() {
            meeting.meet();
            registry.register("key", letter.write(1));
        }

        /** Looks, for about as long as a claim takes. */
        @Actor
        public void reader(I_Result r) {
            meeting.meet();
            r.r1 = -1;
            for (int turn = 0; turn < 10 && r.r1 == -1; turn++) {
                r.r1 = registry.lookup("key").map(entry -> entry.value().read()).orElse(-1);
            }
        }

        /** Takes the entry off its owner's thread, which goes on. */
        @Arbiter
        public void end() {
            registry.close();
        }
    }

    /** Two claims. */
    @JCStressTest
    @Description("Of two claims one wins, and the other learns the winner, with what that did before.")
    @Outcome(
            id = {"1, 1", "2, 2"},
            expect = ACCEPTABLE,
            desc = "Both know the same holder.")
    @Outcome(expect = FORBIDDEN, desc = "Two holders, or one that is seen by half.")
    @State
    public static class TwoClaims {
        private final UniqueRegistry<String, Letter> registry = Registry.unique("stress");
        private final Meeting meeting = new Meeting();
        private final Meeting over = new Meeting(); // a thread that ends lets go of its claims

        private int holderAfterClaimOf(Letter mine) {
            meeting.meet();
            int known = switch (registry.tryRegister("key", mine)) {
                case Claim.Registered<String, Letter> registered -> mine.read();
                case Claim.AlreadyRegistered<String, Letter>(Entry<String, Letter> holder) ->
                    holder.value().read();
            };
            over.meet();
            return known;
        }

        /** Claims. */
        @Actor
        public void one(II_Result r) {
            r.r1 = holderAfterClaimOf(new Letter().write(1));
        }

        /** Claims. */
        @Actor
        public void other(II_Result r) {
            r.r2 = holderAfterClaimOf(new Letter().write(2));
        }

        /** Takes the entry off its owner's thread, which goes on. */
        @Arbiter
        public void end() {
            registry.close();
        }
    }
}
