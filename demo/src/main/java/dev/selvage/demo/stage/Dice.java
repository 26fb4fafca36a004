package dev.selvage.demo.stage;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Seeded chance, for any number of threads: the n-th roll of the same seed is the same, whoever makes it. (Which thread
 * makes the n-th roll is up to the scheduler, so a seed repeats the amount of bad luck, not the run.)
 */
public final class Dice {

    private final long seed;
    private final AtomicLong rolls = new AtomicLong();

    /**
     * Makes dice.
     *
     * @param seed where the chance starts
     */
    public Dice(long seed) {
        this.seed = seed;
    }

    /**
     * Rolls: returns a generator of its own for one thread's next few choices. Any thread may call.
     *
     * @return a fresh generator
     */
    public RandomGenerator roll() {
        return new SplittableRandom(seed * 1_000_003 + rolls.getAndIncrement());
    }
}
