/**
 * HTTP/2 under a routing pool: a few of the JDK's clients, each with a connection of its own, so that more requests are
 * under way at the same time than one connection has streams, and those beyond wait in turn instead of being refused.
 */
@NullMarked
package dev.selvage.demo.http;

import org.jspecify.annotations.NullMarked;
