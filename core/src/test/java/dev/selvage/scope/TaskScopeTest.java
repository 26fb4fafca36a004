package dev.selvage.scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a scope promises its owner, whether that is a virtual or a platform thread. */
class TaskScopeTest {

    @ParameterizedTest
    @EnumSource
    @DisplayName("fork returns the started virtual thread, named as asked")
    void forkReturnsTheStartedThread(OwnerKind kind) throws Throwable {
        kind.run(() -> {
            AtomicReference<Thread> self = new AtomicReference<>();
            try (TaskScope scope = TaskScope.open("scope")) {
                Thread first = scope.fork("first", () -> self.set(Thread.currentThread()));
                Thread second = scope.fork("second", Waiting::untilInterrupted);
                assertThat(first.isVirtual()).isTrue();
                assertThat(first.getName()).isEqualTo("first");
                assertThat(second.getName()).isEqualTo("second");
                assertThat(second.isAlive()).isTrue();
                Waiting.forEndOf(first);
                assertThat(self).hasValue(first);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("join waits for every thread and shows what the tasks wrote")
    void joinWaitsForEveryThread(OwnerKind kind) throws Throwable {
        kind.run(() -> {
            int[] written = new int[200];
            List<Thread> threads = new ArrayList<>();
            try (TaskScope scope = TaskScope.open("scope")) {
                for (int i = 0; i < written.length; i++) {
                    int index = i;
                    threads.add(scope.fork("t" + i, () -> written[index] = index + 1));
                }
                scope.join();
                assertThat(threads).noneMatch(Thread::isAlive);
                assertThat(written).doesNotContain(0);
                scope.join();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a scope without a fork joins and closes at once")
    void emptyScope(OwnerKind kind) throws Throwable {
        kind.run(() -> {
            TaskScope joined = TaskScope.open("joined");
            joined.join();
            joined.close();
            TaskScope unjoined = TaskScope.open("unjoined");
            assertThat(unjoined.isClosed()).isFalse();
            unjoined.close();
            assertThat(joined.isClosed()).isTrue();
            assertThat(unjoined.isClosed()).isTrue();
            assertThat(unjoined.name()).isEqualTo("unjoined");
            assertThat(unjoined.owner()).isSameAs(Thread.currentThread());
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("close without join interrupts what runs, waits for it and throws nothing")
    void closeInterruptsAndWaits(OwnerKind kind) throws Throwable {
        kind.run(() -> {
            AtomicInteger interrupted = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            TaskScope scope = TaskScope.open("scope");
            threads.add(scope.fork("quick", () -> {}));
            for (int i = 0; i < 20; i++) {
                threads.add(scope.fork("waiting", () -> {
                    Waiting.untilInterrupted();
                    interrupted.incrementAndGet();
                }));
            }
            scope.close();
            assertThat(threads).noneMatch(Thread::isAlive);
            assertThat(interrupted).hasValue(20);
            scope.close();
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("fork after join, close or abandon is refused by name and starts nothing")
    void forkIsRefusedOnceJoined(OwnerKind kind) throws Throwable {
        kind.run(() -> {
            AtomicInteger ran = new AtomicInteger();
            try (TaskScope scope = TaskScope.open("orders")) {
                scope.join();
                assertThatThrownBy(() -> scope.fork("late", ran::incrementAndGet))
                        .isInstanceOf(ScopeException.NotOpen.class)
                        .hasMessageContainingAll("fork", "'orders'", "JOINED");
            }
            TaskScope closed = TaskScope.open("closed");
            closed.close();
            assertThatThrownBy(() -> closed.fork("late", ran::incrementAndGet))
                    .isInstanceOf(ScopeException.NotOpen.class)
                    .hasMessageContaining("CLOSED");
            assertThatThrownBy(closed::join).isInstanceOf(ScopeException.NotOpen.class);
            TaskScope abandoned = TaskScope.open("abandoned");
            abandoned.abandon();
            assertThatThrownBy(() -> abandoned.fork("late", ran::incrementAndGet))
                    .isInstanceOf(ScopeException.NotOpen.class)
                    .hasMessageContaining("ABANDONED");
            assertThatThrownBy(abandoned::join).isInstanceOf(ScopeException.NotOpen.class);
            assertThat(ran).hasValue(0);
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("an interrupt ends join, leaves the threads alone, and join may be called again")
    void interruptDuringJoin(OwnerKind kind) throws Throwable {
        CountDownLatch gate = new CountDownLatch(1);
        AtomicReference<Throwable> outcome = new AtomicReference<>();
        Thread owner = kind.start(() -> {
            try (TaskScope scope = TaskScope.open("scope")) {
                Thread child = scope.fork("child", () -> awaitGate(gate));
                assertThatThrownBy(scope::join).isInstanceOf(InterruptedException.class);
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                assertThat(child.isInterrupted()).isFalse();
                assertThatThrownBy(() -> scope.fork("late", () -> {})).isInstanceOf(ScopeException.NotOpen.class);
                gate.countDown();
                scope.join();
                assertThat(child.isAlive()).isFalse();
            } catch (Throwable failure) {
                outcome.set(failure);
            }
        });
        Waiting.untilParkedIn(owner, "join");
        owner.interrupt();
        Waiting.forEndOf(owner);
        assertThat(outcome).hasNullValue();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("join of an interrupted owner throws at once, and close then interrupts the threads")
    void joinOfAnInterruptedOwner(OwnerKind kind) throws Throwable {
        kind.run(() -> {
            TaskScope scope = TaskScope.open("scope");
            Thread child = scope.fork("child", Waiting::untilInterrupted);
            Thread.currentThread().interrupt();
            assertThatThrownBy(scope::join).isInstanceOf(InterruptedException.class);
            scope.close();
            assertThat(child.isAlive()).isFalse();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("an interrupt before or during close is kept: the wait goes on, the flag is set afterwards")
    void interruptDuringClose(OwnerKind kind) throws Throwable {
        Semaphore release = new Semaphore(0);
        AtomicReference<Boolean> flag = new AtomicReference<>();
        AtomicReference<Thread> child = new AtomicReference<>();
        Thread owner = kind.start(() -> {
            try (TaskScope scope = TaskScope.open("scope")) {
                child.set(scope.fork("stubborn", release::acquireUninterruptibly));
            }
            assertThat(child.get().isAlive()).isFalse();
            flag.set(Thread.currentThread().isInterrupted());
        });
        Waiting.untilParkedIn(owner, "awaitTasks");
        owner.interrupt();
        Waiting.until("the owner took notice", () -> !owner.isInterrupted());
        assertThat(owner.isAlive()).isTrue();
        release.release();
        Waiting.forEndOf(owner);
        assertThat(flag).hasValue(true);

        kind.run(() -> {
            Thread.currentThread().interrupt();
            TaskScope scope = TaskScope.open("scope");
            scope.fork("child", Waiting::untilInterrupted);
            scope.close();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("3.3 only the owner forks, joins, closes, abandons; the error names both threads")
    void onlyTheOwner(OwnerKind kind) throws Throwable {
        kind.run(() -> {
            Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
            AtomicInteger ran = new AtomicInteger();
            try (TaskScope scope = TaskScope.open("orders")) {
                Runnable tryAll = () -> {
                    errors.add(thrownBy(() -> scope.fork("child", ran::incrementAndGet)));
                    errors.add(thrownBy(scope::join));
                    errors.add(thrownBy(scope::close));
                    errors.add(thrownBy(scope::abandon));
                };
                Waiting.forEndOf(Thread.ofVirtual().name("other").start(tryAll));
                // JDK 21 to 24 would let a thread of the scope fork; we do not.
                Waiting.forEndOf(scope.fork("other", tryAll));
                assertThat(scope.isClosed()).isFalse();
                assertThat(scope.isAbandoned()).isFalse();
                Waiting.forEndOf(scope.fork("mine", ran::incrementAndGet));
            }
            assertThat(errors)
                    .hasSize(8)
                    .allSatisfy(error -> assertThat(error)
                            .isInstanceOf(ScopeException.WrongThread.class)
                            .hasMessageContainingAll("'orders'", "'other'", "'owner'"));
            assertThat(ran).hasValue(1);
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("3.2 what a task throws goes to its thread's uncaught exception handler and touches no sibling")
    void throwablesReachTheHandler(OwnerKind kind) throws Throwable {
        kind.run(() -> {
            Queue<Object> caught = new ConcurrentLinkedQueue<>();
            RuntimeException exception = new IllegalStateException("expected");
            Error error = new StackOverflowError("expected");
            try (TaskScope scope = TaskScope.open("scope")) {
                Thread sibling = scope.fork("sibling", Waiting::untilInterrupted);
                Thread first = scope.fork("first", () -> throwTo(caught, exception));
                Thread second = scope.fork("second", () -> throwTo(caught, error));
                Waiting.forEndOf(first);
                Waiting.forEndOf(second);
                assertThat(caught).containsExactlyInAnyOrder(first, exception, second, error);
                assertThat(sibling.isAlive()).isTrue();
                assertThat(sibling.isInterrupted()).isFalse();
                Waiting.forEndOf(scope.fork("later", () -> caught.add("later")));
                assertThat(caught).contains("later");
            }
        });
    }

    @Test
    @DisplayName("3.2 a handler that fails is logged with what it should have handled, and its thread ends in order")
    void failingHandlerIsLogged() throws Throwable {
        Queue<LogRecord> records = new ConcurrentLinkedQueue<>();
        Logger logger = Logger.getLogger("dev.selvage.scope");
        Handler handler = collectingInto(records);
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        RuntimeException thrown = new IllegalStateException("task");
        RuntimeException handlerFailure = new IllegalStateException("handler");
        try {
            OwnerKind.VIRTUAL.run(() -> {
                try (TaskScope scope = TaskScope.open("scope")) {
                    scope.fork("child", () -> {
                        Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> {
                            throw handlerFailure;
                        });
                        throw thrown;
                    });
                    scope.join();
                }
            });
        } finally {
            logger.setUseParentHandlers(true);
            logger.removeHandler(handler);
        }
        assertThat(records).singleElement().satisfies(entry -> {
            assertThat(entry.getMessage()).contains("'child'");
            assertThat(entry.getThrown()).isSameAs(handlerFailure);
            assertThat(entry.getThrown().getSuppressed()).contains(thrown);
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("threads that end while the owner begins to wait are never missed")
    void noLostWakeUp(OwnerKind kind) throws Throwable {
        kind.run(() -> {
            AtomicInteger ended = new AtomicInteger();
            for (int round = 0; round < 2_000; round++) {
                try (TaskScope scope = TaskScope.open("scope")) {
                    scope.fork("a", ended::incrementAndGet);
                    scope.fork("b", ended::incrementAndGet);
                    if (round % 2 == 0) {
                        scope.join();
                    }
                }
                assertThat(ended).hasValue(2 * (round + 1));
            }
        });
    }

    @Test
    @DisplayName("null arguments are refused by name")
    void nullArguments() throws Throwable {
        OwnerKind.VIRTUAL.run(() -> {
            assertThatNullPointerException()
                    .isThrownBy(() -> TaskScope.open(null))
                    .withMessage("name");
            try (TaskScope scope = TaskScope.open("scope")) {
                assertThatNullPointerException()
                        .isThrownBy(() -> scope.fork(null, () -> {}))
                        .withMessage("threadName");
                assertThatNullPointerException()
                        .isThrownBy(() -> scope.fork("name", null))
                        .withMessage("task");
            }
        });
    }

    private static void throwTo(Queue<Object> caught, Throwable thrown) {
        Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> {
            caught.add(thread);
            caught.add(failure);
        });
        TaskScopeTest.<RuntimeException>throwUnchecked(thrown);
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void throwUnchecked(Throwable thrown) throws X {
        throw (X) thrown;
    }

    private static Throwable thrownBy(OwnerKind.Body body) {
        try {
            body.run();
        } catch (Throwable thrown) {
            return thrown;
        }
        return new AssertionError("nothing was thrown");
    }

    private static void awaitGate(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException interrupt) {
            throw new AssertionError("must not be interrupted", interrupt);
        }
    }

    private static Handler collectingInto(Queue<LogRecord> records) {
        return new Handler() {
            @Override
            public void publish(LogRecord entry) {
                records.add(entry);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }
}
