package dev.selvage.supervisor;

import java.util.concurrent.CountDownLatch;

/** What a child does that cannot be stopped. */
final class Stuck {

    private Stuck() {}

    /** A child that has started only when it is stuck: one that is killed before it began would simply end. */
    static ChildSpec<Void> child(String id, CountDownLatch end) {
        return ChildSpec.process(id, (mailbox, start) -> {
            start.ready();
            until(end);
        });
    }

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
