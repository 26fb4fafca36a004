/**
 * A pool that lends each of its resources to one thread at a time.
 *
 * <p>What a {@link dev.selvage.pool.checkout.CheckoutPool} needs is a {@link
 * dev.selvage.pool.checkout.ResourceFactory}:
 *
 * {@snippet :
 * try (CheckoutPool<Printer> printers = CheckoutPool.start("printers", 4, Printer::connect)) {
 *     int pages = printers.use(printer -> printer.print(letter));
 * }
 * }
 *
 * <p>{@link dev.selvage.pool.checkout.CheckoutOptions} say how many there are, for how long, and who waits how long for
 * one. Everything that the pool throws is a {@link dev.selvage.pool.checkout.CheckoutException}, apart from the usual
 * for bad arguments.
 *
 * <p>Timeouts: 0 or less does not wait.
 */
@NullMarked
package dev.selvage.pool.checkout;

import org.jspecify.annotations.NullMarked;
