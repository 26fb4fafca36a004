package dev.selvage.process;

import dev.selvage.exit.ExitReason;
import java.util.Objects;

/**
 * The notice that a process has ended. Whoever holds it finds every name and lock of that process free already, but for
 * the locks of an abandoned one (see {@link ProcessRef#isAbandoned()}).
 *
 * @param process the process that ended
 * @param reason why
 */
public record Exit(ProcessRef<?> process, ExitReason reason) {

    /** Refuses a notice with a part missing. */
    public Exit {
        Objects.requireNonNull(process, "process");
        Objects.requireNonNull(reason, "reason");
    }

    @Override
    public String toString() {
        return process.name() + " exited: " + reason;
    }
}
