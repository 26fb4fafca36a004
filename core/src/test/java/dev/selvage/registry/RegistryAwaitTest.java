package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Waiting for a key, in both kinds of registry. Timeouts are the simulator's to explore. */
@ParameterizedClass
@MethodSource("dev.selvage.registry.Subject#all")
class RegistryAwaitTest extends RegistryFixture {
    private static final Duration LONG = Duration.ofDays(1);

    private FutureTask<List<Entry<String, Integer>>> beginWait(TestOwner waiter, String key) {
        return waiter.begin(() -> base().awaitLiving(key, LONG));
    }

    /** Entered and parked; that it is parked matters to no result, only to what the test exercises. */
    private void untilParked(TestOwner... waiters) {
        for (TestOwner waiter : waiters) {
            Awaitility.await().until(() -> isParkedHere(waiter.thread()));
        }
        assertThat(base().waiters().waiting()).isEqualTo(waiters.length);
    }

    private static boolean isParkedHere(Thread thread) {
        boolean waits = thread.getState() == Thread.State.TIMED_WAITING || thread.getState() == Thread.State.WAITING;
        return waits
                && List.of(thread.getStackTrace()).stream()
                        .anyMatch(frame -> frame.getMethodName().equals("awaitLiving"));
    }

    @Test
    @DisplayName("6.6 a key that is there already is not waited for, and 0 or less looks once")
    void aKeyThatIsThereIsNotWaitedFor() throws Exception {
        Registration<String, Integer> registration = register(owner, "a", 1);

        for (Duration timeout : List.of(LONG, Duration.ZERO, Duration.ofSeconds(-1))) {
            assertThat(base().awaitLiving("a", timeout)).isEqualTo(List.of(registration.entry()));
        }
        assertThat(base().awaitLiving("b", Duration.ZERO)).isEmpty();
        assertThat(base().awaitLiving("b", Duration.ofSeconds(-1))).isEmpty();
        assertThat(base().awaitLiving("b", Duration.ofNanos(1))).isEmpty();
    }

    @Test
    @DisplayName("6.6 a registration wakes all who wait for its key, and leaves those who wait for another")
    void aRegistrationWakesThoseWhoWaitForItsKey() throws Exception {
        TestOwner first = TestOwner.start(subject.owner(), "waiter-1");
        TestOwner second = TestOwner.start(subject.owner(), "waiter-2");
        TestOwner other = TestOwner.start(subject.owner(), "waiter-3");
        FutureTask<List<Entry<String, Integer>>> firstWait = beginWait(first, "a");
        FutureTask<List<Entry<String, Integer>>> secondWait = beginWait(second, "a");
        FutureTask<List<Entry<String, Integer>>> otherWait = beginWait(other, "b");
        untilParked(first, second, other);

        Registration<String, Integer> registration = register(owner, "a", 1);

        assertThat(TestOwner.result(firstWait)).isEqualTo(List.of(registration.entry()));
        assertThat(TestOwner.result(secondWait)).isEqualTo(List.of(registration.entry()));
        untilParked(other);
        assertThat(otherWait.isDone()).isFalse();
        register(owner, "b", 2);
        assertThat(TestOwner.result(otherWait))
                .singleElement()
                .extracting(Entry::value)
                .isEqualTo(2);
        assertThat(base().waiters().isEmpty()).isTrue();
        for (TestOwner waiter : List.of(first, second, other)) {
            waiter.endAndCleanUp();
        }
    }

    @Test
    @DisplayName("6.6 a dead holder whose clean-up has not run is waited past, to the next registration")
    void aDeadHolderIsWaitedPast() throws Exception {
        register(owner, "a", 1);
        TestOwner.Gate gate = owner.delayCleanUp();
        owner.end();
        gate.awaitReached();
        TestOwner waiter = TestOwner.start(subject.owner(), "waiter");
        TestOwner successor = TestOwner.start(subject.owner(), "successor");
        FutureTask<List<Entry<String, Integer>>> wait = beginWait(waiter, "a");
        untilParked(waiter);

        Registration<String, Integer> next = register(successor, "a", 2);

        assertThat(TestOwner.result(wait)).isEqualTo(List.of(next.entry()));
        gate.open();
        waiter.endAndCleanUp();
        successor.endAndCleanUp();
    }

    @Test
    @DisplayName("6.6, 6.8 closing the registry ends every wait, saying so")
    void closingEndsEveryWait() throws Exception {
        TestOwner first = TestOwner.start(subject.owner(), "waiter-1");
        TestOwner second = TestOwner.start(subject.owner(), "waiter-2");
        List<FutureTask<List<Entry<String, Integer>>>> waits = List.of(beginWait(first, "a"), beginWait(second, "b"));
        untilParked(first, second);

        registry.close();

        assertThat(waits)
                .allSatisfy(wait -> assertThatExceptionOfType(RegistryException.Closed.class)
                        .isThrownBy(() -> TestOwner.result(wait))
                        .withMessage("registry sockets is closed"));
        first.endAndCleanUp();
        second.endAndCleanUp();
    }

    @Test
    @DisplayName("6.6, 12 an interrupt ends the wait, leaves nothing of it, and is not left set")
    void anInterruptEndsTheWait() throws Exception {
        TestOwner waiter = TestOwner.start(subject.owner(), "waiter");
        FutureTask<Boolean> wait = waiter.begin(() -> {
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> base().awaitLiving("a", LONG));
            return Thread.currentThread().isInterrupted();
        });
        untilParked(waiter);

        waiter.thread().interrupt();

        assertThat(TestOwner.result(wait)).isFalse();
        assertThat(base().waiters().isEmpty()).isTrue();
        assertThat(base().waiters().waiting()).isZero();
        waiter.endAndCleanUp();
    }

    @Test
    @DisplayName("6.6, 12 whoever calls with an interrupt set gets it at once, even if the key is there")
    void anInterruptThatIsSetComesFirst() throws Exception {
        register(owner, "a", 1);

        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> base().awaitLiving("a", LONG));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> base().awaitLiving("b", Duration.ZERO));
    }

    @Test
    @DisplayName("6.6 no wake-up is lost: 5,000 keys, each waited for while it is registered")
    void noWakeUpIsLost() throws Exception {
        int keys = 5_000;
        List<FutureTask<Integer>> waits = new ArrayList<>();
        List<TestOwner> waiters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            TestOwner waiter = TestOwner.start(subject.owner(), "waiter-" + i);
            waiters.add(waiter);
            waits.add(waiter.begin(() -> {
                int found = 0;
                for (int key = 0; key < keys; key++) {
                    found += base().awaitLiving("key-" + key, LONG).size();
                }
                return found;
            }));
        }

        owner.call(() -> {
            for (int key = 0; key < keys; key++) {
                registry.register("key-" + key, key);
            }
            return null;
        });

        for (FutureTask<Integer> wait : waits) {
            assertThat(TestOwner.result(wait)).isEqualTo(keys);
        }
        for (TestOwner waiter : waiters) {
            waiter.endAndCleanUp();
        }
    }
}
