/** The demo's entrance: options, the two stories one after the other, the reports and the exit status. */
@NullMarked
package dev.selvage.demo;

import org.jspecify.annotations.NullMarked;
