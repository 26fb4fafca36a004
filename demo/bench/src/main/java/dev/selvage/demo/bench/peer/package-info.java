/**
 * Actor libraries of others that Selvage is measured beside, each behind {@link dev.selvage.demo.bench.peer.Peer}, with
 * the settings that their own documentation recommends.
 */
@NullMarked
package dev.selvage.demo.bench.peer;

import org.jspecify.annotations.NullMarked;
