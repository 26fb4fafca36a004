/**
 * Benchmarks of Selvage, each beside the floor that it is measured against: what a program would write by hand with the
 * JDK alone, or the best queue there is.
 *
 * <p>{@link dev.selvage.demo.bench.Bench} runs them with forks interleaved and prints ratios; a figure by itself means
 * nothing on a shared machine.
 */
@NullMarked
package dev.selvage.demo.bench;

import org.jspecify.annotations.NullMarked;
