package dev.selvage.demo.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The positive control: two threads, each writing one plain field and then reading the other's. Every machine we know
 * lets both reads come first now and then; a run that never saw it would see no error of ours either, and fails.
 */
@JCStressTest
@Description("Positive control: this harness, on this machine, sees that a read overtakes a write.")
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE_INTERESTING, desc = "Both reads came first. Must be seen.")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "The first actor was faster.")
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The second actor was faster.")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Both writes came first.")
@State
public class Harness {
    private int left;
    private int right;

    /** Made by jcstress. */
    public Harness() {}

    /** Writes left, reads right. */
    @Actor
    public void first(II_Result r) {
        left = 1;
        r.r1 = right;
    }

    /** Writes right, reads left. */
    @Actor
    public void second(II_Result r) {
        right = 1;
        r.r2 = left;
    }
}
