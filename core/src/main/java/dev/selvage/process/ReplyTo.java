package dev.selvage.process;

/**
 * Where the answer to one {@linkplain ProcessRef#call call} goes.
 *
 * <p>It is a value: it travels inside the message, can be kept and answered later, and may be answered by any thread.
 * The first answer counts; whatever comes later, or after the caller gave up, vanishes without a trace. If the process
 * that was called ends before anybody answered, the caller hears of that at once.
 *
 * {@snippet :
 * record Get(ReplyTo<Integer> from) {}
 * int value = counter.call(Get::new);
 * }
 *
 * <p>What the answering thread did before {@link #reply} happens-before the return of the call.
 *
 * @param <R> the type of the answer
 */
public sealed interface ReplyTo<R> permits PendingCall {

    /**
     * Answers the call. Never blocks and never throws.
     *
     * @param value the answer, which may be null
     * @return true if the caller gets it; false if it has been answered, or the caller waits no more
     */
    boolean reply(R value);

    /**
     * Answers the call with a failure: it throws {@link ProcessException.CallFailed} with this cause.
     *
     * @param cause what went wrong
     * @return true if the caller gets it; false if it has been answered, or the caller waits no more
     */
    boolean fail(Throwable cause);
}
