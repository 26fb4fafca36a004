package dev.selvage.task;

import dev.selvage.exit.ExitReason;
import dev.selvage.exit.Owner;
import dev.selvage.process.ProcessOptions;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.process.TaskBody;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Something that runs in a process of its own and has a result.
 *
 * {@snippet :
 * try (var scope = ProcessScope.open("page")) {
 *     Task<User> user = Task.start(scope, "user", () -> users.load(id));
 *     Task<List<Order>> orders = Task.start(scope, "orders", () -> shop.ordersOf(id));
 *     return render(user.await(), orders.await());
 * } // whatever still runs when this block is left is stopped and joined
 * }
 *
 * <p>The body runs at once, on a new virtual thread, in a process of the scope. So it fails, is killed, stopped by the
 * closing scope, abandoned and shown in thread dumps as every process is, and a failure is logged once, as every
 * process's. {@link #process()} is that process.
 *
 * <p>Any thread may call any method, any number of times: the result stays. A task is done when its process has ended,
 * not before: its registrations are gone and its locks released, and so whoever learns of the outcome finds them free.
 *
 * <p><b>How it ends.</b> The first of these decides, once and for all: the body returns ({@link Outcome.Success});
 * {@link #cancel()} is called ({@link Outcome.Cancelled}); the process ends, because the body threw
 * ({@link Outcome.Failure}), or because it was killed, stopped or abandoned ({@link Outcome.Cancelled}). So a body that
 * is stopped and returns a value even so has succeeded, what a killed one throws is no failure but its answer to that,
 * and the value of an abandoned one comes too late.
 *
 * <p><b>Waiting.</b> A wait that runs out of time, or is interrupted, ends nothing but itself: the task runs on, since
 * others may await it. (Elixir's {@code Task.await} ends the caller, and with it the task; its {@code Task.yield} is
 * what waits do here.) Use {@link #cancel()} to end the task, and {@code process().shutdown(…)} to have it ended for
 * certain in bounded time. Two tasks that await each other wait until one of them is interrupted.
 *
 * <p><b>Memory effects.</b> What the thread that started the task did before happens-before the body; what the body did
 * happens-before the return of a wait, or of {@link #poll()}, that tells its outcome. That a body is abandoned promises
 * nothing of the kind: it runs on.
 *
 * <p>A task that is done keeps its outcome and drops its body.
 *
 * @param <T> the type of the result
 */
public final class Task<T extends @Nullable Object> {
    private final ProcessRef<?> process;
    private final Run<T> run;

    private Task(ProcessRef<?> process, Run<T> run) {
        this.process = process;
        this.run = run;
    }

    /** What the process runs; kept by whoever keeps the process, so it must let go of the user's body. */
    private static final class Run<T extends @Nullable Object> implements TaskBody {
        private static final VarHandle OUTCOME;

        static {
            try {
                OUTCOME = MethodHandles.lookup().findVarHandle(Run.class, "outcome", Outcome.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        /** Taken by the process when it begins, or by whoever learns that it ended before. */
        private volatile @Nullable Callable<? extends T> body;

        // null -> Success, by the process
        //      -> Cancelled, by whoever cancels
        //      -> Failure or Cancelled, by the first that asks once the process has ended
        private volatile @Nullable Outcome<T> outcome;

        Run(Callable<? extends T> body) {
            this.body = body;
        }

        @Override
        public void run() throws Exception {
            Callable<? extends T> taken = body;
            body = null;
            if (taken == null) {
                return; // abandoned before it began
            }
            T value = taken.call();
            if (ProcessRef.current().map(Owner::isAlive).orElse(false)) {
                decide(new Outcome.Success<>(value));
            }
        }

        boolean decide(Outcome<T> candidate) {
            return OUTCOME.compareAndSet(this, null, candidate);
        }

        Outcome<T> decided(ExitReason reason) {
            body = null;
            Outcome<T> earlier = outcome;
            if (earlier != null) {
                return earlier;
            }
            Outcome<T> own = Outcomes.withoutValue(reason);
            return decide(own) ? own : Objects.requireNonNull(outcome);
        }
    }

    /**
     * Starts a task in a scope. The scope's owner only.
     *
     * @param <T> the type of the result
     * @param scope where its process lives
     * @param name its name, which its thread bears too, not blank
     * @param body what it does; what it returns, null too, or throws, an {@link Error} too, is its outcome
     * @return the running task
     * @throws dev.selvage.process.ProcessException if the scope is closed, or belongs to another thread
     */
    public static <T extends @Nullable Object> Task<T> start(
            ProcessScope scope, String name, Callable<? extends T> body) {
        return start(scope, name, body, options -> options);
    }

    /**
     * Starts a task in a scope, with other options of its process: how long the closing scope waits for it once it was
     * stopped, and once it was killed. The scope's owner only.
     *
     * @param <T> the type of the result
     * @param scope where its process lives
     * @param name its name, which its thread bears too, not blank
     * @param body what it does; what it returns, null too, or throws, an {@link Error} too, is its outcome
     * @param options makes the options from the defaults; those of the mailbox have no meaning
     * @return the running task
     * @throws dev.selvage.process.ProcessException if the scope is closed, or belongs to another thread
     */
    public static <T extends @Nullable Object> Task<T> start(
            ProcessScope scope, String name, Callable<? extends T> body, UnaryOperator<ProcessOptions> options) {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(body, "body");
        Run<T> run = new Run<>(body);
        return new Task<>(scope.run(name, run, options), run);
    }

    /**
     * Waits until the task is done and returns its value.
     *
     * @return what the body returned, which may be null
     * @throws InterruptedException if the current thread is interrupted before or while it waits; the task runs on
     * @throws TaskException.Failed if the body threw
     * @throws TaskException.Cancelled if the task was cancelled, or its process killed, stopped or abandoned
     * @throws TaskException if the task awaits itself
     */
    public T await() throws InterruptedException {
        return Outcomes.valueOf(join(), subject());
    }

    /**
     * Waits until the task is done, for a limited time, measured on the scope's clock, and returns its value.
     *
     * @param timeout how long at most; 0 or less does not wait
     * @return what the body returned, which may be null
     * @throws InterruptedException if the current thread is interrupted before or while it waits; the task runs on
     * @throws TaskException.TimedOut if the time is up; the task runs on
     * @throws TaskException.Failed if the body threw
     * @throws TaskException.Cancelled if the task was cancelled, or its process killed, stopped or abandoned
     * @throws TaskException if the task awaits itself
     */
    public T await(Duration timeout) throws InterruptedException {
        return Outcomes.valueOf(join(timeout), subject());
    }

    /**
     * Waits until the task is done and returns how it ended.
     *
     * @return the outcome, never {@link Outcome.TimedOut}
     * @throws InterruptedException if the current thread is interrupted before or while it waits; the task runs on
     * @throws TaskException if the task awaits itself
     */
    public Outcome<T> join() throws InterruptedException {
        refuseSelf();
        return run.decided(process.join());
    }

    /**
     * Waits until the task is done, for a limited time, measured on the scope's clock, and returns how it ended.
     *
     * @param timeout how long at most; 0 or less does not wait
     * @return the outcome, or {@link Outcome.TimedOut} with this timeout; then the task runs on
     * @throws InterruptedException if the current thread is interrupted before or while it waits; the task runs on
     * @throws TaskException if the task awaits itself
     */
    public Outcome<T> join(Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        refuseSelf();
        ExitReason reason = process.join(timeout).orElse(null);
        return reason == null ? new Outcome.TimedOut<>(timeout) : run.decided(reason);
    }

    /**
     * Returns how the task ended, without waiting.
     *
     * @return the outcome, or empty as long as the task is not done
     */
    public Optional<Outcome<T>> poll() {
        return process.exitReason().map(run::decided);
    }

    /**
     * Tells whether the task has ended, one way or another.
     *
     * @return true once its process has ended; then no wait waits
     */
    public boolean isDone() {
        return process.exitReason().isPresent();
    }

    /**
     * Ends the task without a result: interrupts its body, and returns at once. A body that ignores its interrupt goes
     * on, and who awaits the task goes on waiting: {@code process().shutdown(…)} ends it for certain.
     *
     * @return true if this call decided the outcome, {@link Outcome.Cancelled}; false if the body had returned, the
     *     process had ended, or the task was cancelled before
     */
    public boolean cancel() {
        boolean cancelled = process.isAlive() && run.decide(new Outcome.Cancelled<>(ExitReason.killed()));
        if (cancelled) {
            process.kill();
        }
        return cancelled;
    }

    /**
     * Returns the process that the task runs in: to monitor it, or to shut it down.
     *
     * @return the process; it takes no messages
     */
    public ProcessRef<?> process() {
        return process;
    }

    /**
     * Returns the name that the task was started under.
     *
     * @return the name
     */
    public String name() {
        return process.name();
    }

    private void refuseSelf() {
        if (Thread.currentThread() == process.thread()) {
            throw new TaskException(subject() + " awaits itself and would wait for ever");
        }
    }

    private String subject() {
        return "task '" + process.name() + "'";
    }

    @Override
    public String toString() {
        return subject() + " (" + poll().map(Task::kindOf).orElse("running") + ")";
    }

    /** Not the value: it may be long, or secret. */
    private static String kindOf(Outcome<?> outcome) {
        return outcome instanceof Outcome.Success ? "succeeded" : outcome.toString();
    }
}
