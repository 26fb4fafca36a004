package dev.selvage.supervisor;

import dev.selvage.process.Mailbox;

/**
 * What a child does that says itself when it is ready. Its supervisor waits for that before it starts the next child.
 *
 * {@snippet :
 * ChildSpec<Request> connection = ChildSpec.process("connection", (mailbox, start) -> {
 *     try (Socket socket = connect()) {
 *         start.ready();
 *         serve(socket, mailbox);
 *     }
 * });
 * }
 *
 * <p>To fail its start, the body throws. A body that ends without having announced anything has failed to start too.
 *
 * @param <M> the type of its messages
 */
@FunctionalInterface
public interface AnnouncingBody<M> {

    /**
     * Runs on the child's own virtual thread.
     *
     * @param mailbox where its messages arrive; only this thread may receive from it
     * @param start where to announce how the start went
     * @throws Exception to fail: before the announcement the start, afterwards the child
     */
    void run(Mailbox<M> mailbox, Start start) throws Exception;

    /** How a child tells its supervisor how its start went. The first announcement counts. Any thread may announce. */
    sealed interface Start permits Incarnation {

        /** Says that the child is ready, and returns at once. Does nothing when said before. */
        void ready();

        /**
         * Says that there is nothing to do for this child, and returns at once; the body should then return. The child
         * does not run, which is no failure: its supervisor goes on with the next one. It is not started anew, except
         * together with others by its supervisor's strategy. Does nothing when said before.
         *
         * @throws SupervisorException if the child has said that it is ready
         */
        void decline();
    }
}
