/**
 * Small things that the tests of all modules use: threads that are joined and may fail, waiting for a state, pinning.
 */
@NullMarked
package dev.selvage.testing;

import org.jspecify.annotations.NullMarked;
