package dev.selvage.exit;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.selvage.demo.stress.Letter;
import dev.selvage.demo.stress.Meeting;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Hanging something on a lifetime, and taking it off, while another thread declares that lifetime over. */
public final class LifetimeStress {

    private LifetimeStress() {}

    /** Something that vanishes with its owner and remembers what it found. */
    private static final class Thing extends ExitHook {
        private static final int NOT_RUN = -1;

        private final Letter written = new Letter();
        private int found = NOT_RUN;

        Thing() {
            super(Phase.AT_EXIT);
        }

        @Override
        protected void onExit() {
            found = written.read();
        }
    }

    /** An actor as a process: it begins a lifetime before the race and ends it afterwards. */
    private static final class Stage implements Owner {
        private final Meeting begun = new Meeting();
        private final Meeting over = new Meeting();
        private @Nullable Lifetime lifetime;

        Lifetime begin() {
            Lifetime own = Lifetime.begin(this);
            lifetime = own;
            return own;
        }

        void abandon() {
            begun.meet();
            Objects.requireNonNull(lifetime).abandon();
            over.meet();
        }

        @Override
        public String name() {
            return "stressed";
        }

        @Override
        public Thread thread() {
            return Thread.currentThread();
        }

        @Override
        public boolean isAlive() {
            return true;
        }
    }

    /** A hook that is added while its owner is abandoned. */
    @JCStressTest
    @Description("A hook added against the abandonment runs, or the add throws: never neither.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Added; it ran and saw what was done before it was added.")
    @Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "Refused, and it did not run.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Refused, and it ran, too: what it takes away is not there yet.")
    @Outcome(expect = FORBIDDEN, desc = "Added and never run, or run without what was done before it was added.")
    @State
    public static class AddAgainstAbandon {
        private final Stage stage = new Stage();
        private final Thing thing = new Thing();

        /** Adds. */
        @Actor
        public void owner(II_Result r) {
            Lifetime own = stage.begin();
            stage.begun.meet();
            thing.written.write(1);
            try {
                own.add(thing);
            } catch (ExitException refused) {
                r.r1 = 1;
            }
            stage.over.meet();
            r.r2 = thing.found;
            own.end();
        }

        /** Abandons. */
        @Actor
        public void abandoner() {
            stage.abandon();
        }
    }

    /** A hook that is taken off while its owner is abandoned. */
    @JCStressTest
    @Description("A hook taken off against the abandonment: taken off and not run, or run and not taken off.")
    @Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "Taken off, and it never ran.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It ran, and the owner is told that it came too late.")
    @Outcome(expect = FORBIDDEN, desc = "Both or neither.")
    @State
    public static class RemoveAgainstAbandon {
        private final Stage stage = new Stage();
        private final Thing thing = new Thing();

        /** Adds before, and takes off. */
        @Actor
        public void owner(II_Result r) {
            Lifetime own = stage.begin();
            thing.written.write(1);
            own.add(thing);
            stage.begun.meet();
            r.r1 = own.remove(thing) ? 1 : 0;
            stage.over.meet();
            r.r2 = thing.found;
            own.end();
        }

        /** Abandons. */
        @Actor
        public void abandoner() {
            stage.abandon();
        }
    }
}
