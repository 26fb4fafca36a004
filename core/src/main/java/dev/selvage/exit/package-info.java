/**
 * What happens when a thread ends.
 *
 * <p>A {@link dev.selvage.exit.Lifetime} holds whatever must not outlive one thread: its registrations, its locks, its
 * leases, each as an {@link dev.selvage.exit.ExitHook}. The packages above hang their things on it and never learn how
 * a thread ends; the process package ends the lifetimes of its processes, and a watcher ends those of bare threads, for
 * which Java has no exit hook. Why it ended is an {@link dev.selvage.exit.ExitReason}.
 *
 * <p>This is the one seam that points upward: whoever depends on it is called back from below. Programs use
 * {@code ExitReason} and {@link dev.selvage.exit.Owner}; the rest is for those who build things that must vanish with
 * their thread.
 */
@NullMarked
package dev.selvage.exit;

import org.jspecify.annotations.NullMarked;
