/** Programs that show Selvage at work. */
@NullMarked
package dev.selvage.demo;

import org.jspecify.annotations.NullMarked;
