package dev.selvage.pool.checkout;

/**
 * Makes and looks after the resources of a {@link CheckoutPool}. Often a lambda that makes them is enough:
 *
 * {@snippet :
 * var printers = CheckoutPool.start("printers", 4, Printer::connect);
 * }
 *
 * <p>{@link #create}, {@link #validate} and {@link #destroy} run on threads of
 * the pool, several at the same time for different resources; {@link #reset} on the borrower's.
 *
 * @param <R> the type of the resources
 */
@FunctionalInterface
public interface ResourceFactory<R> {

    /**
     * Makes a resource. May block for as long as the {@linkplain CheckoutOptions#withCreateTimeout create timeout};
     * then it is interrupted.
     *
     * @return a new resource
     * @throws Exception if it cannot; it is tried again after a pause
     */
    R create() throws Exception;

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
