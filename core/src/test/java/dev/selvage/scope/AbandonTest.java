package dev.selvage.scope;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rule 3.4: a thread that cannot be ended holds up nobody but the end of the thread that owns its scope. */
class AbandonTest {

    @ParameterizedTest
    @EnumSource
    @DisplayName("3.4 the owner of an abandoned scope goes on; only the end of its thread waits behind the stuck one")
    void onlyTheEndOfTheOwnerWaits(OwnerKind kind) throws Throwable {
        Semaphore release = new Semaphore(0);
        AtomicReference<Thread> stuck = new AtomicReference<>();
        AtomicInteger rest = new AtomicInteger();
        Thread owner = kind.start(() -> {
            try (TaskScope scope = TaskScope.open("scope")) {
                stuck.set(scope.fork("stuck", release::acquireUninterruptibly));
                scope.abandon();
                assertThat(scope.isAbandoned()).isTrue();
                assertThat(scope.isClosed()).isFalse();
            }
            try (TaskScope later = TaskScope.open("later");
                    TaskScope nested = TaskScope.open("nested")) {
                later.fork("a", rest::incrementAndGet);
                nested.fork("b", rest::incrementAndGet);
                joinAll(nested, later);
            }
            rest.incrementAndGet();
        });
        Waiting.untilParkedIn(owner, "popAll");
        assertThat(rest).hasValue(3);
        assertThat(stuck.get().isInterrupted()).isFalse();
        owner.interrupt();
        assertThat(owner.isAlive()).isTrue();
        release.release();
        Waiting.forEndOf(owner);
        assertThat(stuck.get().isAlive()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("3.4 an enclosing scope ends its own threads and closes without waiting for the abandoned one in it")
    void enclosingScopeDoesNotWait(OwnerKind kind) throws Throwable {
        Semaphore release = new Semaphore(0);
        AtomicInteger interrupted = new AtomicInteger();
        CountDownLatch closed = new CountDownLatch(1);
        Thread owner = kind.start(() -> {
            try (TaskScope outermost = TaskScope.open("outermost");
                    TaskScope outer = TaskScope.open("outer")) {
                abandonWithStuckThread(release);
                outer.fork("own", () -> {
                    Waiting.untilInterrupted();
                    interrupted.incrementAndGet();
                });
                outermost.fork("own", () -> {
                    Waiting.untilInterrupted();
                    interrupted.incrementAndGet();
                });
            }
            closed.countDown();
        });
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(interrupted).hasValue(2);
        assertThat(owner.isAlive()).isTrue();
        release.release();
        Waiting.forEndOf(owner);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("3.4 while an abandoned thread holds it open, an enclosing scope still waits for threads of its own")
    void enclosingScopeWaitsForItsOwn(OwnerKind kind) throws Throwable {
        Semaphore releaseStuck = new Semaphore(0);
        Semaphore releaseOwn = new Semaphore(0);
        AtomicReference<Boolean> flag = new AtomicReference<>();
        AtomicReference<Thread> own = new AtomicReference<>();
        Thread owner = kind.start(() -> {
            try (TaskScope outer = TaskScope.open("outer")) {
                abandonWithStuckThread(releaseStuck);
                own.set(outer.fork("own", releaseOwn::acquireUninterruptibly));
            }
            flag.set(Thread.currentThread().isInterrupted());
        });
        Waiting.untilParkedIn(owner, "awaitTasks");
        owner.interrupt();
        Waiting.until("the owner took notice", () -> !owner.isInterrupted());
        assertThat(flag).hasNullValue();
        releaseOwn.release();
        Waiting.untilParkedIn(owner, "popAll");
        assertThat(flag).hasValue(true);
        Waiting.forEndOf(own.get());
        releaseStuck.release();
        Waiting.forEndOf(owner);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "3.4 the scope of a thread that abandoned one joins and closes without waiting, and so do those above it")
    void scopesOfTheOwnerDoNotWait(OwnerKind kind) throws Throwable {
        Semaphore release = new Semaphore(0);
        AtomicReference<Thread> child = new AtomicReference<>();
        AtomicReference<Thread> grandchild = new AtomicReference<>();
        AtomicReference<Thread> left = new AtomicReference<>();
        CountDownLatch closed = new CountDownLatch(1);
        Thread owner = kind.start(() -> {
            try (TaskScope root = TaskScope.open("root")) {
                child.set(root.fork("child", () -> {
                    try (TaskScope scope = TaskScope.open("child's")) {
                        grandchild.set(scope.fork("grandchild", () -> left.set(abandonWithStuckThread(release))));
                        joinAll(scope);
                    }
                }));
                joinAll(root);
            }
            closed.countDown();
        });
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        Waiting.untilParkedIn(owner, "popAll");
        Waiting.untilParkedIn(child.get(), "popAll");
        Waiting.untilParkedIn(grandchild.get(), "popAll");
        assertThat(left.get().isAlive()).isTrue();
        release.release();
        Waiting.forEndOf(owner);
        assertThat(child.get().isAlive()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("3.4 once its stuck thread has ended, an abandoned scope is closed with the one that encloses it")
    void closedWithTheEnclosingScope(OwnerKind kind) throws Throwable {
        Semaphore release = new Semaphore(0);
        kind.run(() -> {
            try (TaskScope outer = TaskScope.open("outer")) {
                Thread stuck = abandonWithStuckThread(release);
                release.release();
                Waiting.forEndOf(stuck);
                outer.fork("own", Waiting::untilInterrupted);
            }
            try (TaskScope next = TaskScope.open("next")) {
                next.fork("n", () -> {});
                joinAll(next);
            }
        });
    }

    @Test
    @DisplayName("3.4 a JVM ends under an abandoned scope whose owner is a virtual thread")
    void virtualOwnerDoesNotKeepTheJvm() throws Exception {
        assertThat(runJvm("virtual")).isEqualTo("exit 0");
    }

    @Test
    @DisplayName("3.4 a main thread that owns an abandoned scope keeps the JVM until the stuck thread ends, or exit")
    void mainThreadKeepsTheJvm() throws Exception {
        assertThat(runJvm("main")).isEqualTo("main waits in popAll, exit 7");
    }

    private static Thread abandonWithStuckThread(Semaphore release) {
        try (TaskScope scope = TaskScope.open("inner")) {
            Thread stuck = scope.fork("stuck", release::acquireUninterruptibly);
            scope.abandon();
            return stuck;
        }
    }

    private static void joinAll(TaskScope... scopes) {
        try {
            for (TaskScope scope : scopes) {
                scope.join();
            }
        } catch (InterruptedException interrupt) {
            throw new AssertionError(interrupt);
        }
    }

    private static String runJvm(String owner) throws IOException, InterruptedException {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        owner)
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(jvm.waitFor(40, TimeUnit.SECONDS)).as("the JVM ended").isTrue();
            return new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8) + "exit " + jvm.exitValue();
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** A program that abandons a scope with a thread that never ends, and then comes to the end of its main. */
    static final class Program {

        private Program() {}

        public static void main(String[] arguments) throws InterruptedException {
            if (arguments[0].equals("main")) {
                Thread main = Thread.currentThread();
                Thread.ofPlatform().daemon().start(() -> exitWhenWaiting(main));
                abandonStuck();
            } else {
                CountDownLatch abandoned = new CountDownLatch(1);
                Thread.ofVirtual().start(() -> {
                    abandonStuck();
                    abandoned.countDown();
                });
                abandoned.await();
            }
        }

        private static void abandonStuck() {
            abandonWithStuckThread(new Semaphore(0));
        }

        private static void exitWhenWaiting(Thread main) {
            while (Arrays.stream(main.getStackTrace())
                    .noneMatch(frame -> frame.getMethodName().equals("popAll"))) {
                LockSupport.parkNanos(1_000_000);
            }
            System.out.print("main waits in popAll, ");
            System.exit(7);
        }
    }
}
