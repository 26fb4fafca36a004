/**
 * The foundation of Selvage: time, structured scopes, what happens when a thread ends, registries, keyed locks,
 * processes with mailboxes, and tasks, for virtual threads on a plain JDK 21 or later.
 */
module dev.selvage.core {
    requires static jdk.jfr;
    requires static org.jspecify;

    exports dev.selvage.exit;
    exports dev.selvage.lock;
    exports dev.selvage.process;
    exports dev.selvage.registry;
    exports dev.selvage.scope;
    exports dev.selvage.task;
    exports dev.selvage.time;
}
