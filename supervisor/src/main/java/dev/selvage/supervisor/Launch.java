package dev.selvage.supervisor;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** The start of an outermost supervisor, seen from the thread that asks for it. */
final class Launch {
    private final SupervisorNode node;

    /** The supervisor's process, once its thread was started. */
    private final CompletableFuture<ProcessRef<?>> process = new CompletableFuture<>();

    /** Empty once all children have started; why the supervisor ended, if it did before. */
    private final CompletableFuture<Optional<ExitReason>> outcome = new CompletableFuture<>();

    private final Supervisor handle;

    Launch(SupervisorSpec spec) {
        this.node = new SupervisorNode(spec);
        this.handle = new Supervisor(this);
        node.handle(handle);
    }

    Supervisor handle() {
        return handle;
    }

    SupervisorNode node() {
        return node;
    }

    /** Starts the supervisor in a scope of the current thread. */
    void in(ProcessScope scope) {
        ProcessRef<?> started = scope.start(
                node.name(),
                new SupervisorBody(node, () -> outcome.complete(Optional.empty())),
                options -> options.withStopPatience(Checks.FOREVER).withInterruptPatience(Checks.FOREVER));
        started.monitor(exit -> outcome.complete(Optional.of(exit.reason())));
        process.complete(started);
    }

    /**
     * Starts the supervisor on a thread of its own, which owns the outermost scope. It is a daemon, as all virtual
     * threads are: it may have to wait behind for a child that was abandoned, and must not keep anybody from leaving.
     */
    void detached() {
        Thread.ofVirtual().name("root of " + node.name()).start(() -> {
            try (ProcessScope scope =
                    ProcessScope.open("root of " + node.name(), options -> options.withTicker(node.ticker()))) {
                in(scope);
                process().join();
            } catch (InterruptedException unexpected) {
                Thread.currentThread().interrupt(); // the close of the scope has ended the tree at once
            } catch (Throwable failure) {
                process.completeExceptionally(failure);
                outcome.completeExceptionally(failure);
            }
        });
    }

    /** The supervisor's process; waits for its thread to be started, which nothing can hold up. */
    ProcessRef<?> process() {
        try {
            return process.join();
        } catch (CompletionException failed) {
            throw couldNotStart(Objects.requireNonNullElse(failed.getCause(), failed));
        }
    }

    /**
     * Waits until all children have started, or the supervisor has ended before.
     *
     * @return empty in the first case; why it ended in the second
     */
    Optional<ExitReason> awaitOutcome() throws InterruptedException {
        try {
            return outcome.get();
        } catch (ExecutionException failed) {
            throw couldNotStart(Objects.requireNonNullElse(failed.getCause(), failed));
        }
    }

    /** Made on the waiting thread, so that its stack trace says who wanted the start. */
    SupervisorException startFailure(ExitReason reason) {
        if (!(reason instanceof ExitReason.Failed(Throwable cause))) {
            return new SupervisorException("supervisor '" + node.name() + "' was ended while it started: " + reason);
        }
        if (cause instanceof SupervisorException.StartFailed failed && failed.getCause() != null) {
            return new SupervisorException.StartFailed(failed.supervisor(), failed.child(), failed.getCause());
        }
        return couldNotStart(cause);
    }

    private SupervisorException couldNotStart(Throwable cause) {
        return new SupervisorException("supervisor '" + node.name() + "' could not start: " + cause, cause);
    }
}
