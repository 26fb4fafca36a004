package dev.selvage.demo.bench;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The row of a benchmark method in its table. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Row {

    /**
     * Returns what was measured; of a peer, what is added to its name.
     *
     * @return a few words
     */
    String value() default "";

    /**
     * Returns what the row is there for.
     *
     * @return the role
     */
    Role role();

    /**
     * Returns the target: how many times the floor's time this may take.
     *
     * @return the ratio, 0 for none
     */
    double atMost() default 0;
}
