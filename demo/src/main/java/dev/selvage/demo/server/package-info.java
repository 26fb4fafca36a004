/** Real servers for tests and benchmarks: each a process of its own, on the loopback interface and on a free port. */
@NullMarked
package dev.selvage.demo.server;

import org.jspecify.annotations.NullMarked;
