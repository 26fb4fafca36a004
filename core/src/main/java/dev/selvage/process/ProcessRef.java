package dev.selvage.process;

import dev.selvage.exit.ExitReason;
import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import dev.selvage.registry.UniqueRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A process, seen from anywhere: send to it, call it, watch it, stop it.
 *
 * {@snippet :
 * counter.send(new Add(2));
 * int sum = counter.call(Get::new);                       // waits at most 5 s
 * int same = counter.call(Get::new, Duration.ofMillis(50));
 * }
 *
 * <p>Any thread may call any method, processes and others alike. The reference stays good after the process has ended:
 * sends are refused, calls fail at once, and the reason can be read. A process that is started anew in its place is
 * another process with another reference; keep a {@linkplain #named name}, not a reference, where that matters.
 *
 * <p>When a process ends, whatever the cause, it is first no longer alive, then its registrations, locks and leases are
 * gone, then every call queued or in hand fails with the reason, then links and monitors are told, then its scope. So
 * whoever learns of an exit finds every name and lock of it free. {@link #join} returns as soon as the calls have
 * failed: monitors and the scope may be told a moment later.
 *
 * <p>The semantics of calls and monitors are those of Erlang/OTP's {@code gen_server:call} and {@code monitor/2}, with
 * one difference: a late answer never reaches the caller's mailbox.
 *
 * @param <M> the type of its messages
 */
public sealed interface ProcessRef<M> extends Owner permits ManagedProcess {

    /** How long {@link #call(Function)} waits. */
    Duration DEFAULT_CALL_TIMEOUT = Duration.ofSeconds(5);

    /**
     * Returns the process that the current thread is, from any depth of call.
     *
     * @return the process, or empty on a thread that is none
     */
    static Optional<ProcessRef<?>> current() {
        Lifetime lifetime = Lifetime.currentOrNull();
        return lifetime != null && lifetime.owner() instanceof ProcessRef<?> process
                ? Optional.of(process)
                : Optional.empty();
    }

    /**
     * Returns a reference by name: whoever has the key in a registry at the moment of each send and each call.
     *
     * @param <K> the type of the registry's keys
     * @param <M> the type of the process's messages
     * @param registry where processes register themselves, with their reference as the value
     * @param key the name
     * @return the reference by name; nobody needs to have the key yet
     */
    static <K, M> Named<M> named(UniqueRegistry<K, ? extends ProcessRef<M>> registry, K key) {
        return new NamedProcess<>(registry, key);
    }

    /**
     * Sends a message.
     *
     * <p>Never throws for a process that has ended, and does not wait, but for one case: a bounded mailbox with
     * {@link Mailbox.Overflow#BLOCK} that is full. That wait ends when there is room, when the process stops (false),
     * or when the sender is interrupted (false, and the interrupt status stays set).
     *
     * @param message the message
     * @return true if it was accepted, which is no promise that the process lives to handle it; false if the process
     *     has ended, has been asked to stop, or its mailbox refused the message
     * @throws ProcessException if a process sends to its own full mailbox and would wait for itself
     */
    boolean send(M message);

    /**
     * Calls the process and waits for its answer for at most 5 seconds.
     *
     * @param <R> the type of the answer
     * @param message makes the message from the address that the answer goes to
     * @return the answer
     * @throws InterruptedException if the caller is interrupted before or while it waits
     * @throws ProcessException as {@link #call(Function, Duration)} does
     */
    default <R> R call(Function<ReplyTo<R>, ? extends M> message) throws InterruptedException {
        return call(message, DEFAULT_CALL_TIMEOUT);
    }

    /**
     * Calls the process and waits for its answer.
     *
     * <p>The wait ends by the answer, by the end of the process (at once, also while the call is still queued or its
     * answer was put off), by the time limit, or by an interrupt. In each case nothing of the call stays behind: an
     * answer that comes later vanishes.
     *
     * @param <R> the type of the answer
     * @param message makes the message from the address that the answer goes to; called once, on this thread
     * @param timeout how long at most; with 0 or less nothing is sent and the call times out at once
     * @return the answer
     * @throws InterruptedException if the caller is interrupted before or while it waits
     * @throws ProcessException.CallTimeout if the time is up
     * @throws ProcessException.Exited if the process has ended, is stopping, or ends before it answers
     * @throws ProcessException.CallFailed if it answers with {@link ReplyTo#fail}
     * @throws ProcessException.MailboxFull if a bounded mailbox refuses or drops the call
     * @throws ProcessException if a process calls itself
     */
    <R> R call(Function<ReplyTo<R>, ? extends M> message, Duration timeout) throws InterruptedException;

    /**
     * Asks the process something without waiting for the answer: as a call whose caller waits later.
     *
     * <p>Does not wait, but for one case: a bounded mailbox with {@link Mailbox.Overflow#BLOCK} that is full. What goes
     * wrong, also at once, is thrown by {@link Request#await()}. An interrupt while waiting for room fails the request,
     * and the interrupt status stays set.
     *
     * @param <R> the type of the answer
     * @param message makes the message from the address that the answer goes to; called once, on this thread
     * @param timeout after which time from now the request ends without an answer; with 0 or less nothing is sent
     * @return the request
     * @throws ProcessException if a process asks itself
     */
    <R> Request<R> request(Function<ReplyTo<R>, ? extends M> message, Duration timeout);

    /**
     * Asks the process something without waiting for the answer, which has 5 seconds to come.
     *
     * @param <R> the type of the answer
     * @param message makes the message from the address that the answer goes to
     * @return the request
     * @throws ProcessException as {@link #request(Function, Duration)} does
     */
    default <R> Request<R> request(Function<ReplyTo<R>, ? extends M> message) {
        return request(message, DEFAULT_CALL_TIMEOUT);
    }

    /**
     * Returns how many messages are queued.
     *
     * @return the number at some moment during the call; 0 for a process without a mailbox
     */
    int mailboxLength();

    /**
     * Returns how many messages were queued at most. A process whose mailbox is unbounded looks when it takes what has
     * come and each time 64 more have come, so the figure may be short by as many.
     *
     * @return the high-water mark since the start
     */
    int longestMailbox();

    /**
     * Returns how many accepted messages a bounded mailbox has dropped to make room.
     *
     * @return the count since the start
     */
    long droppedMessages();

    /**
     * Returns why the process ended.
     *
     * @return the reason, or empty as long as the process lives or its names and locks are not free yet
     */
    @Override
    Optional<ExitReason> exitReason();

    /**
     * Waits until the process has ended. What it did happens-before the return.
     *
     * @return why it ended
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     * @throws ProcessException if a process waits for itself
     */
    @Override
    ExitReason join() throws InterruptedException;

    /**
     * Waits until the process has ended, for a limited time.
     *
     * @param timeout how long at most; 0 or less does not wait
     * @return why it ended, or empty when the time is up
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     * @throws ProcessException if a process waits for itself
     */
    Optional<ExitReason> join(Duration timeout) throws InterruptedException;

    /**
     * Asks to be told of the process's end: exactly once, at once and on this thread if it has ended already, otherwise
     * on the thread that ends it. The action should be short; what it throws is logged and changes nothing for others.
     *
     * @param action what to do with the notice
     * @return the monitor, to cancel it
     */
    Monitor monitor(Consumer<? super Exit> action);

    /**
     * Links this process and another: when either exits abnormally the other is ended for the same reason, by an
     * interrupt, unless it {@linkplain Mailbox#trapExits traps exits}. A normal end or an orderly stop ends nobody.
     * Linking twice is linking once. If one of the two has exited already, the other hears of it now, on this thread.
     *
     * <p>The reason travels unchanged from link to link, so that the first failure is the cause that all of them show.
     * Links are those of Erlang/OTP, with two differences: an orderly stop is no abnormal end, and a link with a
     * process that has ended normally is no error.
     *
     * @param other the other process
     * @throws IllegalArgumentException if it is this process
     */
    void link(ProcessRef<?> other);

    /**
     * Takes a link away.
     *
     * @param other the other process
     * @return true if there was a link and neither end will pass over it; false if there was none, or it was used
     */
    boolean unlink(ProcessRef<?> other);

    /**
     * Returns what there is to know about the process, for people: each part as of some moment during the call.
     *
     * @return a value
     */
    Snapshot snapshot();

    /**
     * Asks the process to end in good order, and returns at once. What was queued before is handled first; what comes
     * later is refused. A process without a mailbox is interrupted. A process that has ended is left alone.
     */
    void stop();

    /**
     * Kills the process: interrupts it at once, with reason {@code Killed}, and returns without waiting for its end.
     */
    void kill();

    /**
     * Ends the process in bounded time: asks it to stop and waits; then kills it and waits; then abandons it, that is,
     * declares it exited though its thread runs on (see {@link #isAbandoned()}). An interrupt of the current thread
     * cuts both waits short: the process is killed and given its {@code interruptPatience} before the exception is
     * thrown.
     *
     * @param stopPatience how long to wait for the orderly end; 0 or less kills at once
     * @param interruptPatience how long to wait after the interrupt; 0 or less abandons at once
     * @return why it ended
     * @throws InterruptedException if the current thread was interrupted; the process has ended even so
     * @throws ProcessException if a process shuts itself down
     */
    ExitReason shutdown(Duration stopPatience, Duration interruptPatience) throws InterruptedException;

    /**
     * Tells whether the process was abandoned: it ignored its interrupt and was declared exited while its thread ran
     * on. It has lost its names and its calls have failed, but it keeps its locks until its thread really ends, so that
     * no lock ever has two holders.
     *
     * @return true if it was abandoned
     */
    boolean isAbandoned();

    /**
     * The wish to hear of one process's end, once. Made by {@link #monitor} and {@link Mailbox#monitor}.
     *
     * <p>Monitors stack: two on the same process tell twice. They are one-way: the watched process never learns of
     * them. The idea is Erlang's {@code monitor/2}.
     */
    interface Monitor extends AutoCloseable {

        /**
         * Cancels the wish. Any thread may call it, any number of times. When it returns true the notice will never
         * come; when it returns false it was given, or is being given on another thread at this moment, or was
         * cancelled before.
         *
         * @return true if this call cancelled it
         */
        boolean cancel();

        /** Cancels the wish; the same as {@link #cancel()}. */
        @Override
        default void close() {
            cancel();
        }
    }

    /**
     * A process known by its name. The name is looked up anew at each send and each call, so that a process that was
     * started again in the place of another, and has registered itself, is found. Made by {@link ProcessRef#named}.
     *
     * {@snippet :
     * UniqueRegistry<String, ProcessRef<Message>> names = Registry.unique("names");
     * // in the process: names.register("counter", mailbox.self());
     *
     * ProcessRef.Named<Message> counter = ProcessRef.named(names, "counter");
     * int sum = counter.call(Get::new); // fails at once if the counter dies meanwhile
     * int again = counter.call(Get::new); // by the counter that was started in its place, once it has registered
     * }
     *
     * <p>Any thread may call any method. Each of them goes to one process, the one that had the key when it began, and
     * ends as that of {@link ProcessRef} does: nothing is sent twice, and nothing is sent to the successor of a process
     * that died with it in hand. When nobody has the key, because it was not started yet or is being restarted, a send
     * returns false, and a call fails at once with {@link NotRegistered}; {@link #await} waits for the next.
     *
     * <p>Once the registry is closed, each method throws its {@code RegistryException.Closed}. The idea is that of
     * Erlang's registered names and Elixir's {@code :via} tuples.
     *
     * @param <M> the type of the process's messages
     */
    sealed interface Named<M> permits NamedProcess {

        /**
         * Looks the name up.
         *
         * @return the living process that has the key, or empty when nobody has it
         */
        Optional<ProcessRef<M>> resolve();

        /**
         * Waits until somebody has the key: at once if somebody has it, for the next registration otherwise.
         *
         * @param timeout how long at most; 0 or less looks once
         * @return the process, or empty when the time is up
         * @throws InterruptedException if the current thread is interrupted before or while it waits
         */
        Optional<ProcessRef<M>> await(Duration timeout) throws InterruptedException;

        /**
         * Sends a message to whoever has the key, as {@link ProcessRef#send} does.
         *
         * @param message the message
         * @return true if it was accepted, which is no promise that it will be handled; false if nobody has the key, or
         *     the process that has it refused it
         */
        boolean send(M message);

        /**
         * Calls whoever has the key and waits for the answer for at most 5 seconds.
         *
         * @param <R> the type of the answer
         * @param message makes the message from the address that the answer goes to
         * @return the answer
         * @throws InterruptedException if the caller is interrupted before or while it waits
         * @throws NotRegistered if nobody has the key
         * @throws ProcessException as {@link ProcessRef#call(Function, Duration)} does
         */
        default <R> R call(Function<ReplyTo<R>, ? extends M> message) throws InterruptedException {
            return call(message, DEFAULT_CALL_TIMEOUT);
        }

        /**
         * Calls whoever has the key and waits for the answer, as {@link ProcessRef#call(Function, Duration)} does.
         *
         * @param <R> the type of the answer
         * @param message makes the message from the address that the answer goes to; called once, on this thread, and
         *     not at all if nobody has the key
         * @param timeout how long at most; with 0 or less nothing is sent and the call times out at once
         * @return the answer
         * @throws InterruptedException if the caller is interrupted before or while it waits
         * @throws NotRegistered if nobody has the key
         * @throws ProcessException as {@link ProcessRef#call(Function, Duration)} does: if the process dies before it
         *     answers, at once and with its reason
         */
        <R> R call(Function<ReplyTo<R>, ? extends M> message, Duration timeout) throws InterruptedException;

        /**
         * Asks whoever has the key, without waiting for the answer, which has 5 seconds to come.
         *
         * @param <R> the type of the answer
         * @param message makes the message from the address that the answer goes to
         * @return the request
         * @throws NotRegistered if nobody has the key
         * @throws ProcessException as {@link ProcessRef#request(Function, Duration)} does
         */
        default <R> Request<R> request(Function<ReplyTo<R>, ? extends M> message) {
            return request(message, DEFAULT_CALL_TIMEOUT);
        }

        /**
         * Asks whoever has the key, without waiting for the answer, as {@link ProcessRef#request(Function, Duration)}
         * does. The request stays with the process that was asked.
         *
         * @param <R> the type of the answer
         * @param message makes the message from the address that the answer goes to; called once, on this thread, and
         *     not at all if nobody has the key
         * @param timeout after which time from now the request ends without an answer
         * @return the request
         * @throws NotRegistered if nobody has the key
         * @throws ProcessException as {@link ProcessRef#request(Function, Duration)} does
         */
        <R> Request<R> request(Function<ReplyTo<R>, ? extends M> message, Duration timeout);

        /** A call by name found nobody of that name: nothing was sent. */
        final class NotRegistered extends ProcessException {
            private static final long serialVersionUID = 1L;

            NotRegistered(Object key, String registry) {
                super("nobody has key " + key + " in registry " + registry + ": nothing was sent");
            }
        }
    }

    /** Where a process is in its life. */
    enum State {
        /** It runs or waits. */
        RUNNING,
        /** It was asked to stop and works off what was queued before. */
        STOPPING,
        /** It was killed, or a link ends it, and its body has not returned yet. */
        ENDING,
        /** It has ended. */
        EXITED,
        /** It was declared exited, but its thread runs on. */
        ABANDONED;

        /** Returns the name in lower case. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What there is to know about a process, for people.
     *
     * @param process the process
     * @param state where it is in its life
     * @param exitReason why it ended, if it has
     * @param age the time since its start
     * @param mailboxLength how many messages are queued
     * @param longestMailbox how many were queued at most, see {@link #longestMailbox()}
     * @param droppedMessages how many an overflow rule has dropped
     * @param lastMessageType the type of the message that it took last, if it took one
     * @param links the processes that it is linked with
     * @param monitors how many ask to be told of its end
     * @param holdings its registrations, locks and leases, each in its own words
     */
    record Snapshot(
            ProcessRef<?> process,
            State state,
            Optional<ExitReason> exitReason,
            Duration age,
            int mailboxLength,
            int longestMailbox,
            long droppedMessages,
            Optional<String> lastMessageType,
            List<ProcessRef<?>> links,
            int monitors,
            List<String> holdings) {

        /**
         * Returns the stack of the process's thread as it is now, which need not be when the rest was gathered.
         *
         * @return the frames, the innermost first; empty when the thread has ended
         */
        public List<StackTraceElement> stack() {
            return List.of(process.thread().getStackTrace());
        }

        /** Returns the parts that say something, in one line. */
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("process '" + process.name() + "', " + state);
            exitReason.ifPresent(reason -> text.append(" (").append(reason).append(')'));
            text.append(", started ").append(age.toMillis()).append(" ms ago, ");
            text.append(mailboxLength)
                    .append(" queued (")
                    .append(longestMailbox)
                    .append(" at most)");
            if (droppedMessages > 0) {
                text.append(", ").append(droppedMessages).append(" dropped");
            }
            lastMessageType.ifPresent(type -> text.append(", last message ").append(type));
            if (!links.isEmpty()) {
                text.append(", links ")
                        .append(links.stream().map(ProcessRef::name).toList());
            }
            text.append(", ").append(monitors).append(" monitors");
            return holdings.isEmpty() ? text.toString() : text + ", holds " + holdings;
        }
    }
}
