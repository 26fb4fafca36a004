package dev.selvage.sim;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which schedules of a scenario are run. Immutable: each method returns a changed copy.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><th>setting</th><th>default</th><th>meaning</th></tr>
 * <tr><td>{@link #schedules}</td><td>2,000</td><td>how many seeds, counted from {@link #firstSeed}</td></tr>
 * <tr><td>{@link #firstSeed}</td><td>0</td><td>where to begin: the same seeds in each build</td></tr>
 * <tr><td>{@link #clock}</td><td>{@link ClockMode#MIXED}</td><td>may timeouts pass while threads can run?</td></tr>
 * <tr><td>{@link #pointLimit}</td><td>1,000,000</td><td>longer schedules count as livelocks</td></tr>
 * <tr><td>{@link #leavingThreads}</td><td>off</td><td>whether threads may outlive the scenario's {@code run}</td></tr>
 * <tr><td>{@link #weaving}</td><td>{@code dev.selvage.}</td><td>which classes are under test</td></tr>
 * </table>
 */
public final class Exploration {

    /** The system property that makes {@link #explore} run one seed only. */
    public static final String SEED_PROPERTY = "selvage.sim.seed";

    /** The system property that takes the place of the number of schedules, for a longer run. */
    public static final String SCHEDULES_PROPERTY = "selvage.sim.schedules";

    /** One simulation at a time: the default handler of uncaught exceptions is the whole JVM's. */
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    private final Class<? extends Runnable> scenario;
    private final int schedules;
    private final long firstSeed;
    private final ClockMode clockMode;
    private final long pointLimit;
    private final boolean mayLeaveThreads;
    private final List<String> prefixes;

    private Exploration(
            Class<? extends Runnable> scenario,
            int schedules,
            long firstSeed,
            ClockMode clockMode,
            long pointLimit,
            boolean mayLeaveThreads,
            List<String> prefixes) {
        this.scenario = scenario;
        this.schedules = schedules;
        this.firstSeed = firstSeed;
        this.clockMode = clockMode;
        this.pointLimit = pointLimit;
        this.mayLeaveThreads = mayLeaveThreads;
        this.prefixes = prefixes;
    }

    static Exploration of(Class<? extends Runnable> scenario) {
        Objects.requireNonNull(scenario, "scenario");
        return new Exploration(scenario, 2_000, 0, ClockMode.MIXED, 1_000_000, false, List.of("dev.selvage."));
    }

    /**
     * Returns this exploration with another number of schedules.
     *
     * @param count 1 or more
     * @return the changed copy
     */
    public Exploration schedules(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("schedules: " + count + "; allowed: 1 or more");
        }
        return new Exploration(scenario, count, firstSeed, clockMode, pointLimit, mayLeaveThreads, prefixes);
    }

    /**
     * Returns this exploration with other seeds.
     *
     * @param seed the first seed; the others follow it
     * @return the changed copy
     */
    public Exploration firstSeed(long seed) {
        return new Exploration(scenario, schedules, seed, clockMode, pointLimit, mayLeaveThreads, prefixes);
    }

    /**
     * Returns this exploration with another clock.
     *
     * @param mode when the clock may jump
     * @return the changed copy
     */
    public Exploration clock(ClockMode mode) {
        Objects.requireNonNull(mode, "mode");
        return new Exploration(scenario, schedules, firstSeed, mode, pointLimit, mayLeaveThreads, prefixes);
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
        return new Exploration(scenario, schedules, firstSeed, clockMode, limit, mayLeaveThreads, prefixes);
    }

    /**
     * Returns this exploration with leave for threads to outlive the scenario's {@code run}: the schedule then ends as
     * soon as nothing can run without a jump of the clock, and what is left is interrupted and forgotten.
     *
     * @return the changed copy
     */
    public Exploration leavingThreads() {
        return new Exploration(scenario, schedules, firstSeed, clockMode, pointLimit, true, prefixes);
    }

    /**
     * Returns this exploration with other classes under test.
     *
     * @param prefix the beginnings of the class names that are woven, the scenario's among them
     * @return the changed copy
     */
    public Exploration weaving(String... prefix) {
        return new Exploration(scenario, schedules, firstSeed, clockMode, pointLimit, mayLeaveThreads, List.of(prefix));
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
        Tally tally = new Tally();
        SimFailure failure = wanted.runUntilFailure(tally);
        if (failure != null) {
            throw failure;
        }
        return tally.explored();
    }

    /**
     * Runs the schedules until one fails, for scenarios that are meant to: the simulator's own tests, and tests that
     * a bug, put in on purpose, would be found. Heeds no system property.
     *
     * @return the first failure, or nothing if all passed
     */
    public Optional<SimFailure> firstFailure() {
        return Optional.ofNullable(runUntilFailure(new Tally()));
    }

    long pointLimit() {
        return pointLimit;
    }

    boolean mayLeaveThreads() {
        return mayLeaveThreads;
    }

    ClockMode clockMode() {
        return clockMode;
    }

    // ---- running
    // -----------------------------------------------------------------------------------------------------

    /** Sums up schedules that passed. */
    private static final class Tally {
        private final Set<Long> fingerprints = new HashSet<>();
        private int schedules;
        private long points;
        private long steps;
        private Duration simulatedTime = Duration.ZERO;

        void add(Outcome outcome) {
            schedules++;
            fingerprints.add(outcome.fingerprint());
            points += outcome.points();
            steps += outcome.steps();
            simulatedTime = simulatedTime.plus(outcome.simulatedTime());
        }

        Explored explored() {
            return new Explored(schedules, fingerprints.size(), points, steps, simulatedTime);
        }
    }

    private @Nullable SimFailure runUntilFailure(Tally tally) {
        requirePlayable();
        ONE_AT_A_TIME.lock();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        try {
            Thread.setDefaultUncaughtExceptionHandler((thread, exception) -> {
                if (!Schedule.uncaught(thread, exception)) {
                    passOn(before, thread, exception);
                }
            });
            return Driver.run(driver -> runUntilFailure(tally, driver));
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
            ONE_AT_A_TIME.unlock();
        }
    }

    private static void passOn(Thread.@Nullable UncaughtExceptionHandler handler, Thread thread, Throwable exception) {
        if (handler != null) {
            handler.uncaughtException(thread, exception);
        } else if (thread.getThreadGroup() != null) {
            thread.getThreadGroup().uncaughtException(thread, exception);
        }
    }

    private @Nullable SimFailure runUntilFailure(Tally tally, Driver driver) {
        Constructor<? extends Runnable> constructor = loadScenario();
        for (int i = 0; i < schedules; i++) {
            long seed = firstSeed + i;
            Outcome outcome = run(seed, constructor, driver, false);
            Outcome.Problem problem = outcome.problem();
            if (problem != null) {
                return failure(seed, i + 1, outcome, problem, driver);
            }
            tally.add(outcome);
        }
        return null;
    }

    /** Replays a failing seed with fresh classes: to learn whether that works, and where each thread stopped. */
    private SimFailure failure(long seed, int count, Outcome outcome, Outcome.Problem problem, Driver driver) {
        Outcome replay = run(seed, loadScenario(), driver, true);
        Outcome.Problem again = replay.problem();
        return again != null && replay.isSameAs(outcome)
                ? new SimFailure(scenario, seed, count, true, replay, again)
                : new SimFailure(scenario, seed, count, false, outcome, problem);
    }

    private Outcome run(long seed, Constructor<? extends Runnable> constructor, Driver driver, boolean detailed) {
        Schedule schedule = new Schedule(seed, this, detailed);
        driver.runs(schedule);
        return schedule.run(() -> newScenario(constructor).run());
    }

    /** Refuses what could not be played, on the caller's thread. */
    private void requirePlayable() {
        if (!new WovenLoader(scenario.getClassLoader(), prefixes).isWoven(scenario.getName())) {
            throw new IllegalArgumentException("scenario: " + scenario.getName()
                    + "; allowed: classes whose names start with one of " + prefixes
                    + ", outside the simulator's own package");
        }
        constructorOf(scenario);
    }

    private Constructor<? extends Runnable> loadScenario() {
        WovenLoader loader = new WovenLoader(scenario.getClassLoader(), prefixes);
        Thread.currentThread().setContextClassLoader(loader);
        try {
            return constructorOf(
                    Class.forName(scenario.getName(), false, loader).asSubclass(Runnable.class));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Constructor<? extends Runnable> constructorOf(Class<? extends Runnable> scenario) {
        try {
            Constructor<? extends Runnable> constructor = scenario.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(
                    "scenario: " + scenario.getName() + "; allowed: classes with a constructor without parameters", e);
        }
    }

    private static Runnable newScenario(Constructor<? extends Runnable> constructor) {
        try {
            return constructor.newInstance();
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("the constructor of the scenario threw", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
