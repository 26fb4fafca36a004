package dev.selvage.supervisor;

import dev.selvage.supervisor.SupervisorTree.Event;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who hears of what happens in one supervisor: its own listener, and those of the supervisors above it. */
final class Announcer {

    /** Where nobody listens; telling costs a comparison. */
    static final Announcer SILENT = new Announcer(null, null);

    private final @Nullable Announcer above;
    private final @Nullable Hearing hearing;

    private Announcer(@Nullable Announcer above, @Nullable Hearing hearing) {
        this.above = above;
        this.hearing = hearing;
    }

    /** Who hears of what happens in a supervisor below, which may have a listener of its own. */
    Announcer below(@Nullable Consumer<? super Event> listener) {
        return listener == null ? this : new Announcer(this, new Hearing(listener));
    }

    boolean isHeard() {
        return hearing != null;
    }

    /** Returns at once. Any thread. */
    void tell(Event event) {
        for (Announcer each = this; each != null; each = each.above) {
            if (each.hearing != null) {
                each.hearing.add(event);
            }
        }
    }
}
