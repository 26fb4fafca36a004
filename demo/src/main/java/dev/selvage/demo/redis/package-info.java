/**
 * A small client of Redis: a few pipelined connections under a routing pool, shared by thousands of callers. It shows
 * what a pool has to be told of a protocol without request ids, whose replies come in the order of the commands.
 */
@NullMarked
package dev.selvage.demo.redis;

import org.jspecify.annotations.NullMarked;
