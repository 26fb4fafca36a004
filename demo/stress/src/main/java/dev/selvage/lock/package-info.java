/** Tests of the memory order of keyed locks; in this package to see what it hides. */
@NullMarked
package dev.selvage.lock;

import org.jspecify.annotations.NullMarked;
