package dev.selvage.sim;

import java.util.List;
import java.util.SplittableRandom;

/** How a schedule decides who runs. All its choices come from the schedule's random numbers: a schedule is its seed. */
sealed interface Strategy permits RandomStrategy, PriorityStrategy {

    /** Hears of a thread before it first runs. */
    void started(SimThread thread);

    /** Decides at a scheduling point whether the running thread has to stop for one of those that can run. */
    boolean preempts(SimThread running, List<SimThread> ready);

    /** Picks who runs next among those that can, of whom there is at least one. */
    SimThread pick(List<SimThread> ready);

    /** Hears that a thread spins or yields of its own accord: it must not be picked for ever. */
    void gaveWay(SimThread thread);

    /**
     * Draws a strategy. No single one finds every bug: priorities find what needs few switches at the right moment in a
     * long run, a high rate of switches finds what needs many, a low rate what needs one thread to be far ahead.
     */
    static Strategy draw(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> new RandomStrategy(random, 2);
            case 1 -> new RandomStrategy(random, 1 << random.nextInt(7));
            default -> new PriorityStrategy(random, 1 + random.nextInt(4), 1 << (3 + random.nextInt(9)));
        };
    }
}
