package dev.selvage.lock;

/** How a key is held or waited for. */
public enum LockMode {
    /** By one thread alone. */
    EXCLUSIVE,
    /** By any number of threads that share it, while nobody holds it exclusively. */
    SHARED;

    boolean isShared() {
        return this == SHARED;
    }

    @Override
    public String toString() {
        return isShared() ? "shared" : "exclusive";
    }
}
