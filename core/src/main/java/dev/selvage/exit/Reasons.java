package dev.selvage.exit;

/** The reasons that carry nothing, made once. */
final class Reasons {
    static final ExitReason NORMAL = new ExitReason.Normal();
    static final ExitReason SHUTDOWN = new ExitReason.Shutdown();
    static final ExitReason KILLED = new ExitReason.Killed();

    private Reasons() {}
}
