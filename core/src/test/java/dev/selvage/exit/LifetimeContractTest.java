package dev.selvage.exit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.testing.PinnedEvents;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What hangs on the life of a thread that is no process (rule 4.4), on both kinds of thread. */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class LifetimeContractTest {
    private final ThreadKind kind;
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    LifetimeContractTest(ThreadKind kind) {
        this.kind = kind;
    }

    private final class Recorded extends ExitHook {
        private final String what;

        Recorded(String what, Phase phase) {
            super(phase);
            this.what = what;
        }

        @Override
        protected void onExit() {
            events.add(what);
        }

        @Override
        public String toString() {
            return what;
        }
    }

    private Recorded name(String what) {
        return new Recorded(what, ExitHook.Phase.AT_EXIT);
    }

    private Recorded lock(String what) {
        return new Recorded(what, ExitHook.Phase.AT_THREAD_END);
    }

    private void awaitEvents(int count) {
        Threads.awaitTrue(count + " events", () -> events.size() == count);
    }

    @Test
    @DisplayName("4.4, 4.2 when the thread ends its hooks run: names first, then locks, the newest first")
    void hooksRunInOrder() {
        Threads.run(kind, () -> {
            Lifetime lifetime = Lifetime.current();
            for (Recorded hook : List.of(lock("lock 1"), name("name 1"), lock("lock 2"), name("name 2"))) {
                lifetime.add(hook);
            }
        });
        awaitEvents(4);
        assertThat(events).containsExactly("name 2", "name 1", "lock 2", "lock 1");
    }

    @Test
    @DisplayName("4.4 the same when the thread dies of an exception")
    void hooksRunAfterAnException() throws Exception {
        Thread thread = kind.unstarted("dying", () -> {
            Lifetime.current().add(name("name"));
            throw new IllegalStateException("planned");
        });
        thread.setUncaughtExceptionHandler((dead, thrown) -> {});
        thread.start();
        thread.join();
        awaitEvents(1);
        assertThat(events).containsExactly("name");
    }

    @Test
    @DisplayName("4.4 a removed hook does not run, and says so once")
    void removedHook() throws Exception {
        CompletableFuture<List<Boolean>> removed = new CompletableFuture<>();
        Threads.run(kind, () -> {
            Lifetime lifetime = Lifetime.current();
            Recorded gone = name("gone");
            lifetime.add(gone);
            lifetime.add(name("kept"));
            removed.complete(List.of(lifetime.remove(gone), lifetime.remove(gone)));
        });
        awaitEvents(1);
        assertThat(removed.get()).containsExactly(true, false);
        assertThat(events).containsExactly("kept");
    }

    @Test
    @DisplayName("4.4 a dead owner is not alive, even while its watcher is late")
    void deadBeforeTheWatcherRan() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        CompletableFuture<Lifetime> lifetime = new CompletableFuture<>();
        Thread thread = kind.unstarted("owner", () -> {
            lifetime.complete(Lifetime.current());
            Lifetime.current().add(name("runs last"));
            Lifetime.current().add(new ExitHook(ExitHook.Phase.AT_EXIT) {
                @Override
                protected void onExit() {
                    try {
                        hold.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            });
        });
        thread.start();
        thread.join();
        assertThat(lifetime.get().isAlive()).isFalse();
        assertThat(lifetime.get().owner().isAlive()).isFalse();
        assertThat(events).isEmpty();
        hold.countDown();
        awaitEvents(1);
    }

    @Test
    @DisplayName(
            "4.4 one watcher an owner, of the owner's kind, whatever the number of its entries; it waits without a "
                    + "time limit")
    void oneWatcher() throws Exception {
        String owner = "watched-" + kind;
        CountDownLatch registered = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (Threads threads = new Threads()) {
            Thread thread = threads.start(kind, owner, () -> {
                for (int i = 0; i < 100; i++) {
                    assertThat(Lifetime.current()).isSameAs(Lifetime.current());
                    Lifetime.current().add(name("entry"));
                }
                registered.countDown();
                end.await();
            });
            registered.await();
            Set<Thread> watchers = platformWatchersOf(owner);
            assertThat(watchers).hasSize(kind == ThreadKind.PLATFORM ? 1 : 0);
            assertThat(watchers).allSatisfy(watcher -> {
                Threads.awaitState(watcher, Thread.State.WAITING);
                assertThat(watcher.isDaemon()).isTrue();
            });
            assertThat(thread.isVirtual()).isEqualTo(kind == ThreadKind.VIRTUAL);
            end.countDown();
        }
        awaitEvents(100);
        Threads.awaitTrue(
                "the watcher has ended", () -> platformWatchersOf(owner).isEmpty());
    }

    /** Virtual threads are not among them: that a virtual owner has none here is the point. */
    private static Set<Thread> platformWatchersOf(String owner) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("selvage-watch-" + owner))
                .collect(Collectors.toSet());
    }

    @Test
    @DisplayName("4.4, 3.7 the watcher pins no carrier")
    void pinsNothing() throws Exception {
        assertThat(PinnedEvents.of(this::comeAndGo)).isEmpty();
    }

    private void comeAndGo() {
        events.clear();
        for (int i = 0; i < 200; i++) {
            Threads.run(kind, () -> Lifetime.current().add(name("entry")));
        }
        awaitEvents(200);
    }

    @Test
    @DisplayName("4.3 abandoned: names go at once, locks at the end; nothing more is taken on")
    void abandoned() {
        Threads.run(kind, () -> {
            Lifetime lifetime = Lifetime.current();
            lifetime.add(name("name"));
            lifetime.add(lock("lock"));
            lifetime.abandon();
            lifetime.abandon();
            assertThat(events).containsExactly("name");
            assertThat(lifetime.isAlive()).isFalse();
            assertThatThrownBy(() -> lifetime.add(name("late")))
                    .isInstanceOf(ExitException.class)
                    .hasMessageContaining("test-body");
            assertThatThrownBy(() -> lifetime.add(lock("late"))).isInstanceOf(ExitException.class);
        });
        awaitEvents(2);
        assertThat(events).containsExactly("name", "lock");
    }

    @Test
    @DisplayName("6.1 only the owner adds; a hook hangs in one place")
    void misuse() throws Exception {
        CompletableFuture<Lifetime> leaked = new CompletableFuture<>();
        CountDownLatch end = new CountDownLatch(1);
        try (Threads threads = new Threads()) {
            threads.start(kind, "the owner", () -> {
                leaked.complete(Lifetime.current());
                end.await();
            });
            assertThatThrownBy(() -> leaked.get().add(name("foreign")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the owner")
                    .hasMessageContaining(Thread.currentThread().getName());
            end.countDown();
        }
        Threads.run(kind, () -> {
            Recorded once = name("once");
            Lifetime.current().add(once);
            assertThatThrownBy(() -> Lifetime.current().add(once)).hasMessageContaining("once");
        });
        awaitEvents(1);
    }

    @Test
    @DisplayName(
            "6.7 adding and removing cost the same whatever the number of hooks; the snapshot is in order of addition")
    void manyHooks() {
        Threads.run(kind, () -> {
            Lifetime lifetime = Lifetime.current();
            List<Recorded> hooks = new ArrayList<>();
            for (int i = 0; i < 100_000; i++) {
                Recorded hook = name("hook");
                hooks.add(hook);
                lifetime.add(hook);
            }
            assertThat(lifetime.hooks(Recorded.class)).containsExactlyElementsOf(hooks);
            Collections.shuffle(hooks, new java.util.Random(1));
            hooks.forEach(hook -> assertThat(lifetime.remove(hook)).isTrue());
            assertThat(lifetime.hooks(ExitHook.class)).isEmpty();
        });
        assertThat(events).isEmpty();
    }
}
