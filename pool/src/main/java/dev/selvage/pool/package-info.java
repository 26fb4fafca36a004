/** Pools that stand on supervised processes and a registry. */
@NullMarked
package dev.selvage.pool;

import org.jspecify.annotations.NullMarked;
