package dev.selvage.sim;

import dev.selvage.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The way into the simulator: from a test, {@link #explore} and {@link #of}; from within a scenario, the rest.
 *
 * <p>The package says how to write a scenario.
 */
public final class Sim {

    private Sim() {}

    // ---- called by tests -------------------------------------------------------------------------------------------

    /**
     * Plays a scenario on some thousand schedules.
     *
     * @param scenario a class with a constructor without parameters
     * @return what was seen
     * @throws SimFailure if a schedule failed
     */
    public static Explored explore(Class<? extends Runnable> scenario) {
        return of(scenario).explore();
    }

    /**
     * Returns the exploration of a scenario, to be configured.
     *
     * @param scenario a class with a constructor without parameters
     * @return the exploration with its defaults
     */
    public static Exploration of(Class<? extends Runnable> scenario) {
        return new Exploration(scenario);
    }

    // ---- called by scenarios ---------------------------------------------------------------------------------------

    /**
     * Returns the simulated ticker. Every schedule starts a time of its own; where the reading begins depends on the
     * seed.
     *
     * @return the ticker, usable on simulated threads only
     */
    public static Ticker ticker() {
        return SimTicker.INSTANCE;
    }

    /**
     * Returns how much simulated time has passed since the schedule began.
     *
     * @return the time
     */
    public static Duration elapsed() {
        return Schedule.ofCurrentThread().clock().elapsed();
    }

    /**
     * Waits in simulated time.
     *
     * @param time how long
     * @throws InterruptedException if the thread is interrupted before or meanwhile
     */
    public static void sleep(Duration time) throws InterruptedException {
        Points.sleep(time);
    }

    /** A scheduling point by hand, for a place that has none of its own. */
    public static void point() {
        Points.point();
    }

    /**
     * Returns random numbers that come from the seed, for scenarios that vary what they do.
     *
     * @return the random numbers of the current schedule
     */
    public static RandomGenerator random() {
        return Schedule.ofCurrentThread().scenarioRandom();
    }

    /**
     * Starts a virtual thread. What it throws fails the schedule.
     *
     * @param name its name
     * @param body what it runs
     * @return the started thread
     */
    public static Thread start(String name, Scenario body) {
        return Thread.ofVirtual().name(name).start(body);
    }

    /**
     * Runs each body on a virtual thread of its own, named {@code a}, {@code b}, …, and waits for all.
     *
     * @param bodies what the threads run
     * @throws InterruptedException if the current thread is interrupted while it waits
     */
    public static void together(Scenario... bodies) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (Scenario body : bodies) {
            threads.add(start(String.valueOf((char) ('a' + threads.size())), body));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
