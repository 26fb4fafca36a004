/**
 * Tests of the memory order of processes: bare actors on the queues, the reply address and the exit step; in this
 * package to see what it hides.
 */
@NullMarked
package dev.selvage.process;

import org.jspecify.annotations.NullMarked;
