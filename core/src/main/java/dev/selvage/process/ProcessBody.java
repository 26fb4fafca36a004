package dev.selvage.process;

/**
 * What a process does: usually a loop over its mailbox.
 *
 * {@snippet :
 * ProcessBody<Integer> adder = mailbox -> {
 *     for (int sum = 0; ; ) {
 *         sum += mailbox.receive();
 *     }
 * };
 * }
 *
 * <p>How the body ends is how the process ends: a return is {@code Normal}, a throwable is {@code Failed}, and leaving
 * with the {@link ProcessException.Stopped} that a receive threw, or with the interrupt that a stop or a kill sent, is
 * {@code Shutdown} or {@code Killed}.
 *
 * @param <M> the type of its messages
 */
@FunctionalInterface
public interface ProcessBody<M> {

    /**
     * Runs on the process's own virtual thread.
     *
     * @param mailbox where its messages arrive; only this thread may receive from it
     * @throws Exception to fail: the process exits with that as its reason
     */
    void run(Mailbox<M> mailbox) throws Exception;
}
