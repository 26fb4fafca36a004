package dev.selvage.sim;

import java.util.SplittableRandom;

/** When the simulated clock may jump to the next deadline. */
public enum ClockMode {

    /**
     * Only when nothing can run, as if every step took no time. A timeout passes only where the wait would not have
     * ended otherwise; a scenario may rely on its timeouts being long enough.
     */
    PATIENT,

    /**
     * At any scheduling point too, as if a thread had been kept from its processor for any length of time. Finds what
     * goes wrong when a timeout passes in the very moment in which the wait ends.
     */
    HASTY,

    /** One or the other by the seed. */
    MIXED;

    /** Returns after how many points, on average, the clock jumps; 0 stands for never. */
    int drawJumpsOneIn(SplittableRandom random) {
        int oneIn = 4 << (2 * random.nextInt(4));
        boolean hasty = random.nextBoolean();
        return this == HASTY || this == MIXED && hasty ? oneIn : 0;
    }
}
