/** Supervisors that start, watch, restart and stop processes in order. */
module dev.selvage.supervisor {
    requires transitive dev.selvage.core;
    requires static jdk.jfr;
    requires static org.jspecify;

    exports dev.selvage.supervisor;
}
