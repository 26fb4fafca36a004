/** Tests of the memory order of lifetimes; in this package to see what it hides. */
@NullMarked
package dev.selvage.exit;

import org.jspecify.annotations.NullMarked;
