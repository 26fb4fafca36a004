/**
 * A pool of workers that do jobs, never two of the same key at once.
 *
 * <p>A {@link dev.selvage.pool.worker.WorkerPool} has a bounded queue and supervised workers, which do what a
 * {@link dev.selvage.pool.worker.Worker} says. A {@link dev.selvage.pool.worker.Job} is one that was accepted, and its
 * result. A {@link dev.selvage.pool.worker.Pipeline} has the results of one pool done by a second, and asks a producer
 * for as much as both have room for.
 *
 * <p>Timeouts: 0 or less does not wait.
 */
@NullMarked
package dev.selvage.pool.worker;

import org.jspecify.annotations.NullMarked;
