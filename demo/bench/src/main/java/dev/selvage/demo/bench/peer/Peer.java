package dev.selvage.demo.bench.peer;

/** One running system of a peer. Its methods may be called by any thread. */
public interface Peer extends AutoCloseable {

    /** Something that is asked, and answers how often it was asked before. */
    interface Callee {

        /**
         * Asks and waits for the answer, at most five seconds where the peer knows a timeout.
         *
         * @return how often it was asked before
         * @throws Exception if there is no answer
         */
        int ask() throws Exception;

        /**
         * Ends it.
         *
         * @throws Exception if it cannot be ended
         */
        void stop() throws Exception;
    }

    /** Something that adds up what it is sent. */
    interface Receiver {

        /**
         * Sends without waiting for the receiver.
         *
         * @param number what to add
         * @throws Exception if it was not sent
         */
        void send(Integer number) throws Exception;

        /**
         * Waits until all that was announced is added up, and ends the receiver.
         *
         * @return the sum
         * @throws Exception if it cannot be ended
         */
        long awaitSum() throws Exception;
    }

    /**
     * Starts something to ask.
     *
     * @return it
     * @throws Exception if it cannot be started
     */
    Callee startCallee() throws Exception;

    /**
     * Starts something to send to.
     *
     * @param messages how many messages will come
     * @return it
     * @throws Exception if it cannot be started
     */
    Receiver startReceiver(int messages) throws Exception;

    /**
     * Starts things that do nothing and end, and waits for their ends.
     *
     * @param spawns how many, a multiple of the batch
     * @param batch how many at a time
     * @return how many ran
     * @throws Exception if one cannot be started
     */
    int spawnToExit(int spawns, int batch) throws Exception;

    @Override
    void close() throws Exception;
}
