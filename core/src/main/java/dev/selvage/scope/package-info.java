/** Structured scopes of virtual threads, on whatever form of {@code StructuredTaskScope} the running JDK has. */
@NullMarked
package dev.selvage.scope;

import org.jspecify.annotations.NullMarked;
