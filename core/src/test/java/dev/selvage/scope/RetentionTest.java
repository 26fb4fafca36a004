package dev.selvage.scope;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rule 3.2: a scope that never ends keeps nothing of what has ended in it. */
class RetentionTest {

    private static final int FORKS = 300_000;
    private static final int BATCH = 1_000;

    @ParameterizedTest
    @EnumSource
    @DisplayName("3.2 an open scope keeps neither the threads nor the tasks that have ended")
    void keepsNoThreadAndNoTask(OwnerKind kind) throws Throwable {
        kind.run(() -> {
            List<WeakReference<Object>> ended = new ArrayList<>();
            AtomicInteger count = new AtomicInteger();
            try (TaskScope scope = TaskScope.open("scope")) {
                for (int i = 0; i < 20_000; i++) {
                    Object payload = new Object();
                    Runnable task = () -> count.addAndGet(payload.hashCode() & 1);
                    Thread thread = scope.fork("child", task);
                    if (i % 100 == 0) {
                        ended.add(new WeakReference<>(payload));
                        ended.add(new WeakReference<>(thread));
                    }
                }
                awaitCleared(ended);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("3.2 the heap is back after 300,000 forks in one open scope")
    void heapIsBack(OwnerKind kind) throws Throwable {
        kind.run(() -> {
            AtomicInteger ended = new AtomicInteger();
            try (TaskScope scope = TaskScope.open("scope")) {
                fork(scope, BATCH, ended);
                long before = usedHeap();
                fork(scope, FORKS, ended);
                // What 300,000 finished subtasks would take is 8 MiB (27 bytes each, measured with allUntil on JDK 25).
                Waiting.until("the heap is back", () -> usedHeap() - before < 2 << 20);
                assertThat(ended).hasValue(FORKS + BATCH);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("3.2 who keeps a thread that has ended does not keep its task, nor what that threw")
    void endedThreadKeepsNoTask(OwnerKind kind) throws Throwable {
        kind.run(() -> {
            try (TaskScope scope = TaskScope.open("scope")) {
                List<WeakReference<Object>> ended = new ArrayList<>();
                Thread thread = forkFailing(scope, ended);
                Waiting.forEndOf(thread);
                // others go on to fail meanwhile: what was thrown last is still at hand in a carrier that has rested
                // since
                awaitCleared(ended, () -> forkFailing(scope, new ArrayList<>()));
                assertThat(thread.getName()).isEqualTo("child");
            }
        });
    }

    private static Thread forkFailing(TaskScope scope, List<WeakReference<Object>> ended) {
        Object payload = new Object();
        RuntimeException thrown = new IllegalStateException("expected");
        ended.add(new WeakReference<>(payload));
        ended.add(new WeakReference<>(thrown));
        return scope.fork("child", () -> {
            Thread.currentThread()
                    .setUncaughtExceptionHandler(
                            (thread, failure) -> assertThat(failure).isNotSameAs(payload));
            throw thrown;
        });
    }

    private static void fork(TaskScope scope, int count, AtomicInteger ended) {
        for (int done = 0; done < count; done += BATCH) {
            int target = ended.get() + BATCH;
            for (int i = 0; i < BATCH; i++) {
                scope.fork("child", ended::incrementAndGet);
            }
            Waiting.until("a batch ended", () -> ended.get() == target);
        }
    }

    private static void awaitCleared(List<WeakReference<Object>> references) {
        awaitCleared(references, () -> {});
    }

    private static void awaitCleared(List<WeakReference<Object>> references, Runnable meanwhile) {
        Waiting.until("what ended is collected", () -> {
            meanwhile.run();
            System.gc();
            return references.stream().allMatch(reference -> reference.get() == null);
        });
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
