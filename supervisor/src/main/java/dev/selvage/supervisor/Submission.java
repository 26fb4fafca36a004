package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import dev.selvage.supervisor.SupervisorException.Refused;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A task in a dynamic supervisor, and its result.
 *
 * @param <T> the type of the result
 */
final class Submission<T extends @Nullable Object> {
    private final Callable<? extends T> task;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    /** What the task returned, before its process has ended; written by the task's thread. */
    private volatile @Nullable Returned<T> returned;

    private record Returned<T extends @Nullable Object>(T value) {}

    Submission(Callable<? extends T> task) {
        this.task = task;
    }

    CompletableFuture<T> startIn(SupervisorNode node, String name) throws InterruptedException {
        if (!node.isDynamic()) {
            throw new Refused(
                    Refused.Why.NOT_DYNAMIC,
                    "supervisor '" + node.name() + "' is " + node.spec().strategy() + "; tasks go to dynamic ones");
        }
        ChildSpec<Void> spec = ChildSpec.submission(name, this::run, exit -> ended(exit.reason()));
        Asking.ask(node, caller -> new Signal.Request.Start(spec, caller));
        return result;
    }

    private void run() throws Exception {
        returned = new Returned<>(task.call());
    }

    /** When its names and locks are free. */
    private void ended(ExitReason reason) {
        Returned<T> value = returned;
        if (value != null && !(reason instanceof ExitReason.Killed)) {
            result.complete(value.value());
        } else if (reason instanceof ExitReason.Failed(Throwable cause)) {
            result.completeExceptionally(cause);
        } else {
            result.cancel(false);
        }
    }
}
