/** Tests of the memory order of registries; in this package to see what it hides. */
@NullMarked
package dev.selvage.registry;

import org.jspecify.annotations.NullMarked;
