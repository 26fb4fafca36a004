package dev.selvage.process;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef.Monitor;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who wants to hear of one process's end. Whoever takes a watch out of the set decides its fate, which makes the notice
 * come exactly once: the process tells it, a monitor set too late tells itself, a cancel drops it.
 */
final class Monitors {
    private static final VarHandle WATCHES;

    static {
        try {
            WATCHES = MethodHandles.lookup().findVarHandle(Monitors.class, "watches", Set.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ManagedProcess<?> process;

    /** Made with the first watch: most processes have none. */
    private volatile @Nullable Set<Watch> watches;

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
            return watchSet().remove(this);
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
        watchSet().add(watch);
        ExitReason reason = process.exitReason().orElse(null);
        if (reason != null) {
            watch.tell(new Exit(process, reason));
        }
        return watch;
    }

    /** Called once, after the process became known as exited. */
    void tell(Exit exit) {
        Set<Watch> told = watches;
        if (told != null) {
            told.forEach(watch -> watch.tell(exit));
        }
    }

    int count() {
        Set<Watch> present = watches;
        return present == null ? 0 : present.size();
    }

    private Set<Watch> watchSet() {
        Set<Watch> present = watches;
        if (present != null) {
            return present;
        }
        Set<Watch> fresh = ConcurrentHashMap.newKeySet(2);
        return WATCHES.compareAndSet(this, null, fresh) ? fresh : Objects.requireNonNull(watches);
    }
}
