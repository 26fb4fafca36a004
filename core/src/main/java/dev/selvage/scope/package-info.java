/**
 * Structured scopes of virtual threads, on whatever form of {@code StructuredTaskScope} the running JDK has.
 *
 * <p>{@link dev.selvage.scope.TaskScope} is the whole of it for users. Processes and supervisors stand on it; whoever
 * wants no more than a block of threads uses it as it is.
 *
 * <h2>One class file for JDK 21 to 28</h2>
 *
 * {@code StructuredTaskScope} is a preview API in 21 to 27 and has changed its shape under everyone. What is compiled
 * against one of them is marked as using preview features of that one release, runs there only, and there only with
 * {@code --enable-preview}. This package is compiled for 21, names no type of that API, and reaches it by method
 * handles that are resolved once and sit in static final fields, so that the compiler calls through them directly.
 *
 * <table class="striped">
 *   <caption>The shapes, as the class files of the JDKs have them</caption>
 *   <thead>
 *     <tr><th scope="col">JDK</th><th scope="col">What it is</th><th scope="col">How it is driven</th></tr>
 *   </thead>
 *   <tbody>
 *     <tr><th scope="row">21 to 24</th><td>a class</td><td>its constructor of name and thread factory,
 *         {@code fork(Callable)}, {@code join()}, {@code shutdown()}, {@code close()}</td></tr>
 *     <tr><th scope="row">25</th><td>an interface of two type parameters</td><td>static {@code open} of a
 *         {@code Joiner} and a {@code Function} of the {@code Configuration}; {@code fork(Callable)}, {@code join()},
 *         {@code close()}</td></tr>
 *     <tr><th scope="row">26</th><td>the same</td><td>the function is a {@code UnaryOperator}; {@code Joiner} gains
 *         {@code onTimeout()}</td></tr>
 *     <tr><th scope="row">27, 28</th><td>an interface of three type parameters</td><td>the same;
 *         {@code Joiner.awaitAll()} and {@code onTimeout()} are gone, an abstract {@code timeout()} has come</td></tr>
 *   </tbody>
 * </table>
 *
 * <p>Two adapters cover the five: the class, and the interface whose {@code open} takes a {@code Joiner} and anything
 * that a {@code UnaryOperator} is. The {@code Joiner} is a {@link java.lang.reflect.Proxy}, which has every method that
 * the JDK's interface may ask for; it lets every subtask pass and keeps none. A JDK that fits neither fails at the
 * first use with a {@link dev.selvage.scope.ScopeException.Unsupported} that names the JDK and what was looked for.
 *
 * <h2>What is the same on all of them, because we see to it</h2>
 *
 * <ul>
 *   <li>Only the owner forks. (21 to 24 let the scope's threads fork too.)
 *   <li>Nothing is forked once join was called, and a join that was interrupted may be called again. (21 to 24 fork on;
 *       25 refuses the second join.)
 *   <li>Nothing but {@code close} cancels: a failing task ends its own thread, by way of its uncaught exception
 *       handler.
 *   <li>{@code close} needs no join before it, and throws nothing for the lack of one.
 *   <li>Closing an outer scope first interrupts and ends the inner ones, then says so. (The JDKs wait for the inner
 *       threads without interrupting them, for ever if need be.)
 *   <li>A thread that the JDK did not start is reported. (The JDKs drop it silently when the scope was shut down.)
 *   <li>Scoped values that are bound in passing, or a stack overflow, on the owner's thread do not stop later forks.
 *   <li>A scope may be {@linkplain dev.selvage.scope.TaskScope#abandon() abandoned}; nobody above it waits for it.
 * </ul>
 *
 * <p>Waits without a bound are what structured concurrency is made of, so this package has no timeouts: a scope ends
 * when its threads end. {@code join} can be interrupted; {@code close} cannot, and keeps the interrupt.
 */
@NullMarked
package dev.selvage.scope;

import org.jspecify.annotations.NullMarked;
