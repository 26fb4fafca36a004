package dev.selvage.scope;

import java.util.concurrent.atomic.AtomicReference;

/** The kinds of thread that may own a scope. Each test of the contract runs on a fresh thread of each. */
enum OwnerKind {
    VIRTUAL,
    PLATFORM;

    interface Body {
        void run() throws Throwable;
    }

    /** Runs the body on a new thread, waits for that thread to end and throws what it threw. */
    void run(Body body) throws Throwable {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = start(() -> {
            try {
                body.run();
            } catch (Throwable failure) {
                thrown.set(failure);
            }
        });
        Waiting.forEndOfWaiting(thread);
        if (thrown.get() != null) {
            throw thrown.get();
        }
    }

    Thread start(Runnable body) {
        return (this == VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform().daemon())
                .name("owner")
                .start(body);
    }
}
