/**
 * Pools that lend, ours and those of others, each behind {@link dev.selvage.demo.bench.lender.Lender}, with the
 * settings that their own documentation recommends.
 */
@NullMarked
package dev.selvage.demo.bench.lender;

import org.jspecify.annotations.NullMarked;
