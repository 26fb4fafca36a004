package dev.selvage.supervisor;

import dev.selvage.process.Mailbox;
import dev.selvage.time.Deadline;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One wait of one child for its next start: for the end of its backoff, or only for the supervisor to have handled what
 * arrived before. A child has one at most; its signals count as long as it is the child's own. The supervisor's thread
 * only, but for the deadline.
 */
final class Wait {
    private final Deadline until;
    private Mailbox.@Nullable Timer timer;

    Wait(Deadline until) {
        this.until = until;
    }

    /** How long until the next start is tried; 0 where nothing but the supervisor is waited for. Any thread. */
    Duration remaining() {
        return Duration.ofNanos(until.remainingNanos());
    }

    void rings(Mailbox.Timer set) {
        timer = set;
    }

    void cancel() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
