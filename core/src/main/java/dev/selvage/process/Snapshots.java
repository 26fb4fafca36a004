package dev.selvage.process;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import java.util.List;

/** Gathers what there is to know about a process. */
final class Snapshots {

    private Snapshots() {}

    static ProcessRef.Snapshot of(ManagedProcess<?> process) {
        return new ProcessRef.Snapshot(
                process,
                process.state(),
                process.exitReason(),
                process.age(),
                process.mailboxLength(),
                process.longestMailbox(),
                process.droppedMessages(),
                process.mailbox().lastTaken().map(Class::getName),
                List.copyOf(process.links().linked()),
                process.monitorCount(),
                holdings(process));
    }

    /** The names, locks and leases that hang on its life, in their own words. */
    private static List<String> holdings(ManagedProcess<?> process) {
        Lifetime lifetime = process.lifetime();
        return lifetime == null
                ? List.of()
                : lifetime.hooks(ExitHook.class).stream().map(Object::toString).toList();
    }
}
