package dev.selvage.sim;

/**
 * A schedule in which the scenario failed. The message tells how to replay it and what the threads did; the cause is
 * what a thread threw, if it was that.
 */
public final class SimFailure extends AssertionError {

    private static final long serialVersionUID = 1L;

    private final long seed;
    private final int schedules;
    private final boolean replayed;
    private final String summary;
    private final String trace;

    SimFailure(
            Class<?> scenario, long seed, int schedules, boolean replayed, Outcome outcome, Outcome.Problem problem) {
        super(message(scenario, seed, schedules, replayed, outcome, problem), problem.cause());
        this.seed = seed;
        this.schedules = schedules;
        this.replayed = replayed;
        this.summary = problem.summary();
        this.trace = outcome.trace();
    }

    private static String message(
            Class<?> scenario, long seed, int schedules, boolean replayed, Outcome outcome, Outcome.Problem problem) {
        return problem.summary()
                + "\n"
                + scenario.getName() + " failed with seed " + seed + ", schedule " + schedules
                + " of this exploration\n"
                + "replay: -D" + Exploration.SEED_PROPERTY + "=" + seed
                + (replayed
                        ? " (tried: fails the same way)\n"
                        : " (tried: goes another way, the failure depends on more than the seed)\n")
                + outcome.steps() + " steps, " + outcome.points() + " points, simulated time " + outcome.simulatedTime()
                + "; " + outcome.strategy() + "\n"
                + "what ran, last decision last:\n" + outcome.trace()
                + (problem.stacks().isEmpty() ? "" : "threads alive:\n" + problem.stacks());
    }

    /**
     * Returns the seed of the failing schedule.
     *
     * @return the seed
     */
    public long seed() {
        return seed;
    }

    /**
     * Returns how many schedules the exploration ran, this one included.
     *
     * @return 1 or more
     */
    public int schedules() {
        return schedules;
    }

    /**
     * Tells whether the same seed, run again with freshly loaded classes, failed after the very same decisions.
     *
     * @return true if the replay can be relied on
     */
    public boolean isReplayed() {
        return replayed;
    }

    /**
     * Returns what went wrong.
     *
     * @return one line
     */
    public String summary() {
        return summary;
    }

    /**
     * Returns the last decisions of the schedule, one a line.
     *
     * @return the decisions in words
     */
    public String trace() {
        return trace;
    }
}
