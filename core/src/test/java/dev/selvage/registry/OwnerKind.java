package dev.selvage.registry;

import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import java.util.concurrent.CompletableFuture;

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
    PROCESS {
        @Override
        Thread start(String name, Runnable body) {
            CompletableFuture<ProcessRef<?>> started = new CompletableFuture<>();
            Thread.ofVirtual().name("opener of " + name).start(() -> {
                try (ProcessScope scope = ProcessScope.open(name)) {
                    started.complete(scope.run(name, body::run));
                    scope.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            return started.join().thread();
        }
    };

    abstract Thread start(String name, Runnable body);
}
