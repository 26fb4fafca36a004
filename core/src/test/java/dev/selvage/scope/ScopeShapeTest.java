package dev.selvage.scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule 3.1: which shape of the API is recognised, how each is driven, and what is said of an unknown one. */
public class ScopeShapeTest {

    private static final List<String> CALLS = new ArrayList<>();
    private static final ThreadFactory THREADS = Thread.ofVirtual().factory();

    @BeforeEach
    void forgetCalls() {
        CALLS.clear();
    }

    @Test
    @DisplayName("3.1 the running JDK has the shape that its version had when this was written")
    void shapeOfTheRunningJdk() {
        Class<?> expected = Runtime.version().feature() < 25 ? ClassShape.class : JoinerShape.class;
        assertThat(RunningJdk.shape()).isInstanceOf(expected).isSameAs(RunningJdk.shape());
    }

    @Test
    @DisplayName("3.1 JDK 21 to 24: a class with a constructor; cancelling is its shutdown")
    void classShape() throws Throwable {
        ScopeShape shape = ScopeShape.of(FakeClass.class, "JDK 21");
        assertThat(shape).isInstanceOf(ClassShape.class);
        drive(shape);
        assertThat(CALLS).containsExactly("new orders", "fork", "shutdown", "join", "close");
    }

    @Test
    @DisplayName("3.1 JDK 25: an interface whose open takes a Function; cancelling is a fork that the joiner answers")
    void functionShape() throws Throwable {
        ScopeShape shape = ScopeShape.of(FakeOfFunction.class, "JDK 25");
        assertThat(shape).isInstanceOf(JoinerShape.class);
        drive(shape);
        assertThat(CALLS)
                .containsExactly("open orders", "fork", "onFork false", "fork", "onFork true", "join", "close");
    }

    @Test
    @DisplayName("3.1 JDK 26 to 28: an interface whose open takes a UnaryOperator, beside others; Joiner has timeout()")
    void unaryOperatorShape() throws Throwable {
        ScopeShape shape = ScopeShape.of(FakeOfOperator.class, "JDK 27");
        assertThat(shape).isInstanceOf(JoinerShape.class);
        drive(shape);
        assertThat(CALLS)
                .containsExactly(
                        "open orders", "timeout null", "fork", "onFork false", "fork", "onFork true", "join", "close");
    }

    @Test
    @DisplayName("3.1 an unknown shape is a clear error that names the JDK and what was looked for")
    void unknownShape() {
        assertThatThrownBy(() -> ScopeShape.of(FakeUnknown.class, "JDK 31 (Somebody)"))
                .isInstanceOf(ScopeException.Unsupported.class)
                .hasMessageContainingAll(
                        "JDK 31 (Somebody)",
                        "FakeUnknown",
                        "the interface of JDK 25 to 28",
                        "no class " + FakeUnknown.class.getName() + "$Joiner",
                        "the class of JDK 21 to 24",
                        "no " + FakeUnknown.class.getName() + ".<init>(java.lang.String");
        assertThatThrownBy(() -> ScopeShape.of(FakeOfOtherOpen.class, "JDK 32"))
                .isInstanceOf(ScopeException.Unsupported.class)
                .hasMessageContainingAll("JDK 32", ".open(Joiner, UnaryOperator)");
    }

    @Test
    @DisplayName("3.1 a JDK without the API is a clear error too")
    void missingApi() {
        assertThatThrownBy(() -> RunningJdk.resolve("java.util.concurrent.NoSuchScope", "JDK 33"))
                .isInstanceOf(ScopeException.Unsupported.class)
                .hasMessageContainingAll("JDK 33", "java.util.concurrent.NoSuchScope");
    }

    @Test
    @DisplayName("3.2 the joiner lets every subtask pass, has no result, and cancels only when the owner does")
    void quietJoiner() {
        QuietJoiner quiet = new QuietJoiner();
        FakeOfOperator.Joiner joiner = (FakeOfOperator.Joiner) Proxy.newProxyInstance(
                ScopeShapeTest.class.getClassLoader(), new Class<?>[] {FakeOfOperator.Joiner.class}, quiet);
        assertThat(joiner.onFork("subtask")).isFalse();
        assertThat(joiner.onComplete("subtask")).isFalse();
        assertThat(joiner.result()).isNull();
        assertThat(joiner.timeout()).isNull();
        assertThat(joiner).isEqualTo(joiner).isNotEqualTo(quiet).hasToString("Joiner of a TaskScope");
        assertThat(joiner.hashCode()).isEqualTo(System.identityHashCode(joiner));
        quiet.cancel();
        assertThat(joiner.onFork("subtask")).isTrue();
        assertThat(joiner.result()).isNull();
    }

    private static void drive(ScopeShape shape) throws Throwable {
        QuietJoiner quiet = new QuietJoiner();
        Object scope = shape.open("orders", THREADS, quiet);
        shape.fork(scope, () -> null);
        shape.cancel(scope, quiet);
        shape.join(scope);
        shape.close(scope);
    }

    /** As in JDK 21 to 24. */
    public static class FakeClass implements AutoCloseable {

        public FakeClass(String name, ThreadFactory threads) {
            assertThat(threads).isSameAs(THREADS);
            CALLS.add("new " + name);
        }

        public Object fork(Callable<?> task) {
            assertThat(task).isNotNull();
            CALLS.add("fork");
            return "subtask";
        }

        public FakeClass join() {
            CALLS.add("join");
            return this;
        }

        public void shutdown() {
            CALLS.add("shutdown");
        }

        @Override
        public void close() {
            CALLS.add("close");
        }
    }

    /** As in JDK 25. */
    public interface FakeOfFunction extends AutoCloseable {

        interface Joiner {
            default boolean onFork(Object subtask) {
                throw new AssertionError("the proxy answers");
            }

            Object result() throws Throwable;
        }

        interface Configuration {
            Configuration withThreadFactory(ThreadFactory threads);

            Configuration withName(String name);

            Configuration withTimeout(java.time.Duration timeout);
        }

        static FakeOfFunction open(Joiner joiner, Function<Configuration, Configuration> function) {
            FakeConfigurationOfFunction configuration =
                    (FakeConfigurationOfFunction) function.apply(new FakeConfigurationOfFunction("", null));
            assertThat(configuration.threads()).isSameAs(THREADS);
            CALLS.add("open " + configuration.name());
            return new FakeScopeOfFunction(joiner);
        }

        static FakeOfFunction open(Joiner joiner) {
            throw new AssertionError("without a name");
        }

        Object fork(Callable<?> task);

        Object fork(Runnable task);

        Object join() throws InterruptedException;

        @Override
        void close();
    }

    record FakeConfigurationOfFunction(String name, ThreadFactory threads) implements FakeOfFunction.Configuration {

        @Override
        public FakeOfFunction.Configuration withThreadFactory(ThreadFactory factory) {
            return new FakeConfigurationOfFunction(name, factory);
        }

        @Override
        public FakeOfFunction.Configuration withName(String newName) {
            return new FakeConfigurationOfFunction(newName, threads);
        }

        @Override
        public FakeOfFunction.Configuration withTimeout(java.time.Duration timeout) {
            throw new AssertionError("without a timeout");
        }
    }

    record FakeScopeOfFunction(FakeOfFunction.Joiner joiner) implements FakeOfFunction {

        @Override
        public Object fork(Callable<?> task) {
            CALLS.add("fork");
            CALLS.add("onFork " + joiner.onFork("subtask"));
            return "subtask";
        }

        @Override
        public Object fork(Runnable task) {
            throw new AssertionError("the form that wraps once more");
        }

        @Override
        public Object join() {
            CALLS.add("join");
            return null;
        }

        @Override
        public void close() {
            CALLS.add("close");
        }
    }

    /** As in JDK 26 to 28. */
    public interface FakeOfOperator extends AutoCloseable {

        interface Joiner {
            default boolean onFork(Object subtask) {
                throw new AssertionError("the proxy answers");
            }

            default boolean onComplete(Object subtask) {
                throw new AssertionError("the proxy answers");
            }

            Object result();

            Object timeout();
        }

        interface Configuration {
            Configuration withThreadFactory(ThreadFactory threads);

            Configuration withName(String name);
        }

        static FakeOfOperator open(Joiner joiner, UnaryOperator<Configuration> operator) {
            FakeConfigurationOfOperator configuration =
                    (FakeConfigurationOfOperator) operator.apply(new FakeConfigurationOfOperator("", null));
            assertThat(configuration.threads()).isSameAs(THREADS);
            CALLS.add("open " + configuration.name());
            CALLS.add("timeout " + joiner.timeout());
            return new FakeScopeOfOperator(joiner);
        }

        static FakeOfOperator open(UnaryOperator<Configuration> operator) {
            throw new AssertionError("without a joiner");
        }

        Object fork(Callable<?> task);

        Object join() throws InterruptedException;

        @Override
        void close();
    }

    record FakeConfigurationOfOperator(String name, ThreadFactory threads) implements FakeOfOperator.Configuration {

        @Override
        public FakeOfOperator.Configuration withThreadFactory(ThreadFactory factory) {
            return new FakeConfigurationOfOperator(name, factory);
        }

        @Override
        public FakeOfOperator.Configuration withName(String newName) {
            return new FakeConfigurationOfOperator(newName, threads);
        }
    }

    record FakeScopeOfOperator(FakeOfOperator.Joiner joiner) implements FakeOfOperator {

        @Override
        public Object fork(Callable<?> task) {
            CALLS.add("fork");
            CALLS.add("onFork " + joiner.onFork("subtask"));
            return "subtask";
        }

        @Override
        public Object join() {
            CALLS.add("join");
            return null;
        }

        @Override
        public void close() {
            CALLS.add("close");
        }
    }

    /** Neither. */
    public interface FakeUnknown {
        Object spawn(Callable<?> task);
    }

    /** The nested types are there, the factory is not. */
    public interface FakeOfOtherOpen {

        interface Joiner {}

        interface Configuration {
            Configuration withThreadFactory(ThreadFactory threads);

            Configuration withName(String name);
        }

        static FakeOfOtherOpen open(Joiner joiner, String configuration) {
            throw new AssertionError("takes no function");
        }
    }
}
