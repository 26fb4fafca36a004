package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import java.util.Locale;

/** When a child that ended by itself is started anew. */
public enum Restart {
    /** Always, however it ended. */
    PERMANENT,
    /** After an {@linkplain ExitReason#isAbnormal() abnormal} end: it failed or was killed. */
    TRANSIENT,
    /** Never. Its supervisor forgets it when it has ended. */
    TEMPORARY;

    boolean isDueAfter(ExitReason reason) {
        return switch (this) {
            case PERMANENT -> true;
            case TRANSIENT -> reason.isAbnormal();
            case TEMPORARY -> false;
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
