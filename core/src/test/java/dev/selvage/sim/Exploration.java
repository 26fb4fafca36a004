package dev.selvage.sim;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Which schedules of a scenario are run. Immutable: each setting returns a changed copy.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><th>setting</th><th>default</th><th>meaning</th></tr>
 * <tr><td>{@link #schedules}</td><td>2,000</td><td>how many seeds, counted from {@link #firstSeed}</td></tr>
 * <tr><td>{@link #firstSeed}</td><td>0</td><td>where to begin: the same seeds in each build</td></tr>
 * <tr><td>{@link #clock}</td><td>{@link ClockMode#MIXED}</td><td>may timeouts pass while threads can run?</td></tr>
 * <tr><td>{@link #leavingThreads}</td><td>off</td><td>may threads outlive the scenario's {@code run}?</td></tr>
 * <tr><td>{@link #pointLimit}</td><td>1,000,000</td><td>a longer schedule counts as a livelock</td></tr>
 * <tr><td>{@link #standstillAfter}</td><td>20 s</td><td>for how long, in real time, it may not get on</td></tr>
 * <tr><td>{@link #weaving}</td><td>{@code dev.selvage.}</td><td>which classes are under test</td></tr>
 * </table>
 */
public final class Exploration {

    /** The system property that makes {@link #explore} run one seed only. */
    public static final String SEED_PROPERTY = "selvage.sim.seed";

    /** The system property that takes the place of the number of schedules, for a longer run. */
    public static final String SCHEDULES_PROPERTY = "selvage.sim.schedules";

    private final Class<? extends Runnable> scenario;

    // Written in changed(), before the copy is seen by anybody.
    private int schedules = 2_000;
    private long firstSeed;
    private ClockMode clockMode = ClockMode.MIXED;
    private boolean mayLeaveThreads;
    private long pointLimit = 1_000_000;
    private Duration standstill = Duration.ofSeconds(20);
    private List<String> prefixes = List.of("dev.selvage.");

    Exploration(Class<? extends Runnable> scenario) {
        this.scenario = Objects.requireNonNull(scenario, "scenario");
    }

    private Exploration changed(Consumer<Exploration> change) {
        Exploration copy = new Exploration(scenario);
        copy.schedules = schedules;
        copy.firstSeed = firstSeed;
        copy.clockMode = clockMode;
        copy.mayLeaveThreads = mayLeaveThreads;
        copy.pointLimit = pointLimit;
        copy.standstill = standstill;
        copy.prefixes = prefixes;
        change.accept(copy);
        return copy;
    }

    /**
     * Returns this exploration with another number of schedules.
     *
     * @param count 1 or more
     * @return the changed copy
     */
    public Exploration schedules(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("count: " + count + "; allowed: 1 or more");
        }
        return changed(copy -> copy.schedules = count);
    }

    /**
     * Returns this exploration with other seeds.
     *
     * @param seed the first seed; the others follow it
     * @return the changed copy
     */
    public Exploration firstSeed(long seed) {
        return changed(copy -> copy.firstSeed = seed);
    }

    /**
     * Returns this exploration with another clock.
     *
     * @param mode when the clock may jump
     * @return the changed copy
     */
    public Exploration clock(ClockMode mode) {
        Objects.requireNonNull(mode, "mode");
        return changed(copy -> copy.clockMode = mode);
    }

    /**
     * Returns this exploration with leave for threads to outlive the scenario's {@code run}: the schedule then ends as
     * soon as nothing can run without a jump of the clock, and what is left is interrupted and forgotten.
     *
     * @return the changed copy
     */
    public Exploration leavingThreads() {
        return changed(copy -> copy.mayLeaveThreads = true);
    }

    /**
     * Returns this exploration with another bound on the length of a schedule.
     *
     * @param limit after how many points and steps it counts as endless; 1 or more
     * @return the changed copy
     */
    public Exploration pointLimit(long limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + "; allowed: 1 or more");
        }
        return changed(copy -> copy.pointLimit = limit);
    }

    /**
     * Returns this exploration with another patience, in real time, with a schedule that does not get on: one of its
     * threads waits while it is pinned to the only carrier, or runs in circles without a scheduling point.
     *
     * @param time after how long the exploration fails; more than 0
     * @return the changed copy
     */
    public Exploration standstillAfter(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("time: " + time + "; allowed: more than 0");
        }
        return changed(copy -> copy.standstill = time);
    }

    /**
     * Returns this exploration with other classes under test.
     *
     * @param prefix the beginnings of the class names that are woven, the scenario's among them
     * @return the changed copy
     */
    public Exploration weaving(String... prefix) {
        List<String> names = List.of(prefix);
        return changed(copy -> copy.prefixes = names);
    }

    /**
     * Runs the schedules until one fails. The system properties {@value #SEED_PROPERTY} and
     * {@value #SCHEDULES_PROPERTY} replace what is configured here.
     *
     * @return what was seen, if all passed
     * @throws SimFailure if a schedule failed
     */
    public Explored explore() {
        Long seed = Long.getLong(SEED_PROPERTY);
        Exploration wanted = seed != null
                ? firstSeed(seed).schedules(1)
                : schedules(Integer.getInteger(SCHEDULES_PROPERTY, schedules));
        Explorer explorer = new Explorer(wanted);
        explorer.run().ifPresent(failure -> {
            throw failure;
        });
        return explorer.explored();
    }

    /**
     * Runs the schedules until one fails, for scenarios that are meant to: the simulator's own tests, and tests that
     * a bug, put in on purpose, would be found. Heeds no system property.
     *
     * @return the first failure, or nothing if all passed
     */
    public Optional<SimFailure> firstFailure() {
        return new Explorer(this).run();
    }

    Class<? extends Runnable> scenario() {
        return scenario;
    }

    int scheduleCount() {
        return schedules;
    }

    long seedOfFirst() {
        return firstSeed;
    }

    ClockMode clockMode() {
        return clockMode;
    }

    boolean mayLeaveThreads() {
        return mayLeaveThreads;
    }

    long pointLimit() {
        return pointLimit;
    }

    Duration standstill() {
        return standstill;
    }

    List<String> prefixes() {
        return prefixes;
    }
}
