package dev.selvage.demo.bench;

import dev.selvage.demo.bench.peer.Peers;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The table of a class of benchmarks. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Table {

    /**
     * Returns the heading.
     *
     * @return a few words
     */
    String title();

    /**
     * Returns what stands below the heading: what one operation is, and what the floor does not do.
     *
     * @return one paragraph
     */
    String says();

    /**
     * Returns the numbers of benchmark threads; each is a run of its own.
     *
     * @return the numbers
     */
    int[] threads() default {1};

    /**
     * Returns how long an iteration takes. What parks needs more for a steady mean than what only computes.
     *
     * @return milliseconds
     */
    int millis() default 600;

    /**
     * Returns whom the method {@code peer} is run with. Selvage is to be ahead of them all.
     *
     * @return the peers
     */
    Peers[] peers() default {};
}
