package dev.selvage.supervisor;

import dev.selvage.process.Mailbox;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The options of a child; null stands for the default, which depends on what the child does. */
record ChildOptions(
        Restart restart,
        @Nullable Shutdown shutdown,
        @Nullable Duration startTimeout,
        @Nullable Bound mailbox,
        ChildSpec.@Nullable Patience patience,
        SupervisorSpec.@Nullable Intensity intensity,
        boolean significant) {

    static final ChildOptions DEFAULTS = new ChildOptions(Restart.PERMANENT, null, null, null, null, null, false);

    /** How long a mailbox is. */
    record Bound(int capacity, Mailbox.Overflow overflow) {}

    ChildOptions with(Restart changed) {
        return new ChildOptions(changed, shutdown, startTimeout, mailbox, patience, intensity, significant);
    }

    ChildOptions with(Shutdown changed) {
        return new ChildOptions(restart, changed, startTimeout, mailbox, patience, intensity, significant);
    }

    ChildOptions with(Duration changedStartTimeout) {
        return new ChildOptions(restart, shutdown, changedStartTimeout, mailbox, patience, intensity, significant);
    }

    ChildOptions with(Bound changed) {
        return new ChildOptions(restart, shutdown, startTimeout, changed, patience, intensity, significant);
    }

    ChildOptions with(ChildSpec.Patience changed) {
        return new ChildOptions(restart, shutdown, startTimeout, mailbox, changed, intensity, significant);
    }

    ChildOptions with(SupervisorSpec.Intensity changed) {
        return new ChildOptions(restart, shutdown, startTimeout, mailbox, patience, changed, significant);
    }

    ChildOptions with(boolean changedSignificant) {
        return new ChildOptions(restart, shutdown, startTimeout, mailbox, patience, intensity, changedSignificant);
    }
}
