package dev.selvage.exit;

/** A thread that is no process, as an owner. */
record BareThread(Thread thread) implements Owner {

    @Override
    public String name() {
        String name = thread.getName();
        if (!name.isEmpty()) {
            return name;
        }
        return (thread.isVirtual() ? "virtual-" : "thread-") + thread.threadId();
    }

    @Override
    public boolean isAlive() {
        return thread.isAlive();
    }

    @Override
    public String toString() {
        return name();
    }
}
