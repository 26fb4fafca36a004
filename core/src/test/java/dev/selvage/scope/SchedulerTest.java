package dev.selvage.scope;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Threads of a scope run on the scheduler of the virtual thread that opened it. */
class SchedulerTest {

    @Test
    @DisplayName("3.6 forks run on the scheduler of the owner, also when they fork in their turn")
    void schedulerIsInherited() throws Exception {
        BlockingQueue<Runnable> runnable = new LinkedBlockingQueue<>();
        AtomicInteger continuing = new AtomicInteger();
        Queue<Integer> seen = new ConcurrentLinkedQueue<>();
        Thread owner = newVirtualThread(runnable::add, () -> {
            try (TaskScope scope = TaskScope.open("scope")) {
                scope.fork("child", () -> {
                    seen.add(continuing.get());
                    try (TaskScope nested = TaskScope.open("nested")) {
                        nested.fork("grandchild", () -> seen.add(continuing.get()));
                        join(nested);
                    }
                });
                join(scope);
            }
        });
        owner.start();
        while (owner.isAlive()) {
            Runnable next = runnable.poll(20, TimeUnit.SECONDS);
            assertThat(next).as("what runs next").isNotNull();
            continuing.incrementAndGet();
            next.run();
            continuing.incrementAndGet();
        }
        assertThat(seen).hasSize(2).allMatch(count -> count % 2 == 1);
    }

    @Test
    @DisplayName("a fork that the scheduler refuses says so with the cause and leaves nothing to wait for")
    void refusedByTheScheduler() throws Exception {
        RejectedExecutionException refusal = new RejectedExecutionException("full");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> refusing = new AtomicReference<>(false);
        AtomicInteger ran = new AtomicInteger();
        Executor scheduler = task -> {
            if (refusing.get()) {
                throw refusal;
            }
            Thread.ofPlatform().daemon().start(task);
        };
        Thread owner = newVirtualThread(scheduler, () -> {
            try (TaskScope scope = TaskScope.open("orders")) {
                refusing.set(true);
                try {
                    scope.fork("child", ran::incrementAndGet);
                } catch (Throwable failure) {
                    thrown.set(failure);
                } finally {
                    refusing.set(false);
                }
                scope.fork("next", ran::incrementAndGet);
                join(scope);
            }
        });
        owner.start();
        Waiting.forEndOf(owner);
        assertThat(thrown.get())
                .isInstanceOf(ScopeException.NotStarted.class)
                .hasMessageContainingAll("'child'", "'orders'")
                .hasRootCause(refusal);
        assertThat(ran).hasValue(1);
    }

    private static void join(TaskScope scope) {
        try {
            scope.join();
        } catch (InterruptedException interrupt) {
            throw new AssertionError(interrupt);
        }
    }

    /** Needs --add-opens=java.base/java.lang=ALL-UNNAMED, which every test JVM of this project has. */
    private static Thread newVirtualThread(Executor scheduler, Runnable task) throws ReflectiveOperationException {
        Method factory = Class.forName("java.lang.ThreadBuilders")
                .getDeclaredMethod("newVirtualThread", Executor.class, String.class, int.class, Runnable.class);
        factory.setAccessible(true);
        return (Thread) factory.invoke(null, scheduler, "owner", 0, task);
    }
}
