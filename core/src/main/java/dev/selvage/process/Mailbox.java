package dev.selvage.process;

import dev.selvage.process.ProcessRef.Monitor;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The messages of one process, in the hands of that process.
 *
 * {@snippet :
 * for (;;) {
 *     switch (mailbox.receive()) {
 *         case Add(int amount) -> sum += amount;
 *         case Get(ReplyTo<Integer> from) -> from.reply(sum);
 *     }
 * }
 * }
 *
 * <p>Messages of one sender arrive in the order in which it sent them. Only the process itself receives; every
 * receiving method throws {@link ProcessException} when another thread calls it.
 *
 * <p>Ends of a wait, for every {@code receive}: a message, the time limit if there is one, an interrupt (the process
 * was killed; {@link InterruptedException}), or the orderly stop: after everything that was queued before the
 * {@linkplain ProcessRef#stop() stop}, each receive throws {@link ProcessException.Stopped}. An interrupt counts before
 * a message that is there. A time limit of 0 or less looks once and does not wait.
 *
 * <p>A selective receive takes the first message that matches, in order of arrival, and leaves the others in theirs. It
 * looks at each queued message once a call, as Erlang's does. A predicate that throws takes nothing away.
 *
 * <p>What a thread did before it sent a message happens-before the receive that returns it.
 *
 * @param <M> the type of the messages
 */
public sealed interface Mailbox<M> permits ProcessMailbox {

    /** What becomes of a message that finds a bounded mailbox full. */
    enum Overflow {
        /** The sender waits for room; a call waits no longer than its timeout. */
        BLOCK,
        /** The message is refused: {@code send} returns false, a call throws. */
        REJECT,
        /** The oldest queued message makes room; it is counted as dropped, and a call in it fails. */
        DROP_OLDEST,
        /** The newest queued message makes room; it is counted as dropped, and a call in it fails. */
        DROP_NEWEST
    }

    /** A message to oneself that is still to come, once or again and again. */
    sealed interface Timer permits Timers.Alarm {

        /**
         * Cancels the timer: after this no message of it is received, not even one that is queued already. The process
         * that set it only.
         *
         * @return true if a message was still to come
         * @throws ProcessException if another thread calls it
         */
        boolean cancel();
    }

    /**
     * A message that nobody will receive.
     *
     * @param process whose mailbox it was in
     * @param message the message
     * @param cause why
     * @see ProcessOptions#withDeadLetterListener
     */
    record DeadLetter(ProcessRef<?> process, Object message, Cause cause) {

        /** Why nobody will receive a message. */
        public enum Cause {
            /** The process ended with the message queued. */
            EXITED,
            /** The overflow rule of a bounded mailbox dropped it. */
            DROPPED
        }
    }

    /**
     * Returns the process whose mailbox this is. Any thread may ask.
     *
     * @return the process
     */
    ProcessRef<M> self();

    /**
     * Takes the next message, waiting until there is one.
     *
     * @return the message
     * @throws InterruptedException if the process is interrupted before or while it waits
     * @throws ProcessException.Stopped once the process has been asked to stop
     */
    M receive() throws InterruptedException;

    /**
     * Takes the next message, waiting for a limited time.
     *
     * @param timeout how long at most; 0 or less does not wait
     * @return the message, or empty when the time is up
     * @throws InterruptedException if the process is interrupted before or while it waits
     * @throws ProcessException.Stopped once the process has been asked to stop
     */
    Optional<M> receive(Duration timeout) throws InterruptedException;

    /**
     * Takes the next message if one is there. Never waits.
     *
     * @return the message, or empty
     * @throws ProcessException.Stopped once the process has been asked to stop
     */
    Optional<M> tryReceive();

    /**
     * Takes the first message that matches, waiting until there is one.
     *
     * @param wanted tells whether a message is taken; must not use this mailbox
     * @return the message
     * @throws InterruptedException if the process is interrupted before or while it waits
     * @throws ProcessException.Stopped once the process has been asked to stop and no queued message matches
     */
    M receive(Predicate<? super M> wanted) throws InterruptedException;

    /**
     * Takes the first message that matches, waiting for a limited time.
     *
     * @param wanted tells whether a message is taken; must not use this mailbox
     * @param timeout how long at most; 0 or less does not wait
     * @return the message, or empty when the time is up
     * @throws InterruptedException if the process is interrupted before or while it waits
     * @throws ProcessException.Stopped once the process has been asked to stop and no queued message matches
     */
    Optional<M> receive(Predicate<? super M> wanted, Duration timeout) throws InterruptedException;

    /**
     * Takes the first message that matches if one is there. Never waits.
     *
     * @param wanted tells whether a message is taken; must not use this mailbox
     * @return the message, or empty
     * @throws ProcessException.Stopped once the process has been asked to stop and no queued message matches
     */
    Optional<M> tryReceive(Predicate<? super M> wanted);

    /**
     * Asks to be told of the end of another process by a message in this mailbox: exactly once, at once if it has ended
     * already. The message is queued even when a bounded mailbox is full, takes no room of others, and is never
     * dropped. Any thread may call it.
     *
     * @param process the process to watch
     * @param message makes the message, on the ending process's thread; what it throws is logged
     * @return the monitor, to cancel it
     */
    Monitor monitor(ProcessRef<?> process, Function<? super Exit, ? extends M> message);

    /**
     * Turns the exits of linked processes into messages, normal ones too; from then on no link ends this process. Each
     * notice is queued even when a bounded mailbox is full, takes no room of others, and is never dropped. The process
     * only; a later call replaces the function. What was passed over a link before is not undone.
     *
     * @param message makes the message, on the ending process's thread; what it throws is logged
     */
    void trapExits(Function<? super Exit, ? extends M> message);

    /**
     * Sends this process a message after a time. The process only.
     *
     * <p>The message is queued, behind what is there already, when the process receives for the first time after the
     * delay; a process that waits in a receive is woken for it. It is queued even when a bounded mailbox is full, takes
     * no room of others, and is never dropped. A timer needs no thread and is gone with its process.
     *
     * {@snippet :
     * Mailbox.Timer giveUp = mailbox.sendAfter(Duration.ofSeconds(30), new GiveUp());
     * }
     *
     * @param delay how long from now; 0 or less is as soon as possible
     * @param message the message
     * @return the timer, to cancel it
     */
    Timer sendAfter(Duration delay, M message);

    /**
     * Sends this process a message again and again, the first time after one period. The process only.
     *
     * <p>As {@link #sendAfter}, at each multiple of the period; while one message of the timer is still queued no other
     * is added, so a process that is busy for long finds one, not a backlog. The times do not drift.
     *
     * @param period the time between two, more than 0
     * @param message the message, the same each time
     * @return the timer, to cancel it
     */
    Timer sendEvery(Duration period, M message);

    /**
     * Returns how many messages are queued. Any thread may ask.
     *
     * @return the number at some moment during the call
     */
    int length();
}
