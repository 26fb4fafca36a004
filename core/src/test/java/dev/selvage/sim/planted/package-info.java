/** Scenarios with bugs put in on purpose, each beside its correct form, for the tests of the simulator itself. */
@NullMarked
package dev.selvage.sim.planted;

import org.jspecify.annotations.NullMarked;
