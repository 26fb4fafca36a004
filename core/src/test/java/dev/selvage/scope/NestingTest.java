package dev.selvage.scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.testing.ScopedValues;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Scopes in scopes, and scopes among scoped value bindings. */
class NestingTest {

    @ParameterizedTest
    @EnumSource
    @DisplayName("scopes nest in a thread and from thread to thread; closing the outermost ends all of them")
    void scopesNest(OwnerKind kind) throws Throwable {
        kind.run(() -> {
            AtomicInteger interrupted = new AtomicInteger();
            AtomicReference<Thread> grandchild = new AtomicReference<>();
            try (TaskScope outer = TaskScope.open("outer")) {
                try (TaskScope inner = TaskScope.open("inner")) {
                    inner.fork("quick", interrupted::get);
                    outer.fork("into the outer one", interrupted::get);
                    inner.join();
                }
                outer.fork("child", () -> {
                    try (TaskScope scope = TaskScope.open("child's")) {
                        grandchild.set(scope.fork("grandchild", () -> {
                            Waiting.untilInterrupted();
                            interrupted.incrementAndGet();
                        }));
                        Waiting.untilInterrupted();
                        interrupted.incrementAndGet();
                    }
                });
                Waiting.until("the grandchild runs", () -> grandchild.get() != null);
            }
            assertThat(interrupted).hasValue(2);
            assertThat(grandchild.get().isAlive()).isFalse();
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("closing an outer scope first closes the inner ones, newest first, and says who was out of order")
    void outOfOrderClose(OwnerKind kind) throws Throwable {
        kind.run(() -> {
            Queue<String> ended = new ConcurrentLinkedQueue<>();
            TaskScope outer = TaskScope.open("outer");
            TaskScope middle = TaskScope.open("middle");
            TaskScope inner = TaskScope.open("inner");
            outer.fork("o", () -> endsInterrupted("outer", ended));
            middle.fork("m", () -> endsInterrupted("middle", ended));
            inner.fork("i", () -> endsInterrupted("inner", ended));

            assertThatThrownBy(outer::close)
                    .isInstanceOf(ScopeException.Misnested.class)
                    .hasMessageContainingAll("'outer'", "'inner'")
                    .hasNoSuppressedExceptions();

            assertThat(ended).containsExactly("inner", "middle", "outer");
            assertThat(outer.isClosed()).isTrue();
            assertThat(middle.isClosed()).isTrue();
            assertThat(inner.isClosed()).isTrue();
            inner.close();
            middle.close();
            outer.close();
            try (TaskScope next = TaskScope.open("next")) {
                next.fork("n", () -> ended.add("next"));
                next.join();
            }
            assertThat(ended).contains("next");
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("3.6 scoped values bound where the scope was opened reach every fork, the first and the hundredth")
    void scopedValuesReachEveryFork(OwnerKind kind) throws Throwable {
        Object key = ScopedValues.newKey();
        Queue<Object> seen = new ConcurrentLinkedQueue<>();
        kind.run(() -> ScopedValues.runWhere(key, "bound", () -> {
            try (TaskScope scope = TaskScope.open("scope")) {
                for (int i = 0; i < 100; i++) {
                    joinUnchecked(scope.fork("child", () -> {
                        seen.add(ScopedValues.get(key));
                        try (TaskScope nested = TaskScope.open("nested")) {
                            nested.fork("grandchild", () -> seen.add(ScopedValues.get(key)));
                            joinUnchecked(nested);
                        }
                    }));
                }
            }
        }));
        assertThat(seen).hasSize(200).containsOnly("bound");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "3.6 a fork under other bindings than the scope's is refused, leaves nothing behind, and harms nothing")
    void forkUnderOtherBindings(OwnerKind kind) throws Throwable {
        Object key = ScopedValues.newKey();
        AtomicInteger ran = new AtomicInteger();
        kind.run(() -> {
            try (TaskScope scope = TaskScope.open("orders")) {
                assertThatThrownBy(() ->
                                ScopedValues.runWhere(key, "other", () -> scope.fork("child", ran::incrementAndGet)))
                        .isInstanceOf(ScopeException.Misnested.class)
                        .hasMessageContainingAll("'orders'", "bindings");
                scope.fork("child", ran::incrementAndGet);
                scope.join();
            }
        });
        assertThat(ran).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "3.6 bindings that come and go on the owner's thread, its first ones included, do not stop later forks")
    void bindingsInPassing(OwnerKind kind) throws Throwable {
        Object outer = ScopedValues.newKey();
        Object key = ScopedValues.newKey();
        AtomicInteger ran = new AtomicInteger();
        kind.run(() -> forkAroundBindings(key, ran));
        kind.run(() -> ScopedValues.runWhere(outer, "outer", () -> forkAroundBindings(key, ran)));
        assertThat(ran).hasValue(6);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "3.6 a stack overflow on the owner's thread does not stop later forks, nor cost them their scoped values")
    void stackOverflowOfTheOwner(OwnerKind kind) throws Throwable {
        Object key = ScopedValues.newKey();
        Queue<Object> seen = new ConcurrentLinkedQueue<>();
        kind.run(() -> ScopedValues.runWhere(key, "bound", () -> {
            try (TaskScope scope = TaskScope.open("scope")) {
                assertThatThrownBy(() -> depth(0)).isInstanceOf(StackOverflowError.class);
                scope.fork("after", () -> seen.add(ScopedValues.get(key)));
                joinUnchecked(scope);
            }
        }));
        kind.run(() -> {
            try (TaskScope scope = TaskScope.open("scope")) {
                assertThatThrownBy(() -> depth(0)).isInstanceOf(StackOverflowError.class);
                scope.fork("after", () -> seen.add("nothing bound"));
                scope.join();
            }
        });
        assertThat(seen).containsExactly("bound", "nothing bound");
    }

    private static int depth(int depth) {
        return depth(depth + 1) + 1;
    }

    private static void forkAroundBindings(Object key, AtomicInteger ran) {
        try (TaskScope scope = TaskScope.open("scope")) {
            scope.fork("before", ran::incrementAndGet);
            ScopedValues.runWhere(key, "value", ran::incrementAndGet);
            scope.fork("after", ran::incrementAndGet);
            scope.join();
        } catch (Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("3.6 a scope closed under later bindings is closed and says what was out of order")
    void closeUnderLaterBindings(OwnerKind kind) throws Throwable {
        Object key = ScopedValues.newKey();
        kind.run(() -> {
            TaskScope scope = TaskScope.open("orders");
            Thread child = scope.fork("child", Waiting::untilInterrupted);
            assertThatThrownBy(() -> ScopedValues.runWhere(key, "later", scope::close))
                    .isInstanceOf(ScopeException.Misnested.class)
                    .hasMessageContaining("'orders'");
            assertThat(child.isAlive()).isFalse();
            assertThat(scope.isClosed()).isTrue();
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a fork that the JDK does not start says so, starts nothing and leaves nothing to wait for")
    void forkIntoAScopeShutDownFromOutside(OwnerKind kind) throws Throwable {
        Object key = ScopedValues.newKey();
        AtomicInteger ran = new AtomicInteger();
        AtomicReference<TaskScope> left = new AtomicReference<>();
        kind.run(() -> {
            // The end of a binding shuts the JDK's scopes in it down, and no one tells their users.
            assertThatThrownBy(() -> ScopedValues.runWhere(key, "value", () -> left.set(TaskScope.open("orders"))))
                    .hasNoCause();
            TaskScope scope = left.get();
            assertThatThrownBy(() -> scope.fork("child", ran::incrementAndGet))
                    .isInstanceOf(ScopeException.NotStarted.class)
                    .hasMessageContainingAll("'child'", "'orders'", "0 running", "shut down");
            scope.join();
            scope.close();
            assertThat(scope.isClosed()).isTrue();
        });
        assertThat(ran).hasValue(0);
    }

    private static void endsInterrupted(String name, Queue<String> ended) {
        Waiting.untilInterrupted();
        ended.add(name);
    }

    private static void joinUnchecked(Thread thread) {
        try {
            Waiting.forEndOf(thread);
        } catch (InterruptedException interrupt) {
            throw new AssertionError(interrupt);
        }
    }

    private static void joinUnchecked(TaskScope scope) {
        try {
            scope.join();
        } catch (InterruptedException interrupt) {
            throw new AssertionError(interrupt);
        }
    }
}
