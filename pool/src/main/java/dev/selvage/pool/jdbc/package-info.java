/**
 * A pool of JDBC connections: {@link javax.sql.DataSource} on a {@link dev.selvage.pool.checkout.CheckoutPool}. Needs
 * the module {@code java.sql}, which the rest of the pools does not.
 */
@NullMarked
package dev.selvage.pool.jdbc;

import org.jspecify.annotations.NullMarked;
