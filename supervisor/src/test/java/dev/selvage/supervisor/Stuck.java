package dev.selvage.supervisor;

import java.util.concurrent.CountDownLatch;

/** What a child does that cannot be stopped. */
final class Stuck {

    private Stuck() {}

    /** Waits, and goes on waiting when it is interrupted. */
    static void until(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException ignored) {
                continue;
            }
        }
    }
}
