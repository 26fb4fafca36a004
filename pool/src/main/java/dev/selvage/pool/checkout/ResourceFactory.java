package dev.selvage.pool.checkout;

import dev.selvage.process.ProcessBody;
import dev.selvage.process.ProcessRef;
import dev.selvage.supervisor.ChildSpec;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes and looks after the resources of a {@link CheckoutPool}. Often a lambda that makes them is enough:
 *
 * {@snippet :
 * var printers = CheckoutPool.start("printers", 4, Printer::connect);
 * }
 *
 * <p>{@link #create}, {@link #watch}, {@link #validate} and {@link #destroy} run on threads of the pool, several at the
 * same time for different resources; {@link #reset} on the borrower's.
 *
 * @param <R> the type of the resources
 */
@FunctionalInterface
public interface ResourceFactory<R> {

    /**
     * Returns a factory of processes, each of which is lent to one borrower at a time: it calls the process and waits,
     * while the process has what it needs, a connection, a native library, a state, to itself.
     *
     * {@snippet :
     * var parsers = CheckoutPool.start("parsers", 4, ResourceFactory.<Parse>process(mailbox -> {
     *     try (Parser parser = new Parser()) {
     *         for (;;) {
     *             Parse parse = mailbox.receive();
     *             parse.answer().reply(parser.parse(parse.text()));
     *         }
     *     }
     * }));
     * Tree tree = parsers.use(parser -> parser.<Tree>call(answer -> new Parse(text, answer)));
     * }
     *
     * <p>The processes run in the {@linkplain CheckoutPool#spec() tree} of the pool. One that ends, for whatever
     * reason, is replaced at once, without waiting for anybody to ask. If it is lent, its borrower's calls fail with
     * the reason and the lease is over; it is not put back. The pool ends a process that it has no more use for, such
     * as that of a borrower that died: it is asked to stop and has the {@linkplain CheckoutOptions#withDestroyTimeout
     * destroy timeout} for that, then it is interrupted, and abandoned after a second, which is reported. The one that
     * replaces it does not wait for that.
     *
     * <p>What a borrower sent and did not wait for is still handled after it has given the process back, before what
     * the next one sends. The idea is that of poolboy's workers, in Erlang.
     *
     * @param <M> the type of their messages
     * @param body what each of them does
     * @return the factory; to be given to a pool as it is, not inside another factory
     */
    static <M> ResourceFactory<ProcessRef<M>> process(ProcessBody<M> body) {
        Objects.requireNonNull(body, "body");
        return child(id -> ChildSpec.process(id, body));
    }

    /**
     * Returns a factory of processes, as {@link #process} does, of any kind that a supervisor knows: servers, those
     * that announce when they are ready, with a bounded mailbox.
     *
     * {@snippet :
     * var counters = CheckoutPool.start(
     *         "counters", 4, ResourceFactory.child(id -> ChildSpec.server(id, Counter::new)));
     * }
     *
     * <p>A resource is made when its process has announced its start, those of one pool one after the other. The
     * restart type of the specification does not count, since it is the pool that replaces them; its shutdown does only
     * where the pool's tree stops while they are lent.
     *
     * @param <M> the type of their messages
     * @param spec makes the specification of a process from its id, which is the pool's name and a number
     * @return the factory; to be given to a pool as it is, not inside another factory
     */
    static <M> ResourceFactory<ProcessRef<M>> child(Function<? super String, ChildSpec<M>> spec) {
        Objects.requireNonNull(spec, "spec");
        return new ProcessFactory<>(spec);
    }

    /**
     * Makes a resource. May block for as long as the {@linkplain CheckoutOptions#withCreateTimeout create timeout};
     * then it is interrupted.
     *
     * @return a new resource
     * @throws Exception if it cannot; it is tried again after a pause
     */
    R create() throws Exception;

    /**
     * Is given a way to tell the pool that a resource has broken, for those that notice by themselves: a socket whose
     * reader sees the end of the stream, a process that is watched. By default nothing is done with it.
     *
     * {@snippet :
     * public void watch(Session session, Consumer<? super Throwable> broken) {
     *     session.onDisconnect(broken::accept);
     * }
     * }
     *
     * <p>Once told, the pool does not lend the resource any more, {@linkplain #destroy destroys} it and makes another,
     * without waiting for anybody to ask. If it is lent, its lease is over: it throws {@link
     * CheckoutException.StaleLease}, with what was told as the cause. Any thread may tell, at any time, during this
     * call too; it returns at once. What is told again, or once the pool has given the resource up, is not heard.
     *
     * <p>The first that breaks is replaced at once. But where those that replace it break within a second, a pause is
     * made as if they could not be made at all (see {@link CheckoutOptions#withBackoff}).
     *
     * @param resource a new resource, not lent yet; on the thread that made it
     * @param broken takes why it has broken
     * @throws Exception if it cannot be watched; then it is destroyed, and counts as not made
     */
    default void watch(R resource, Consumer<? super Throwable> broken) throws Exception {}

    /**
     * Tells whether an idle resource still works. Called only where the options ask for it.
     *
     * @param resource the resource, lent to nobody
     * @return false if it is to be replaced
     * @throws Exception for the same
     */
    default boolean validate(R resource) throws Exception {
        return true;
    }

    /**
     * Makes a resource as good as new, before it is lent to the next. Runs on the thread that gives it back.
     *
     * @param resource the resource, lent to nobody
     * @throws Exception if it cannot; then it is replaced
     */
    default void reset(R resource) throws Exception {}

    /**
     * Ends a resource. By default it is closed if it is {@link AutoCloseable}.
     *
     * @param resource the resource, lent to nobody, nor ever again
     * @throws Exception to be logged
     */
    default void destroy(R resource) throws Exception {
        if (resource instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }
}
