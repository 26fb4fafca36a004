package dev.selvage.registry;

import dev.selvage.exit.Lifetime;
import dev.selvage.exit.Owner;

/** The kinds of thread that can own entries. */
enum OwnerKind {
    PLATFORM_THREAD {
        @Override
        Thread start(String name, Runnable body) {
            return Thread.ofPlatform().daemon(true).name(name).start(body);
        }
    },
    VIRTUAL_THREAD {
        @Override
        Thread start(String name, Runnable body) {
            return Thread.ofVirtual().name(name).start(body);
        }
    },
    /** A thread that begins and ends its own lifetime, as a process does. */
    PROCESS {
        @Override
        Thread start(String name, Runnable body) {
            return Thread.ofVirtual().name(name).start(() -> {
                ProcessLike owner = new ProcessLike(name, Thread.currentThread());
                owner.lifetime = Lifetime.begin(owner);
                try {
                    body.run();
                } finally {
                    owner.alive = false;
                    owner.lifetime.end();
                }
            });
        }
    };

    abstract Thread start(String name, Runnable body);

    static final class ProcessLike implements Owner {
        private final String name;
        private final Thread thread;
        private volatile boolean alive = true;
        private Lifetime lifetime;

        ProcessLike(String name, Thread thread) {
            this.name = name;
            this.thread = thread;
        }

        /** As a supervisor does with a process that ignores its interrupt. */
        void abandon() {
            alive = false;
            lifetime.abandon();
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Thread thread() {
            return thread;
        }

        @Override
        public boolean isAlive() {
            return alive;
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
