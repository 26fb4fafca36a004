package dev.selvage.task;

import dev.selvage.process.ProcessOptions;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.process.TaskBody;
import dev.selvage.time.Deadline;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A function applied to a stream of inputs, to several at a time, each in a process of its own.
 *
 * {@snippet :
 * try (var pages = ParallelMap.open("pages", addresses, http::get, options -> options.withConcurrency(8))) {
 *     for (var page : pages) {
 *         switch (page.outcome()) {
 *             case Outcome.Success(String text) -> index(page.input(), text);
 *             case Outcome.Failure(Throwable cause) -> retryLater(page.input(), cause);
 *             case Outcome.TimedOut(Duration limit) -> retryLater(page.input(), limit);
 *             case Outcome.Cancelled(ExitReason reason) -> retryLater(page.input(), reason);
 *         }
 *     }
 * } // left early or not: nothing runs any more
 * }
 *
 * <p><b>Use.</b> The thread that opens a map owns it: it alone takes results and closes the map; other threads get a
 * {@link TaskException}. Take results with a for loop, as a {@link #stream()}, or by {@link #take()}, which may be
 * interrupted. A map is gone through once. Like every scope it is closed in the reverse order of opening, by the thread
 * that opened it, and results are taken with the same scoped values bound as when it was opened.
 *
 * <p><b>Inputs</b> are pulled on the owner's thread, one by one, inside the calls that take results, and only when they
 * are started: they may be infinite. Before a result is handed out, the inputs that there is room for are pulled and
 * started, so that the workers are busy while the owner is: so inputs that are slow to come hold back results. What the
 * inputs throw, and a null among them, is thrown as {@link TaskException.InputFailed} after the results of all inputs
 * that came before; then no more are asked for. A stream is closed with the map; whatever is behind an iterable is left
 * to its owner.
 *
 * <p><b>Bounds.</b> At most {@code concurrency} items run, and at most {@code concurrency + buffer} inputs have been
 * pulled whose results have not been taken: an ordered map does not run on behind a slow item without a bound, and
 * memory does not grow with the number of inputs.
 *
 * <p><b>Results.</b> Every input that was pulled has one {@link Item}, its outcome with its input: a function that
 * throws, an {@link Error} too, is a {@link Outcome.Failure}, is not logged, and ends no other item. An item counts as
 * running until its process has ended, and only then is its result told: what it registered or locked is free.
 *
 * <p><b>Time limit.</b> An item that is not done within {@code timeout} is interrupted, also while the owner is busy
 * with something else. Its result is {@link Outcome.TimedOut}, even if it returns now. If it ignores its interrupt for
 * {@code interruptPatience} it is abandoned: logged with its stack, no longer counted, its result told, its place given
 * to the next. So an item takes a place for at most both times; threads that ignore their interrupts may run beyond the
 * concurrency, until they end. The limit costs the map one parked thread.
 *
 * <p><b>Leaving.</b> {@link #close()} interrupts what runs and joins it, within {@code interruptPatience}; results not
 * taken are dropped, and no input is pulled any more. An interrupt while the owner waits loses nothing: it may go on
 * taking, or leave.
 *
 * <p><b>Memory effects.</b> What the owner did before a call that took a result happens-before the function runs on the
 * inputs that this call pulled; what the function did happens-before the call that takes its result returns, unless the
 * item was abandoned.
 *
 * <p>The idea is Elixir's {@code Task.async_stream}; there the buffer behind a slow item has no bound, and an item that
 * takes too long ends the caller unless told otherwise. The JDK's {@code Gatherers.mapConcurrent} knows neither time
 * limits nor failures as values.
 *
 * @param <I> the type of the inputs
 * @param <T> the type of the results
 */
public final class ParallelMap<I, T extends @Nullable Object>
        implements Iterable<ParallelMap.Item<I, T>>, AutoCloseable {

    /**
     * What is done to each input.
     *
     * @param <I> the type of the inputs
     * @param <T> the type of the results
     */
    @FunctionalInterface
    public interface Mapper<I, T extends @Nullable Object> {

        /**
         * Runs on the virtual thread of the item's own process; for several inputs at the same time.
         *
         * @param input the input
         * @return the result, which may be null
         * @throws Exception to fail: the item's outcome is a {@link Outcome.Failure}
         */
        T map(I input) throws Exception;
    }

    /**
     * One input and what became of it.
     *
     * @param <I> the type of the inputs
     * @param <T> the type of the results
     * @param input the input
     * @param outcome how the function ended on it
     */
    public record Item<I, T extends @Nullable Object>(I input, Outcome<T> outcome) {

        /** Refuses a missing part. */
        public Item {
            Objects.requireNonNull(input, "input");
            Objects.requireNonNull(outcome, "outcome");
        }
    }

    private final String name;
    private final ParallelMapOptions options;
    private final Inputs<I> inputs;
    private final Mapper<? super I, ? extends T> mapper;
    private final Thread owner = Thread.currentThread();
    private final ProcessScope scope;
    private final ProcessOptions processOptions;
    private final InFlight<I, T> inFlight;
    private final @Nullable TimeLimits limits;

    // Owner only, as are inputs and limits' keeper.

    /** Taken for {@code hasNext} and not yet handed out. */
    private @Nullable Item<I, T> ahead;

    private boolean closed;

    private ParallelMap(
            String name, Inputs<I> inputs, Mapper<? super I, ? extends T> mapper, ParallelMapOptions options) {
        this.name = name;
        this.options = options;
        this.inputs = inputs;
        this.mapper = mapper;
        this.inFlight = new InFlight<>(options.ordered());
        this.limits = TimeLimits.of(options);
        this.processOptions = ProcessOptions.defaults()
                .withStopPatience(Duration.ZERO)
                .withInterruptPatience(options.interruptPatience());
        this.scope = ProcessScope.open(name, scopeOptions -> scopeOptions.withTicker(options.ticker()));
    }

    /**
     * Opens a map over the elements of an iterable, owned by the current thread. Nothing is pulled or started yet.
     *
     * @param <I> the type of the inputs
     * @param <T> the type of the results
     * @param name its name in messages and thread dumps, not blank; the threads of the items add their number to it
     * @param inputs where the inputs come from, gone through once; for an iterator, {@code () -> iterator}
     * @param mapper what is done to each
     * @return the open map
     */
    public static <I, T extends @Nullable Object> ParallelMap<I, T> open(
            String name, Iterable<? extends I> inputs, Mapper<? super I, ? extends T> mapper) {
        return open(name, inputs, mapper, options -> options);
    }

    /**
     * Opens a map over the elements of an iterable, owned by the current thread, with other options. Nothing is pulled
     * or started yet.
     *
     * @param <I> the type of the inputs
     * @param <T> the type of the results
     * @param name its name in messages and thread dumps, not blank; the threads of the items add their number to it
     * @param inputs where the inputs come from, gone through once; for an iterator, {@code () -> iterator}
     * @param mapper what is done to each
     * @param options makes the options from the defaults
     * @return the open map
     */
    public static <I, T extends @Nullable Object> ParallelMap<I, T> open(
            String name,
            Iterable<? extends I> inputs,
            Mapper<? super I, ? extends T> mapper,
            UnaryOperator<ParallelMapOptions> options) {
        Objects.requireNonNull(inputs, "inputs");
        return open(name, new Inputs<>(inputs::iterator, () -> {}), mapper, options);
    }

    /**
     * Opens a map over the elements of a stream, owned by the current thread. Nothing is pulled or started yet. The
     * stream is closed with the map. It is gone through sequentially, and reads ahead as far as its own operations do.
     *
     * @param <I> the type of the inputs
     * @param <T> the type of the results
     * @param name its name in messages and thread dumps, not blank; the threads of the items add their number to it
     * @param inputs where the inputs come from
     * @param mapper what is done to each
     * @return the open map
     */
    public static <I, T extends @Nullable Object> ParallelMap<I, T> open(
            String name, Stream<? extends I> inputs, Mapper<? super I, ? extends T> mapper) {
        return open(name, inputs, mapper, options -> options);
    }

    /**
     * Opens a map over the elements of a stream, owned by the current thread, with other options. Nothing is pulled or
     * started yet. The stream is closed with the map. It is gone through sequentially, and reads ahead as far as its
     * own operations do.
     *
     * @param <I> the type of the inputs
     * @param <T> the type of the results
     * @param name its name in messages and thread dumps, not blank; the threads of the items add their number to it
     * @param inputs where the inputs come from
     * @param mapper what is done to each
     * @param options makes the options from the defaults
     * @return the open map
     */
    public static <I, T extends @Nullable Object> ParallelMap<I, T> open(
            String name,
            Stream<? extends I> inputs,
            Mapper<? super I, ? extends T> mapper,
            UnaryOperator<ParallelMapOptions> options) {
        Objects.requireNonNull(inputs, "inputs");
        return open(name, new Inputs<>(() -> inputs.sequential().iterator(), inputs::close), mapper, options);
    }

    private static <I, T extends @Nullable Object> ParallelMap<I, T> open(
            String name,
            Inputs<I> inputs,
            Mapper<? super I, ? extends T> mapper,
            UnaryOperator<ParallelMapOptions> options) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(mapper, "mapper");
        Objects.requireNonNull(options, "options");
        ParallelMapOptions chosen = Objects.requireNonNull(options.apply(ParallelMapOptions.DEFAULTS), "options");
        return new ParallelMap<>(name, inputs, mapper, chosen);
    }

    /**
     * Waits for the next result and takes it. The owner only.
     *
     * <p>The wait ends when there is a result, when all have been taken, or by an interrupt. It is as long as the time
     * limit of items lets it be, and as the inputs take to come.
     *
     * @return the next result, or empty if there are no more
     * @throws InterruptedException if the owner is interrupted before or while it waits; nothing is lost, and results
     *     can be taken further on
     * @throws TaskException.InputFailed if the inputs failed, once the results of all that came before are taken
     * @throws TaskException if the map is closed, or belongs to another thread
     * @throws dev.selvage.scope.ScopeException if an item could not be started, because other scoped values are bound
     *     than when the map was opened; nothing is lost
     */
    public Optional<Item<I, T>> take() throws InterruptedException {
        requireUsable();
        Item<I, T> next = ahead != null ? ahead : await();
        ahead = null;
        return Optional.ofNullable(next);
    }

    private @Nullable Item<I, T> await() throws InterruptedException {
        for (; ; ) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted in a wait for a result of " + this);
            }
            long endings = inFlight.endings();
            boolean ready = inFlight.isReady();
            fill(ready ? options.bound() + 1 : options.bound()); // one is about to be taken
            if (ready) {
                return inFlight.take().item();
            }
            if (inFlight.size() == 0) {
                inputs.throwFailure(name);
                return null;
            }
            inFlight.awaitEnding(endings);
        }
    }

    private void fill(long bound) {
        while (inFlight.size() < bound && inFlight.running() < options.concurrency()) {
            I input = inputs.peek();
            if (input == null) {
                return;
            }
            start(input);
        }
    }

    private void start(I input) {
        if (limits != null && limits.hasNoKeeper()) {
            limits.keptBy(run(name + "-time-limits", limits).thread());
        }
        Slot<I, T> slot = new Slot<>(input, mapper);
        Deadline deadline = limits == null ? Deadline.never() : limits.next();
        ProcessRef<?> process = run(name + "-" + inputs.count(), slot);
        inputs.remove();
        slot.runsAs(process);
        inFlight.add(slot);
        if (limits != null) {
            limits.watch(slot, deadline);
        }
        process.monitor(exit -> {
            if (limits != null) {
                limits.forget(slot);
            }
            slot.settle(exit.reason());
            inFlight.ended(slot);
        });
    }

    private ProcessRef<?> run(String processName, TaskBody body) {
        return scope.run(processName, body, defaults -> processOptions);
    }

    /**
     * Returns the results as an iterator, for a loop. Every call returns a view of the same results, which come once.
     * The owner only. Its {@code hasNext} waits as {@link #take()} does and throws the same, but for an interrupt: that
     * is {@link TaskException.Interrupted}, and the interrupt status stays set.
     *
     * @return the results that have not been taken
     */
    @Override
    public Iterator<Item<I, T>> iterator() {
        requireUsable();
        return new Results();
    }

    private final class Results implements Iterator<Item<I, T>> {

        @Override
        public boolean hasNext() {
            requireUsable();
            if (ahead == null) {
                try {
                    ahead = await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new TaskException.Interrupted(String.valueOf(e.getMessage()), e);
                }
            }
            return ahead != null;
        }

        @Override
        public Item<I, T> next() {
            if (!hasNext()) {
                throw new NoSuchElementException("all results of " + ParallelMap.this + " are taken");
            }
            Item<I, T> next = Objects.requireNonNull(ahead);
            ahead = null;
            return next;
        }
    }

    /**
     * Returns the results that have not been taken, to be split by no one.
     *
     * @return a spliterator over {@link #iterator()}
     */
    @Override
    public Spliterator<Item<I, T>> spliterator() {
        int order = options.ordered() ? Spliterator.ORDERED : 0;
        return Spliterators.spliteratorUnknownSize(iterator(), order | Spliterator.NONNULL);
    }

    /**
     * Returns the results as a stream: sequential, lazy, for the owner only, as {@link #iterator()}. Closing it closes
     * this map.
     *
     * @return the results that have not been taken
     */
    public Stream<Item<I, T>> stream() {
        return StreamSupport.stream(spliterator(), false).onClose(this::close);
    }

    /**
     * Ends the map: interrupts the items that run, waits until they have ended, abandons those that have not within the
     * interrupt patience, drops the results not taken, and closes a stream of inputs. The owner only; a second call
     * does nothing. It takes no longer than the interrupt patience, and what the stream takes to close. An interrupt of
     * the owner does not shorten it, and stays set.
     *
     * @throws TaskException if the map belongs to another thread
     */
    @Override
    public void close() {
        requireOwner();
        if (closed) {
            return;
        }
        closed = true;
        ahead = null;
        try (inputs;
                scope) { // the scope first: no item runs when its inputs are closed
            inputs.remove();
        } finally {
            inFlight.clear();
        }
    }

    private void requireUsable() {
        requireOwner();
        if (closed) {
            throw new TaskException("parallel map '" + name + "' is closed");
        }
    }

    private void requireOwner() {
        Thread current = Thread.currentThread();
        if (current != owner) {
            throw new TaskException("parallel map '" + name + "' belongs to thread '" + owner.getName() + "'; this is '"
                    + current.getName() + "'");
        }
    }

    @Override
    public String toString() {
        String state = closed ? "closed" : inFlight.running() + " running, " + inputs.count() + " inputs pulled";
        return "parallel map '" + name + "' (" + state + ")";
    }
}
