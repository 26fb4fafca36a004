package dev.selvage.process;

import static org.awaitility.Awaitility.await;

import java.time.Duration;

/** Waits for states, which is what tests do instead of sleeping. */
final class Waiting {

    private Waiting() {}

    /** Until the process waits for a message that is not there. */
    static void untilParked(ProcessRef<?> process) {
        untilParked(process.thread());
    }

    static void untilParked(Thread thread) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> switch (thread.getState()) {
            case WAITING, TIMED_WAITING -> true;
            default -> false;
        });
    }
}
