package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The dispatch that runs its actions on several threads. */
@ParameterizedClass
@EnumSource
class RegistryDispatchTest {
    @Parameter
    OwnerKind kind;

    private final DuplicateRegistry<String, Integer> registry = Registry.duplicate("topics");
    private TestOwner owner;

    @BeforeEach
    void registerMany() throws Exception {
        owner = TestOwner.start(kind, "owner");
        owner.call(() -> {
            for (int i = 0; i < 100; i++) {
                registry.register("a", i);
            }
            return null;
        });
    }

    @AfterEach
    void close() {
        owner.close();
        registry.close();
    }

    @Test
    @DisplayName("6.4 a parallel dispatch runs every action once, at most so many at a time, on virtual threads")
    void everyActionRunsOnce() throws Exception {
        Queue<Integer> told = new ConcurrentLinkedQueue<>();
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch together = new CountDownLatch(4);

        int ran = registry.dispatch("a", 4, entry -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            threads.add(Thread.currentThread());
            together.countDown();
            awaitOrFail(together); // only where four run at once does anyone get past this
            told.add(entry.value());
            running.decrementAndGet();
        });

        assertThat(ran).isEqualTo(100);
        assertThat(told).hasSize(100).doesNotHaveDuplicates();
        assertThat(most).hasValue(4);
        assertThat(threads).hasSize(4).allMatch(Thread::isVirtual).noneMatch(Thread::isAlive);
        assertThat(registry.dispatch("none", 4, entry -> told.clear())).isZero();
        assertThat(told).hasSize(100);
    }

    private static void awaitOrFail(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Test
    @DisplayName(
            "6.4 if actions of a parallel dispatch throw, all others run, and the failures come in order of entries")
    void everyActionRunsEvenIfSomeThrow() {
        Queue<Integer> told = new ConcurrentLinkedQueue<>();

        RegistryException.DispatchFailed failed = catchThrowableOfType(
                RegistryException.DispatchFailed.class,
                () -> registry.dispatch("a", 3, entry -> {
                    told.add(entry.value());
                    if (entry.value() % 10 == 7) {
                        throw new AssertionError(entry.value());
                    }
                }));

        assertThat(told).hasSize(100);
        assertThat(failed.ran()).isEqualTo(100);
        assertThat(failed.failed()).isEqualTo(10);
        assertThat(failed.failures())
                .extracting(Throwable::getMessage)
                .containsExactly("7", "17", "27", "37", "47", "57", "67", "77", "87", "97");
    }

    @Test
    @DisplayName(
            "6.4, 12 an interrupt of the caller ends a parallel dispatch: nothing begins, nothing runs on behind it")
    void anInterruptEndsADispatch() throws Exception {
        CountDownLatch running = new CountDownLatch(2);
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        TestOwner caller = TestOwner.start(kind, "caller");
        FutureTask<InterruptedException> dispatch = caller.begin(() -> catchThrowableOfType(
                InterruptedException.class,
                () -> registry.dispatch("a", 2, entry -> {
                    begun.incrementAndGet();
                    running.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        ended.incrementAndGet();
                        throw new IllegalStateException("given up", e);
                    }
                })));
        running.await();

        caller.thread().interrupt();

        InterruptedException interrupted = TestOwner.result(dispatch);
        assertThat(interrupted).hasMessage("interrupted in a dispatch to key a in registry topics");
        assertThat(begun).hasValue(2);
        assertThat(ended).hasValue(2);
        assertThat(interrupted.getSuppressed())
                .singleElement()
                .satisfies(failed -> assertThat(failed)
                        .isInstanceOf(RegistryException.DispatchFailed.class)
                        .hasMessageStartingWith("2 of 2 actions failed"));
        caller.endAndCleanUp();
    }

    @Test
    @DisplayName("6.4, 12 whoever calls a parallel dispatch with an interrupt set gets it at once, and no action runs")
    void anInterruptThatIsSetComesFirst() {
        AtomicInteger begun = new AtomicInteger();
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> registry.dispatch("a", 2, entry -> begun.incrementAndGet()));

        assertThat(begun).hasValue(0);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    @DisplayName("6.4 entries that go before their turn are left out of a parallel dispatch")
    void whatGoesIsLeftOut() throws Exception {
        AtomicInteger told = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        FutureTask<Integer> dispatch = new FutureTask<>(() -> registry.dispatch("a", 1, entry -> {
            told.incrementAndGet();
            first.countDown();
            awaitOrFail(ended);
        }));
        Thread.startVirtualThread(dispatch);
        first.await();
        owner.endAndCleanUp();
        ended.countDown();

        assertThat(TestOwner.result(dispatch)).isEqualTo(1);
        assertThat(told).hasValue(1);
    }

    @Test
    @DisplayName("12 a parallelism below 1 is refused, naming it and what is allowed")
    void badArgumentsAreRefused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> registry.dispatch("a", 0, entry -> {}))
                .withMessage("parallelism: 0; allowed: 1 or more");
        assertThatExceptionOfType(NullPointerException.class)
                .isThrownBy(() -> registry.dispatch("a", 1, null))
                .withMessage("action");
        assertThat(List.of(registry.count("a"))).containsExactly(100);
    }
}
