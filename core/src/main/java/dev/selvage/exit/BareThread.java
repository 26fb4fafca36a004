package dev.selvage.exit;

/** A thread that is no process, as an owner. */
sealed class BareThread implements Owner {

    /** One that something was given to before it asked for its lifetime: it may still turn out to be a process. */
    static final class Unasked extends BareThread {
        Unasked(Thread thread) {
            super(thread);
        }
    }

    private final Thread thread;

    BareThread(Thread thread) {
        this.thread = thread;
    }

    @Override
    public Thread thread() {
        return thread;
    }

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
