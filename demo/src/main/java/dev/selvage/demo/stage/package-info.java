/**
 * What both stories of the demo play on: the console with its live progress, the signal to stop, verdicts and the
 * report. Nothing here needs the toolkit, and nothing here is a process: drawing a status line is no reason for one.
 */
@NullMarked
package dev.selvage.demo.stage;

import org.jspecify.annotations.NullMarked;
