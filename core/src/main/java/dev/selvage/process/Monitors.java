package dev.selvage.process;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef.Monitor;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Who wants to hear of one process's end. Whoever takes a watch out of the set decides its fate, which makes the notice
 * come exactly once: the process tells it, a monitor set too late tells itself, a cancel drops it.
 */
final class Monitors {
    private final ManagedProcess<?> process;

    private final Set<Watch> watches = ConcurrentHashMap.newKeySet(2);

    Monitors(ManagedProcess<?> process) {
        this.process = process;
    }

    private final class Watch implements Monitor {
        private final Consumer<? super Exit> action;

        Watch(Consumer<? super Exit> action) {
            this.action = action;
        }

        @Override
        public boolean cancel() {
            return claim();
        }

        boolean claim() {
            return watches.remove(this);
        }

        void tell(Exit exit) {
            if (!claim()) {
                return;
            }
            try {
                action.accept(exit);
            } catch (Throwable failure) {
                ManagedProcess.LOG.log(Level.ERROR, "a monitor of '" + process.name() + "' failed", failure);
            }
        }
    }

    /** Adds first and asks afterwards whether it is too late, so that either side finds the watch. */
    Monitor add(Consumer<? super Exit> action) {
        Watch watch = new Watch(action);
        watches.add(watch);
        ExitReason reason = process.exitReason().orElse(null);
        if (reason != null) {
            watch.tell(new Exit(process, reason));
        }
        return watch;
    }

    /** Called once, after the process became known as exited. */
    void tell(Exit exit) {
        watches.forEach(watch -> watch.tell(exit));
    }

    int count() {
        return watches.size();
    }
}
