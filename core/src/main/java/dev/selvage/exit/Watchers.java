package dev.selvage.exit;

/**
 * Notices the end of threads that are no processes: one parked thread each, of the owner's own kind.
 *
 * <p>Of the same kind, because joining a platform thread holds a monitor, which would pin a virtual watcher's carrier
 * on JDK 21 to 23.
 */
final class Watchers {
    private static final long PLATFORM_STACK_BYTES = 128 * 1024;

    private Watchers() {}

    static void watch(Lifetime lifetime) {
        Thread owner = lifetime.thread();
        Thread.Builder builder = owner.isVirtual()
                ? Thread.ofVirtual()
                : Thread.ofPlatform().daemon(true).stackSize(PLATFORM_STACK_BYTES);
        builder.name("selvage-watch-" + lifetime.owner().name())
                .inheritInheritableThreadLocals(false)
                .start(() -> {
                    awaitEnd(owner);
                    lifetime.end();
                });
    }

    /** Nobody has a reason to interrupt a watcher; one that does must not make it declare a living thread dead. */
    private static void awaitEnd(Thread owner) {
        boolean ended = false;
        while (!ended) {
            try {
                owner.join();
                ended = true;
            } catch (InterruptedException ignored) {
                // stay: only the owner's end counts
            }
        }
    }
}
