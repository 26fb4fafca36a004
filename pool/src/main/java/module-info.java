/** Pools over supervised processes. */
module dev.selvage.pool {
    requires transitive dev.selvage.core;
    requires transitive dev.selvage.supervisor;
    requires static jdk.jfr;
    requires static java.sql;
    requires static org.jspecify;

    exports dev.selvage.pool.checkout;
    exports dev.selvage.pool.jdbc;
    exports dev.selvage.pool.routing;
    exports dev.selvage.pool.worker;
}
