/** Supervisors: they start children in order, restart them by a strategy and stop them in reverse. */
@NullMarked
package dev.selvage.supervisor;

import org.jspecify.annotations.NullMarked;
