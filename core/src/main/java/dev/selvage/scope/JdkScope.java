package dev.selvage.scope;

import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's scope behind one {@link TaskScope}: calls go through the {@linkplain RunningJdk running JDK's} shape, and
 * what they throw comes out as a {@link ScopeException} that names the scope. Owner only.
 */
final class JdkScope {

    private final TaskScope named;
    private final QuietJoiner joiner = new QuietJoiner();
    private final Object scope;

    /** From then on the JDK accepts neither a fork nor a cancel. */
    private boolean joined;

    JdkScope(TaskScope named, ThreadFactory threads) {
        this.named = named;
        Bindings.settle();
        try {
            this.scope = RunningJdk.shape().open(named.name(), threads, joiner);
        } catch (Throwable failure) {
            throw failed("open", "", failure);
        }
    }

    /**
     * Has the factory make a thread and starts it; if the JDK's scope was shut down it may not start, without a word.
     */
    void fork(Callable<?> task, String threadName) {
        try {
            forkSettled(task);
        } catch (Throwable failure) {
            throw failed("fork", threadName, failure);
        }
    }

    private void forkSettled(Callable<?> task) throws Throwable {
        try {
            RunningJdk.shape().fork(scope, task);
        } catch (RuntimeException failure) {
            if (!isStructureViolation(failure)) {
                throw failure;
            }
            // Perhaps nothing was bound: the owner may have had a stack overflow, which makes the JDK forget what is.
            Bindings.settle();
            RunningJdk.shape().fork(scope, task);
        }
    }

    /** Interrupts what runs, without waiting; nothing starts any more. Nothing to do when joined. */
    void cancel() {
        if (!joined) {
            try {
                RunningJdk.shape().cancel(scope, joiner);
            } catch (Throwable failure) {
                throw failed("cancel", "", failure);
            }
        }
    }

    /**
     * Waits for the threads, once. Only to be called when the tasks have ended or after a cancel, so that there is next
     * to nothing to wait for: a join of the JDK 25 that was interrupted could not be repeated.
     */
    void join() {
        if (joined) {
            return;
        }
        joined = true;
        try {
            RunningJdk.shape().join(scope);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        } catch (Throwable failure) {
            throw failed("join", "", failure);
        }
    }

    /** Waits for the threads and takes the scope from the owner's stack, joined, or the JDK would throw afterwards. */
    void close() {
        join();
        try {
            RunningJdk.shape().close(scope);
        } catch (Throwable failure) {
            throw failed("close", "", failure);
        }
    }

    /** What to throw for what the JDK threw; errors pass as they are. */
    private ScopeException failed(String operation, String threadName, Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof ScopeException ours) {
            return ours;
        }
        String message = operation + " of " + named + ": ";
        if (isStructureViolation(failure)) {
            return new ScopeException.Misnested(
                    message + "scopes and scoped value bindings must end in the reverse of their order, and"
                            + " a fork needs the bindings that its scope was opened with",
                    failure);
        }
        return operation.equals("fork")
                ? notStarted(threadName, failure)
                : new ScopeException(message + "the JDK failed", failure);
    }

    /** What to throw when the JDK did not start a thread; without a cause when it did not say why. */
    ScopeException.NotStarted notStarted(String threadName, @Nullable Throwable cause) {
        String reason = cause == null
                ? "its scope was shut down, as happens when a scope or binding around it ends first"
                : String.valueOf(cause.getMessage());
        return new ScopeException.NotStarted(
                "fork of " + named + ": the JDK did not start thread '" + threadName + "': " + reason, cause);
    }

    /** By its name, because it is a preview class in 21 to 24. */
    private static boolean isStructureViolation(Throwable failure) {
        return failure.getClass().getName().equals("java.util.concurrent.StructureViolationException");
    }
}
