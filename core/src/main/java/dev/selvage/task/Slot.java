package dev.selvage.task;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.TaskBody;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One item of a parallel map, from its start until it is taken: what its process runs, and what came of it. */
final class Slot<I, T extends @Nullable Object> implements TaskBody {
    private static final VarHandle OUTCOME;

    static {
        try {
            OUTCOME = MethodHandles.lookup().findVarHandle(Slot.class, "outcome", Outcome.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final I input;
    private final ParallelMap.Mapper<? super I, ? extends T> mapper;

    /** Written by the owner before anybody else knows of this slot. */
    private @Nullable ProcessRef<?> process;

    // null -> Success or Failure, by the process
    //      -> TimedOut, by the keeper of time limits
    //      -> Failure or Cancelled, at the end of the process
    private volatile @Nullable Outcome<T> outcome;

    /** Whether the outcome may be told: the process has ended. Guarded by the lock of {@link InFlight}. */
    boolean ended;

    Slot(I input, ParallelMap.Mapper<? super I, ? extends T> mapper) {
        this.input = input;
        this.mapper = mapper;
    }

    void runsAs(ProcessRef<?> started) {
        process = started;
    }

    /** What is thrown is a value here: the process ends normally and nothing is logged. */
    @Override
    public void run() {
        Outcome<T> own;
        try {
            own = new Outcome.Success<>(mapper.map(input));
        } catch (Throwable thrown) {
            own = new Outcome.Failure<>(thrown);
        }
        decide(own);
    }

    private boolean decide(Outcome<T> candidate) {
        return OUTCOME.compareAndSet(this, null, candidate);
    }

    /** Interrupts the item, unless it has an outcome already. */
    boolean timeOut(Duration limit) {
        boolean late = decide(new Outcome.TimedOut<>(limit));
        if (late) {
            process().kill();
        }
        return late;
    }

    /** Declares the item ended, whatever its thread does. Does not wait. */
    void abandon() throws InterruptedException {
        process().shutdown(Duration.ZERO, Duration.ZERO);
    }

    /**
     * At the end of the process, before the outcome is told. Somebody may have killed or stopped the process: then what
     * the body threw is its answer to that.
     */
    void settle(ExitReason reason) {
        boolean wished = reason instanceof ExitReason.Killed || reason instanceof ExitReason.Shutdown;
        if (!decide(Outcomes.withoutValue(reason)) && wished && outcome instanceof Outcome.Failure) {
            outcome = new Outcome.Cancelled<>(reason);
        }
    }

    ParallelMap.Item<I, T> item() {
        return new ParallelMap.Item<>(input, Objects.requireNonNull(outcome));
    }

    private ProcessRef<?> process() {
        return Objects.requireNonNull(process);
    }
}
