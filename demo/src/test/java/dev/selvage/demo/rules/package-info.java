/**
 * The house rules as tests: what the sources look like, what the classes call, which package may know which. Every
 * rule also has to find a violation planted for it.
 */
@NullMarked
package dev.selvage.demo.rules;

import org.jspecify.annotations.NullMarked;
