package dev.selvage.registry;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.selvage.demo.stress.Letter;
import dev.selvage.demo.stress.Meeting;
import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** A unique registry: what those who read, claim and listen see of what its owners did. */
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

    /** An update against a look-up. */
    @JCStressTest
    @Description("A value that an update set is seen with what its owner did before.")
    @Outcome(
            id = {"1", "2"},
            expect = ACCEPTABLE,
            desc = "The value before or the value after, each whole.")
    @Outcome(expect = FORBIDDEN, desc = "A value without what its owner did before it set it.")
    @State
    public static class UpdateAgainstRead {
        private final UniqueRegistry<String, Letter> registry = Registry.unique("stress");
        private final Letter second = new Letter();
        private final Meeting meeting = new Meeting();
        private final Meeting over = new Meeting(); // a thread that ends lets go of its entries

        /** Registers before, and updates. */
        @Actor
        public void owner() {
            Registration<String, Letter> registration = registry.register("key", new Letter().write(1));
            meeting.meet();
            registration.updateValue(before -> second.write(2));
            over.meet();
        }

        /** Looks. */
        @Actor
        public void reader(I_Result r) {
            meeting.meet();
            r.r1 = registry.lookup("key").orElseThrow().value().read();
            over.meet();
        }

        /** Takes the entry off its owner's thread, which goes on. */
        @Arbiter
        public void end() {
            registry.close();
        }
    }

    /** A close against a claim. */
    @JCStressTest
    @Description(
            "What an owner did before it closed its registration is seen by the claim that succeeds because of it.")
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "The successor sees it.")
    @Outcome(expect = FORBIDDEN, desc = "The successor has the key and does not see what its predecessor did.")
    @State
    public static class CloseThenClaim {
        private final UniqueRegistry<String, String> registry = Registry.unique("stress");
        private final Letter done = new Letter().write(1);
        private final Meeting meeting = new Meeting();

        /** Has the key, works, gives it back. */
        @Actor
        public void owner() {
            Registration<String, String> registration = registry.register("key", "owner");
            meeting.meet();
            done.write(2);
            registration.close();
        }

        /** Claims until it gets the key. */
        @Actor
        public void successor(I_Result r) {
            meeting.meet();
            claimAtLast(registry);
            r.r1 = done.read();
        }

        /** Takes the entry off its owner's thread, which goes on. */
        @Arbiter
        public void end() {
            registry.close();
        }
    }

    /** An exit against a claim. */
    @JCStressTest
    @Description("What an owner did before its exit is seen by the claim that succeeds because of it.")
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "The successor sees it.")
    @Outcome(expect = FORBIDDEN, desc = "The successor has the key of a dead owner and does not see what that did.")
    @State
    public static class ExitThenClaim {
        private final UniqueRegistry<String, String> registry = Registry.unique("stress");
        private final Letter done = new Letter().write(1);
        private final Meeting meeting = new Meeting();

        /** An actor as a process, which ends while its thread goes on to the next test. */
        private static final class Mortal implements Owner {
            private final Thread thread = Thread.currentThread();
            private volatile boolean dead;

            @Override
            public String name() {
                return "mortal";
            }

            @Override
            public Thread thread() {
                return thread;
            }

            @Override
            public boolean isAlive() {
                return !dead;
            }
        }

        /** Has the key, works, and ends. */
        @Actor
        public void owner() {
            Mortal mortal = new Mortal();
            Lifetime own = Lifetime.begin(mortal);
            registry.register("key", "owner");
            meeting.meet();
            done.write(2);
            mortal.dead = true;
            own.end();
        }

        /** Claims until it gets the key. */
        @Actor
        public void successor(I_Result r) {
            meeting.meet();
            claimAtLast(registry);
            r.r1 = done.read();
        }

        /** Takes the entry off its owner's thread, which goes on. */
        @Arbiter
        public void end() {
            registry.close();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // lets the other actor run where both share a processor
    private static void claimAtLast(UniqueRegistry<String, String> registry) {
        while (!(registry.tryRegister("key", "successor") instanceof Claim.Registered<String, String>)) {
            Thread.yield();
        }
    }

    /** A first listener against a registration. */
    @JCStressTest
    @Description(
            "What is registered while a first listener is opened is heard, or seen by who reads after the opening.")
    @Outcome(
            id = {"0, 1", "1, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "Heard, seen, or both.")
    @Outcome(expect = FORBIDDEN, desc = "Neither: it is lost.")
    @State
    public static class ListenAgainstRegister {
        private final UniqueRegistry<String, String> registry = Registry.unique("stress");
        private final Ear ear = new Ear();
        private final Meeting meeting = new Meeting();
        private final Meeting over = new Meeting(); // a thread that ends lets go of its entries

        /** Registers. */
        @Actor
        public void owner() {
            meeting.meet();
            registry.register("key", "owner");
            over.meet();
        }

        /** Listens, and then reads. */
        @Actor
        public void listener(II_Result r) {
            meeting.meet();
            ear.open(registry);
            r.r1 = registry.lookup("key").isPresent() ? 1 : 0;
            over.meet();
        }

        /** Waits until all was heard. */
        @Arbiter
        public void end(II_Result r) {
            registry.close();
            r.r2 = ear.heard(RegistryEvent.Registered.class);
        }
    }

    /** A first listener against a close. */
    @JCStressTest
    @Description("The end of what is read after a first listener was opened, is heard.")
    @Outcome(
            id = {"0, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "Gone before, or heard to go.")
    @Outcome(expect = FORBIDDEN, desc = "Read, and never heard to go.")
    @State
    public static class ListenAgainstClose {
        private final UniqueRegistry<String, String> registry = Registry.unique("stress");
        private final Ear ear = new Ear();
        private final Meeting meeting = new Meeting();

        /** Registers before, and closes. */
        @Actor
        public void owner() {
            Registration<String, String> registration = registry.register("key", "owner");
            meeting.meet();
            registration.close();
        }

        /** Listens, and then reads. */
        @Actor
        public void listener(II_Result r) {
            meeting.meet();
            ear.open(registry);
            r.r1 = registry.lookup("key").isPresent() ? 1 : 0;
        }

        /** Waits until all was heard. */
        @Arbiter
        public void end(II_Result r) {
            registry.close();
            r.r2 = ear.heard(RegistryEvent.Removed.class);
        }
    }

    /** One listener, and what it heard. */
    private static final class Ear {
        private final List<RegistryEvent<String, String>> heard = new ArrayList<>();
        private @Nullable RegistryListener listener;

        void open(UniqueRegistry<String, String> registry) {
            listener = registry.listen(heard::add);
        }

        /** Returns how many events of a kind were heard, after the registry was closed. */
        int heard(Class<?> kind) {
            try {
                Objects.requireNonNull(listener).thread().join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("an actor was interrupted", e);
            }
            return (int) heard.stream().filter(kind::isInstance).count();
        }
    }
}
