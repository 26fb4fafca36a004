package dev.selvage.exit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which lifetime is the current thread's, and when one has ended for certain. */
class LifetimeEndTest {

    /** More than the table of those that were asked for last has places. */
    private static final int MANY = 600;

    private record Named(String name, Thread thread) implements Owner {
        @Override
        public boolean isAlive() {
            return thread.isAlive();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("4.3 a bare thread has ended when it has terminated, and then it stays so")
    void bareThread(ThreadKind kind) {
        Queue<Lifetime> lifetimes = new ConcurrentLinkedQueue<>();
        CountDownLatch mayEnd = new CountDownLatch(1);
        try (Threads threads = new Threads()) {
            Thread owner = threads.start(kind, "owner", () -> {
                lifetimes.add(Lifetime.current());
                mayEnd.await();
            });
            Threads.awaitState(owner, Thread.State.WAITING);
            assertThat(lifetimes.element().hasEnded()).isFalse();
            mayEnd.countDown();
            Threads.awaitState(owner, Thread.State.TERMINATED);
            assertThat(lifetimes.element().hasEnded()).isTrue();
        }
        assertThat(lifetimes.element().hasEnded()).isTrue();
    }

    @Test
    @DisplayName("4.3 an abandoned process is not alive, and yet it has not ended before its thread is done with it")
    void abandonedProcess() {
        Threads.run(ThreadKind.VIRTUAL, () -> {
            Lifetime lifetime = Lifetime.begin(new Named("process", Thread.currentThread()));
            assertThat(lifetime.hasEnded()).isFalse();
            lifetime.abandon();
            assertThat(lifetime.isAlive()).isFalse();
            assertThat(lifetime.hasEnded()).isFalse();
            lifetime.end();
            assertThat(lifetime.hasEnded()).isTrue();
            assertThat(Thread.currentThread().isAlive()).isTrue();
        });
    }

    @Test
    @DisplayName("4.4 a thread that goes on after its process's end gets a lifetime of its own")
    void afterTheEnd() {
        Threads.run(ThreadKind.VIRTUAL, () -> {
            Lifetime ofProcess = Lifetime.begin(new Named("process", Thread.currentThread()));
            assertThat(Lifetime.current()).isSameAs(ofProcess);
            ofProcess.end();
            Lifetime after = Lifetime.current();
            assertThat(after).isNotSameAs(ofProcess);
            assertThat(after.isAlive()).isTrue();
            assertThat(Lifetime.current()).isSameAs(after);
        });
    }

    @Test
    @DisplayName("4.4 each of many threads finds its own lifetime again, and nothing keeps them when they have ended")
    void manyThreads() {
        Queue<WeakReference<Lifetime>> all = new ConcurrentLinkedQueue<>();
        CountDownLatch allBegan = new CountDownLatch(MANY);
        try (Threads threads = new Threads()) {
            for (int i = 0; i < MANY; i++) {
                threads.start(ThreadKind.VIRTUAL, "one-of-many", () -> {
                    Lifetime mine = Lifetime.current();
                    all.add(new WeakReference<>(mine));
                    allBegan.countDown();
                    allBegan.await();
                    for (int round = 0; round < 100; round++) {
                        assertThat(Lifetime.current()).isSameAs(mine);
                        Thread.yield();
                    }
                    assertThat(mine.thread()).isSameAs(Thread.currentThread());
                });
            }
        }
        List<WeakReference<Lifetime>> kept = new ArrayList<>(all);
        assertThat(kept).hasSize(MANY);
        Threads.awaitTrue("all lifetimes collected", () -> {
            System.gc();
            kept.removeIf(reference -> reference.refersTo(null));
            return kept.isEmpty();
        });
        assertThat(kept).isEmpty();
    }
}
