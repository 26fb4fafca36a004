package dev.selvage.sim;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Runs one exploration: seed after seed, and a failing seed twice. */
final class Explorer {

    /** One simulation at a time: the default handler of uncaught exceptions is the whole JVM's. */
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    private final Exploration settings;

    // Written by the driver, read when it has ended.
    private final Set<Long> fingerprints = new HashSet<>();
    private int schedules;
    private long points;
    private long steps;
    private Duration simulatedTime = Duration.ZERO;

    Explorer(Exploration settings) {
        this.settings = settings;
    }

    /** Returns the first failure, if there is one. */
    Optional<SimFailure> run() {
        requirePlayable();
        ONE_AT_A_TIME.lock();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        try {
            Thread.setDefaultUncaughtExceptionHandler((thread, exception) -> {
                if (!Schedule.uncaught(thread, exception)) {
                    passOn(before, thread, exception);
                }
            });
            return Driver.run(settings.standstill(), this::runSeeds);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
            ONE_AT_A_TIME.unlock();
        }
    }

    Explored explored() {
        return new Explored(schedules, fingerprints.size(), points, steps, simulatedTime);
    }

    private static void passOn(Thread.@Nullable UncaughtExceptionHandler handler, Thread thread, Throwable exception) {
        if (handler != null) {
            handler.uncaughtException(thread, exception);
        } else if (thread.getThreadGroup() != null) {
            thread.getThreadGroup().uncaughtException(thread, exception);
        }
    }

    /** Refuses what could not be played, on the caller's thread. */
    private void requirePlayable() {
        Class<?> scenario = settings.scenario();
        if (!new WovenLoader(scenario.getClassLoader(), settings.prefixes()).isWoven(scenario.getName())) {
            throw new IllegalArgumentException("scenario: " + scenario.getName()
                    + "; allowed: classes whose names start with one of " + settings.prefixes()
                    + ", outside the simulator's own package");
        }
        constructorOf(settings.scenario());
    }

    // ---- on the driver ---------------------------------------------------------------------------------------------

    private Optional<SimFailure> runSeeds(Driver driver) {
        Constructor<? extends Runnable> constructor = loadScenario();
        while (schedules < settings.scheduleCount()) {
            long seed = settings.seedOfFirst() + schedules;
            Outcome outcome = run(seed, constructor, driver, false);
            add(outcome);
            Outcome.Problem problem = outcome.problem();
            if (problem != null) {
                return Optional.of(failure(seed, outcome, problem, driver));
            }
        }
        return Optional.empty();
    }

    private void add(Outcome outcome) {
        schedules++;
        fingerprints.add(outcome.fingerprint());
        points += outcome.points();
        steps += outcome.steps();
        simulatedTime = simulatedTime.plus(outcome.simulatedTime());
    }

    /** Replays a failing seed with fresh classes: to learn whether that works, and where each thread stopped. */
    private SimFailure failure(long seed, Outcome outcome, Outcome.Problem problem, Driver driver) {
        Outcome replay = run(seed, loadScenario(), driver, true);
        Outcome.Problem again = replay.problem();
        return again != null && replay.fingerprint() == outcome.fingerprint()
                ? new SimFailure(settings.scenario(), seed, schedules, true, replay, again)
                : new SimFailure(settings.scenario(), seed, schedules, false, outcome, problem);
    }

    private Outcome run(long seed, Constructor<? extends Runnable> constructor, Driver driver, boolean detailed) {
        Schedule schedule = new Schedule(seed, settings, detailed);
        driver.runs(schedule);
        return schedule.run(() -> newScenario(constructor).run());
    }

    private Constructor<? extends Runnable> loadScenario() {
        WovenLoader loader = new WovenLoader(settings.scenario().getClassLoader(), settings.prefixes());
        Thread.currentThread().setContextClassLoader(loader);
        try {
            return constructorOf(
                    Class.forName(settings.scenario().getName(), false, loader).asSubclass(Runnable.class));
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
