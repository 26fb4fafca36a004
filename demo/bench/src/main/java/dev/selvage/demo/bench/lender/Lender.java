package dev.selvage.demo.bench.lender;

/** One running pool. Its methods may be called by any thread. */
public interface Lender extends AutoCloseable {

    /**
     * Takes one, waiting for half a minute at most.
     *
     * @return what was taken
     * @throws Exception if there is none
     */
    Object take() throws Exception;

    /**
     * Gives back what was taken.
     *
     * @param taken what {@link #take} returned
     * @throws Exception if that fails
     */
    void giveBack(Object taken) throws Exception;

    @Override
    void close() throws Exception;
}
