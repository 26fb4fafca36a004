/**
 * FantaTCP: an imaginary protocol over real sockets, a server of it with bad manners, and thousands of callers that
 * share ten supervised connections through a routing pool.
 */
@NullMarked
package dev.selvage.demo.fantatcp;

import org.jspecify.annotations.NullMarked;
