package dev.selvage.supervisor;

import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.SupervisorTree.Event;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

/** The thread of a child that was abandoned, until it ends after all. */
final class AbandonedThread {
    private static final Logger LOG = System.getLogger("dev.selvage.supervisor");

    private final SupervisorNode node;
    private final String child;
    private final ProcessRef<?> process;

    AbandonedThread(SupervisorNode node, String child, ProcessRef<?> process) {
        this.node = node;
        this.child = child;
        this.process = process;
    }

    /** Tells of it, and has a thread wait for its end: one for each, since there should be none. */
    void watch() {
        Thread thread = process.thread();
        List<StackTraceElement> stack = List.of(thread.getStackTrace());
        node.stuckThreads(1);
        FlightEvents.abandoned(node.name(), child);
        node.announcer().tell(new Event.Abandoned(node.name(), child, process, stack));
        LOG.log(
                Level.WARNING,
                "supervisor ''{0}'': child ''{1}'' was abandoned; what depends on its end may see it run on",
                node.name(),
                child);
        Thread.ofVirtual().name("waits for abandoned " + child).start(() -> awaitEnd(thread));
    }

    private void awaitEnd(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException nobodyDoesThat) {
            Thread.currentThread().interrupt();
        }
        node.stuckThreads(-1);
        node.announcer().tell(new Event.AbandonedEnded(node.name(), child));
        LOG.log(Level.INFO, "supervisor ''{0}'': the thread of abandoned child ''{1}'' has ended", node.name(), child);
    }
}
