package dev.selvage.lock;

/**
 * Lets other threads run before this one goes on waiting. A park and its unpark cost a virtual thread a hand-over to
 * the scheduler each, often the waking of a sleeping carrier; a turn given away costs a fraction of that, and whoever
 * one waits for has often been there by then. Nothing relies on it.
 */
final class Turn {

    private Turn() {}

    @SuppressWarnings("ThreadPriorityCheck") // a hint; see above
    static void giveAway() {
        Thread.yield();
    }
}
