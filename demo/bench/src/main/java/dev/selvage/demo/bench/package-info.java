/** Benchmarks of Selvage, each beside its floor. */
@NullMarked
package dev.selvage.demo.bench;

import org.jspecify.annotations.NullMarked;
