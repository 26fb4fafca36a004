/**
 * The only clock and the only timed wait of Selvage.
 *
 * <p>{@link dev.selvage.time.Ticker} reads the time and waits on it, {@link dev.selvage.time.Deadline} is when a wait
 * gives up, {@link dev.selvage.time.Backoff} is how long to pause before trying again. Everything timed in Selvage goes
 * through them, so that one substituted ticker drives timeouts, restart windows and backoffs together.
 *
 * <p>The policy on timeouts, for the whole library: a {@link java.time.Duration} at the edge, monotonic time inside; 0
 * or less means "do not wait"; what is longer than a {@code long} of nanoseconds means "for ever".
 */
@NullMarked
package dev.selvage.time;

import org.jspecify.annotations.NullMarked;
