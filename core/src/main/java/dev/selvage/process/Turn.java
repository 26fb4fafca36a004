package dev.selvage.process;

/**
 * Lets other virtual threads run before this one parks. A park and its unpark cost a hand-over to the scheduler each,
 * often the waking of a sleeping carrier, and a timed park a timer of the JDK's besides; a turn given away costs a
 * fraction of that. Whoever one waits for has often answered by then, so that nobody parks and nobody unparks. Nothing
 * relies on it, and it is given a fixed number of times before each park: it is no spin and no poll.
 */
final class Turn {
    /** Measured: one hardly helps, because another carrier may be at the other side; more than two help no more. */
    static final int BEFORE_PARKING = 2;

    private Turn() {}

    @SuppressWarnings("ThreadPriorityCheck") // a hint; see above
    static void giveAway() {
        Thread.yield();
    }
}
