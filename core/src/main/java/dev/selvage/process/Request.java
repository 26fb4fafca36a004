package dev.selvage.process;

import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.function.Function;

/**
 * A question to a process that is not awaited yet: ask now, do something else, take the answer later.
 *
 * {@snippet :
 * Request<Price> price = shop.request(GetPrice::new);
 * Stock stock = warehouse.call(GetStock::new);      // meanwhile the shop works
 * Offer offer = new Offer(stock, price.await());
 * }
 *
 * <p>A request ends as a call does: by the answer, by the end of the process that was asked (at once, with the reason),
 * or by its time limit, which counts from the asking. It ends without anybody waiting for it, and its end stays
 * readable. One that nobody ever awaits costs the asked process some bytes until its time is up.
 *
 * <p>Any thread may use a request, also another than the one that asked; one thread at a time awaits it. What the
 * answering thread did before it replied happens-before the return of {@link #await()}.
 *
 * <p>Many requests are best awaited as a {@linkplain #group(Duration) group}: in the order in which they end, under one
 * time limit. The ideas are those of Erlang/OTP's {@code gen_server:send_request} and its request-id collections.
 *
 * @param <R> the type of the answer
 */
public sealed interface Request<R> permits OutgoingRequest {

    /**
     * Waits for the answer, until the time limit set when it was asked. May be called again, and answers the same.
     *
     * @return the answer
     * @throws InterruptedException if the current thread is interrupted before or while it waits; the request goes on
     * @throws ProcessException.CallTimeout if the time is up
     * @throws ProcessException.Exited if the process has ended, is stopping, or ends before it answers
     * @throws ProcessException.CallFailed if it answers with {@link ReplyTo#fail}
     * @throws ProcessException.MailboxFull if a bounded mailbox refused or dropped the request
     * @throws ProcessException if it was cancelled, if another thread awaits it, or if the asked process awaits it
     */
    R await() throws InterruptedException;

    /**
     * Tells whether the request has ended, so that {@link #await()} does not wait.
     *
     * @return true if it was answered, has failed, was cancelled, or its time is up
     */
    boolean isDone();

    /**
     * Gives the request up: an answer that comes later vanishes, as after a timeout. The process is not told.
     *
     * @return true if it was ended by this; false if it had ended before
     */
    boolean cancel();

    /**
     * Returns the process that was asked.
     *
     * @return the process
     */
    ProcessRef<?> process();

    /**
     * Makes an empty group of requests that share one time limit.
     *
     * @param <R> the type of the answers
     * @param timeout how long from the first asking until all of them end; with 0 or less nothing is sent
     * @return the group, to be used by the current thread
     */
    static <R> Group<R> group(Duration timeout) {
        return new RequestGroup<>(timeout);
    }

    /**
     * Requests under one time limit, given out in the order in which they end.
     *
     * {@snippet :
     * Request.Group<Integer> counts = Request.group(Duration.ofSeconds(1));
     * for (ProcessRef<Message> shard : shards) {
     *     counts.ask(shard, Count::new);
     * }
     * int total = 0;
     * while (counts.hasNext()) {
     *     total += counts.next().await();
     * }
     * }
     *
     * <p>Each request comes out once, however it ended; when the time is up all that is left comes out at once, timed
     * out. A group belongs to the thread that made it: each method throws {@link ProcessException} on another.
     *
     * @param <R> the type of the answers
     */
    sealed interface Group<R> permits RequestGroup {

        /**
         * Asks a process. Does not wait, but for a full mailbox with {@link Mailbox.Overflow#BLOCK}.
         *
         * @param <M> the type of the process's messages
         * @param process whom to ask
         * @param message makes the message from the address that the answer goes to; called once, on this thread
         * @return the request, also given out by {@link #next()} when it has ended
         * @throws ProcessException if a process asks itself
         */
        <M> Request<R> ask(ProcessRef<M> process, Function<ReplyTo<R>, ? extends M> message);

        /**
         * Tells whether any request has not been given out yet.
         *
         * @return true if {@link #next()} has something to give or to wait for
         */
        boolean hasNext();

        /**
         * Waits for the next request to end, until the group's time limit at most.
         *
         * @return a request that is done and has not been given out before
         * @throws InterruptedException if the current thread is interrupted before or while it waits; nothing is lost
         * @throws NoSuchElementException if all have been given out
         */
        Request<R> next() throws InterruptedException;
    }
}
