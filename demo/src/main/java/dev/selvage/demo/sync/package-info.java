/** Sync without colliding: a registry as the lock, so that no two workers ever sync the same user at once. */
@NullMarked
package dev.selvage.demo.sync;

import org.jspecify.annotations.NullMarked;
