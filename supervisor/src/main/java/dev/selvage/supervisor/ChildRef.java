package dev.selvage.supervisor;

import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ReplyTo;
import dev.selvage.process.Request;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * A child of a supervisor, seen from anywhere, whichever process runs for it: it is found anew at each use, so that one
 * that was restarted is found again.
 *
 * {@snippet :
 * static final ChildSpec<Request> STORE = ChildSpec.process("store", Store::serve);
 *
 * ChildRef<Request> store = Supervisor.current().orElseThrow().ref(STORE);    // from inside the tree
 * store.send(new Put(key, value));
 * String found = store.call(from -> new Get(key, from));
 * store.restart();
 * }
 *
 * <p>Any thread may call any method. {@link #resolve()}, {@link #send} and {@link #snapshot()} never wait for the
 * supervisor. What changes the child is done by the supervisor, one request after the other, and waits until that is
 * done: as long as the child's start or end takes by its own rules, and what the supervisor was at before. Such a wait
 * ends early by an interrupt; what was asked may still be done then. It is refused at once, with an exception that says
 * why, to a child that would wait for itself: one whose own start the supervisor waits for, and one that wants itself,
 * or what it is part of, to be ended; and to everybody once the supervisor stops.
 *
 * <p>Restarts that are asked for here count nowhere. Where a name is shared beyond one tree, register the process and
 * use {@link ProcessRef#named}: the same idea, on a registry.
 *
 * @param <M> the type of its messages
 */
public sealed interface ChildRef<M> permits FoundChild {

    /**
     * Returns the child's id.
     *
     * @return the id
     */
    String id();

    /**
     * Finds the process that runs for the child now. Never waits. It may end right after it was found.
     *
     * @return the process, or empty if there is no such child, or it has not started or has ended
     */
    Optional<ProcessRef<M>> resolve();

    /**
     * Waits until a process runs for the child: until it has started, or was started anew. The wait ends when one does,
     * when the tree has ended, when the time is up, or by an interrupt.
     *
     * @param timeout how long at most, on the tree's clock; 0 or less does not wait
     * @return the process, or empty if none came
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     */
    Optional<ProcessRef<M>> await(Duration timeout) throws InterruptedException;

    /**
     * Sends a message to the process that runs now.
     *
     * @param message the message
     * @return true if it was accepted, which is no promise that it is handled; false if none runs, or it refused
     */
    boolean send(M message);

    /**
     * Calls the process that runs now, and waits for its answer for at most 5 seconds.
     *
     * @param <R> the type of the answer
     * @param message makes the message from the address that the answer goes to
     * @return the answer
     * @throws InterruptedException if the caller is interrupted before or while it waits
     * @throws SupervisorException.Refused if none runs; at once
     * @throws ProcessException as {@link ProcessRef#call(Function, Duration)} does, so at once if the process ends; a
     *     call is never made again by itself, since it may have been handled
     */
    default <R> R call(Function<ReplyTo<R>, ? extends M> message) throws InterruptedException {
        return call(message, ProcessRef.DEFAULT_CALL_TIMEOUT);
    }

    /**
     * Calls the process that runs now, and waits for its answer.
     *
     * @param <R> the type of the answer
     * @param message makes the message from the address that the answer goes to
     * @param timeout how long at most; with 0 or less nothing is sent and the call times out at once
     * @return the answer
     * @throws InterruptedException if the caller is interrupted before or while it waits
     * @throws SupervisorException.Refused if none runs; at once
     * @throws ProcessException as {@link ProcessRef#call(Function, Duration)} does
     */
    <R> R call(Function<ReplyTo<R>, ? extends M> message, Duration timeout) throws InterruptedException;

    /**
     * Asks the process that runs now something without waiting for the answer, as {@link ProcessRef#request} does.
     *
     * @param <R> the type of the answer
     * @param message makes the message from the address that the answer goes to
     * @param timeout after which time from now the request ends without an answer; with 0 or less nothing is sent
     * @return the request
     * @throws SupervisorException.Refused if none runs; at once
     * @throws ProcessException if a process asks itself
     */
    <R> Request<R> request(Function<ReplyTo<R>, ? extends M> message, Duration timeout);

    /**
     * Returns the child as it is now. Never waits.
     *
     * @return a value, or empty if there is no such child, or no more
     */
    Optional<SupervisorTree.Child> snapshot();

    /**
     * Ends the child by its {@link Shutdown} rule, and leaves it at that: it stays in the tree as stopped, and only a
     * {@link #restart()} starts it again, or the next restart of a sibling that it goes with by its supervisor's
     * {@link Strategy}; {@link #delete()} it to be rid of it. One that waits for its restart waits no more; those that
     * go with it are started without it. One that goes with another is left out when that one is started. A temporary
     * child, and one of a dynamic supervisor, is forgotten. A child that does not run is left as it is.
     *
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     * @throws SupervisorException.Refused if there is no such child, the supervisor is stopping or does not run, or the
     *     caller would wait for itself
     */
    void terminate() throws InterruptedException;

    /**
     * Starts the child: at once if it waits for its restart, after ending it by its {@link Shutdown} rule if it runs.
     * No sibling is touched, but for those that it waits with: they are started together, in order.
     *
     * @return the process that runs for it, or empty if it declined
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     * @throws SupervisorException.StartFailed if it, or one that it waited with, could not start; if it waited for a
     *     restart that goes on being tried as before, otherwise the child is stopped
     * @throws SupervisorException.Refused if there is no such child, the supervisor is stopping or does not run, or the
     *     caller would wait for itself
     */
    Optional<ProcessRef<M>> restart() throws InterruptedException;

    /**
     * Forgets a child that does not run. Its id is free then.
     *
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     * @throws SupervisorException.Refused if it runs or waits for its restart, so terminate it first; if there is no
     *     such child, the supervisor is stopping or does not run, or the caller would wait for itself
     */
    void delete() throws InterruptedException;

    /**
     * Puts another child in this one's place: ends this one by its {@link Shutdown} rule if it runs, and starts the
     * other, whether this one ran or not. If this one waited for its restart, those that it waited with are started,
     * too.
     *
     * @param <N> the type of the other's messages
     * @param other the other child, with the same id or one that no sibling has
     * @return the other child
     * @throws InterruptedException if the current thread is interrupted before or while it waits
     * @throws SupervisorException.StartFailed if the other, or one that waited with this one, could not start; the
     *     other has the place even so, unless it is temporary; it is stopped, or if this one waited for a restart goes
     *     on being tried
     * @throws SupervisorException.Refused if there is no such child, a sibling has the id, the supervisor is stopping
     *     or does not run, or the caller would wait for itself
     * @throws IllegalArgumentException if the other is significant and the supervisor has no automatic shutdown
     */
    <N> ChildRef<N> replace(ChildSpec<N> other) throws InterruptedException;

    /**
     * Returns the children below this one, which is a supervisor; its present incarnation at each use.
     *
     * @return its children
     */
    Supervisor.Children children();
}
