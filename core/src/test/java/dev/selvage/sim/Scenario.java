package dev.selvage.sim;

/**
 * What a simulation plays: the body of its first thread, which may throw anything. A schedule is passed when the body
 * returns and every thread that it started has ended.
 */
@FunctionalInterface
public interface Scenario extends Runnable {

    /**
     * Plays the scenario once, on the simulated thread {@code root}.
     *
     * @throws Exception to fail the schedule
     */
    void play() throws Exception;

    /** Plays the scenario; what it throws is thrown as it is, checked or not. */
    @Override
    default void run() {
        try {
            play();
        } catch (Exception e) {
            throw Scenario.<RuntimeException>asUnchecked(e);
        }
    }

    @SuppressWarnings("unchecked") // the cast is the point: it is never checked
    private static <X extends Exception> X asUnchecked(Exception e) throws X {
        throw (X) e;
    }
}
