package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.Lifetime;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a key when its holder's thread ends, and of a place in the queue. */
@ParameterizedClass
@EnumSource(HolderKind.class)
class KeyedLocksHolderEndsTest extends LocksFixture {

    /** Hangs before all other hooks of its thread and blocks, as none should: a watcher that is late. */
    private static final class LateWatcher extends ExitHook {
        private final CountDownLatch opened = new CountDownLatch(1);

        LateWatcher() {
            super(Phase.AT_THREAD_END);
        }

        @Override
        protected void onExit() {
            Threads.awaitTrue("the watcher may go on", () -> opened.getCount() == 0);
        }

        static LateWatcher of(Actor actor) throws Exception {
            LateWatcher late = new LateWatcher();
            actor.call(() -> {
                Lifetime.current().add(late); // the newest runs first
                return null;
            });
            return late;
        }

        void run() {
            opened.countDown();
        }
    }

    /** Hung before all others it runs after all others: then nothing of its thread is left to clean up. */
    private static final class LastHook extends ExitHook {
        private final CountDownLatch ran = new CountDownLatch(1);

        LastHook() {
            super(Phase.AT_THREAD_END);
        }

        @Override
        protected void onExit() {
            ran.countDown();
        }

        static LastHook of(Actor actor) throws Exception {
            LastHook last = new LastHook();
            actor.call(() -> {
                Lifetime.current().add(last);
                return null;
            });
            return last;
        }

        void await() {
            Threads.awaitTrue("cleaned up", () -> ran.getCount() == 0);
        }
    }

    @Test
    @DisplayName("7.3 the end of the holder's thread releases all its keys, however often each was locked")
    void theEndReleases() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> one = lock(a, "one");
            Lease<String> again = lock(a, "one");
            lock(a, "two");

            a.end();

            assertThat(one.isHeld()).isFalse();
            assertThat(again.isHeld()).isFalse();
            assertThat(locks.holder("one")).isEmpty();
            assertThat(locks.isLocked("two")).isFalse();
            assertThat(tryLock(b, "one")).isPresent();
            assertThat(tryLock(b, "two")).isPresent();
            assertThat(locks.size()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("7.3 a thread that dies of an exception releases like one that returns, and its waiter is served")
    void theCrashServesTheWaiter() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            lock(a, "k");
            Step<Lease<String>> step = lockAndWait(b, "k");

            a.crash();

            assertThat(step.get().isHeld()).isTrue();
            assertThat(locks.holder("k").orElseThrow().thread()).isSameAs(b.thread());
        }
    }

    @Test
    @DisplayName("7.3 a late close of a dead holder's lease leaves the next holder alone")
    void lateCloseAfterTheEnd() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> outer = lock(a, "k");
            Lease<String> inner = lock(a, "k");
            a.end();
            Lease<String> ofB = lock(b, "k");
            inner.close();
            outer.close();
            assertThat(ofB.isHeld()).isTrue();
            assertThat(locks.size()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("7.3 closed before the end, a lease releases once: the end leaves the next holder alone")
    void closedBeforeTheEnd() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            LastHook cleanUp = LastHook.of(a);
            lock(a, "k").close();
            Lease<String> ofB = lock(b, "k");
            a.end();
            cleanUp.await();
            assertThat(ofB.isHeld()).isTrue();
            assertThat(locks.size()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("4.4 a dead holder whose watcher is late blocks nobody who comes, and its late clean-up harms nobody")
    void aDeadHolderBlocksNoClaim() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            LastHook cleanUp = LastHook.of(a);
            Lease<String> tried = lock(a, "try");
            lock(a, "wait");
            lock(a, "see");
            LateWatcher watcher = LateWatcher.of(a);

            a.tellToEnd();
            Threads.awaitTrue("a's end shows", () -> !tried.isHeld());

            assertThat(locks.size()).isEqualTo(3); // nobody has cleaned up yet
            assertThat(locks.holder("see")).isEmpty();
            assertThat(locks.size()).isEqualTo(2);
            assertThat(tryLock(b, "try")).isPresent();
            assertThat(lock(b, "wait").isHeld()).isTrue();
            watcher.run();
            cleanUp.await();
            assertThat(tryLock(b, "see")).isPresent();
            assertThat(locks.holder("try").orElseThrow().name()).isEqualTo("b");
            assertThat(locks.holder("wait").orElseThrow().name()).isEqualTo("b");
            assertThat(locks.size()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("4.4, 7.2 who finds a dead holder lets the waiters go first")
    void aDeadHoldersWaitersGoFirst() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Actor c = actors.start("c");
            LastHook cleanUp = LastHook.of(a);
            Lease<String> ofA = lock(a, "k");
            Step<Lease<String>> ofB = lockAndWait(b, "k");
            LateWatcher watcher = LateWatcher.of(a);
            a.tellToEnd();
            Threads.awaitTrue("a's end shows", () -> !ofA.isHeld());

            assertThat(tryLock(c, "k")).isEmpty();

            assertThat(ofB.get().isHeld()).isTrue();
            watcher.run();
            cleanUp.await();
            assertThat(ofB.get().isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.3 a waiter whose thread ends by its interrupt leaves the queue and gives back what it holds")
    void aWaiterDies() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Actor c = actors.start("c");
            Lease<String> ofA = lock(a, "k");
            lock(b, "own");
            Step<Lease<String>> ofB = lockAndWait(b, "k");
            Step<Lease<String>> ofC = lockAndWait(c, "k");
            b.tellToEnd();
            b.thread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(ofB::get);
            b.join();

            assertThat(waiters("k")).isEqualTo(1);
            ofA.close();
            assertThat(ofC.get().isHeld()).isTrue();
            assertThat(tryLock(c, "own")).isPresent();
        }
    }

    @Test
    @DisplayName("7.3 a waiter that is granted the key and then dies without closing passes it on")
    void aServedWaiterDies() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Actor c = actors.start("c");
            Lease<String> ofA = lock(a, "k");
            Step<Lease<String>> ofB = lockAndWait(b, "k");
            b.tellToEnd();
            Step<Lease<String>> ofC = lockAndWait(c, "k");
            ofA.close();
            assertThat(ofB.get().holder().name()).isEqualTo("b");
            assertThat(ofC.get().isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.3 a lease that was closed elsewhere hangs on its thread no longer")
    void nothingHangsOnTheThread() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> one = lock(a, "one");
            Lease<String> two = lock(a, "two");
            Lease<String> held = lock(b, "held");
            assertThat(tryLock(a, "held")).isEmpty();
            Step<Optional<Lease<String>>> timed = a.begin(() -> locks.lock("held", Duration.ofSeconds(1)));
            ticker.advanceToNextDeadline();
            assertThat(timed.get()).isEmpty();
            Step<Lease<String>> interrupted = lockAndWait(a, "held");
            a.thread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(interrupted::get);

            assertThat(a.call(() -> Lifetime.current().hooks(ExitHook.class))).hasSize(2);
            one.close();
            assertThat(b.call(() -> {
                        two.close();
                        return a.call(() -> Lifetime.current().hooks(ExitHook.class));
                    }))
                    .isEmpty();
            assertThat(held.isHeld()).isTrue();
        }
    }
}
