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
                links(process),
                process.monitorCount(),
                holdings(process));
    }

    private static List<ProcessRef<?>> links(ManagedProcess<?> process) {
        Links links = process.linksOrNull();
        return links == null ? List.of() : List.copyOf(links.linked());
    }

    /** The names, locks and leases that hang on its life, in their own words. */
    private static List<String> holdings(ManagedProcess<?> process) {
        Lifetime lifetime = process.lifetime();
        return lifetime == null
                ? List.of()
                : lifetime.hooks(ExitHook.class).stream().map(Object::toString).toList();
    }
}
