package dev.selvage.process;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef.Monitor;
import java.lang.System.Logger.Level;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who wants to hear of one process's end. Most processes have one monitor, their supervisor's, or none; so the process
 * keeps nothing, one watch, or from the second one on a table of them, in the order in which they were set, which is
 * that in which they are told: one of chance would be nobody's to repeat.
 *
 * <p>Whoever marks a watch over decides its fate, which makes the notice come exactly once: the process tells it, a
 * monitor set too late tells itself, a cancel drops it. Only afterwards is it taken from where it is kept; a watch that
 * moves to the table while that happens is there before it is out of the field, so it is found in one or the other.
 */
final class Monitors {
    // what the process keeps: null <-> a watch -> a table of watches
    private final ConcurrentSkipListMap<Integer, Watch> watches = new ConcurrentSkipListMap<>();

    /** The last place that was given; the first watch has place 0. */
    private final AtomicInteger places = new AtomicInteger();

    private Monitors() {}

    /** One monitor: false while it waits, then set once. */
    private static final class Watch extends AtomicBoolean implements Monitor {
        private static final long serialVersionUID = 1L;

        private final transient ManagedProcess<?> process;
        private final transient Consumer<? super Exit> action;

        /** Its place among those of the process; written before it is put there. */
        private int place;

        Watch(ManagedProcess<?> process, Consumer<? super Exit> action) {
            this.process = process;
            this.action = action;
        }

        @Override
        public boolean cancel() {
            if (!compareAndSet(false, true)) {
                return false;
            }
            forget(process, this);
            return true;
        }

        void tell(Exit exit) {
            if (!cancel()) {
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
    static Monitor add(ManagedProcess<?> process, Consumer<? super Exit> action) {
        Watch watch = new Watch(process, action);
        keep(process, watch);
        ExitReason reason = process.exitReason().orElse(null);
        if (reason != null) {
            watch.tell(new Exit(process, reason));
        }
        return watch;
    }

    private static void keep(ManagedProcess<?> process, Watch watch) {
        for (; ; ) {
            Object kept = process.monitors();
            if (kept instanceof Monitors table) {
                watch.place = table.places.incrementAndGet();
                table.watches.put(watch.place, watch);
                return;
            }
            Object wanted = watch;
            if (kept instanceof Watch only) {
                Monitors table = new Monitors();
                table.watches.put(only.place, only);
                wanted = table;
            }
            if (process.replaceMonitors(kept, wanted) && wanted == watch) {
                return;
            }
        }
    }

    private static void forget(ManagedProcess<?> process, Watch watch) {
        if (!process.replaceMonitors(watch, null) && process.monitors() instanceof Monitors table) {
            table.watches.remove(watch.place, watch);
        }
    }

    /** Called once, after the process became known as exited, with what it keeps. */
    static void tell(@Nullable Object kept, Exit exit) {
        if (kept instanceof Watch only) {
            only.tell(exit);
        } else if (kept instanceof Monitors table) {
            table.watches.values().forEach(watch -> watch.tell(exit));
        }
    }

    static int count(@Nullable Object kept) {
        return kept instanceof Monitors table ? table.watches.size() : kept == null ? 0 : 1;
    }
}
