package dev.selvage.process;

import dev.selvage.exit.ExitReason;
import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;
import java.time.Duration;
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
 * another process with another reference; keep a name, not a reference, where that matters.
 *
 * <p>When a process ends, whatever the cause, it is first no longer alive, then its registrations, locks and leases are
 * gone, then every call queued or in hand fails with the reason, then monitors are told, then its scope. So whoever
 * learns of an exit finds every name and lock of it free.
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
     * Returns how many messages are queued.
     *
     * @return the number at some moment during the call; 0 for a process without a mailbox
     */
    int mailboxLength();

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
    Optional<ExitReason> exitReason();

    /**
     * Waits until the process has ended. What it did happens-before the return.
     *
     * @return why it ended
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     * @throws ProcessException if a process waits for itself
     */
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
}
