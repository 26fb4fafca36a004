/**
 * Runs the jcstress tests of the memory order that Selvage promises. The tests themselves lie in the packages of what
 * they test, because most of them put two bare actors on a data structure that nobody outside its package sees.
 */
@NullMarked
package dev.selvage.demo.stress;

import org.jspecify.annotations.NullMarked;
