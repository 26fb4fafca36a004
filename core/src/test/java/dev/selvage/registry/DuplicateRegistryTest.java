package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Many entries a key: their order, the view of them, and what coming and going does to readers. */
@ParameterizedClass
@EnumSource
class DuplicateRegistryTest {
    @Parameter
    OwnerKind kind;

    private final HashDuplicateRegistry<String, Integer> registry =
            (HashDuplicateRegistry<String, Integer>) Registry.<String, Integer>duplicate("topics");
    private final List<TestOwner> owners = new ArrayList<>();

    @AfterEach
    void endOwners() throws Exception {
        for (TestOwner owner : owners) {
            owner.endAndCleanUp();
        }
        assertThat(registry.table.isEmpty()).isTrue();
        assertThat(registry.size()).isZero();
        registry.close();
    }

    private TestOwner owner(String name) throws Exception {
        TestOwner owner = TestOwner.start(kind, name);
        owners.add(owner);
        return owner;
    }

    private Registration<String, Integer> register(TestOwner by, String key, int value) throws Exception {
        return by.call(() -> registry.register(key, value));
    }

    private List<Integer> values(List<Entry<String, Integer>> entries) {
        return entries.stream().map(Entry::value).toList();
    }

    @Test
    @DisplayName("6.1 any number of entries stand under a key, in order of arrival, several of one thread too")
    void entriesStandInOrderOfArrival() throws Exception {
        TestOwner first = owner("first");
        TestOwner second = owner("second");
        register(first, "a", 1);
        Registration<String, Integer> middle = register(second, "a", 2);
        register(first, "a", 3);
        register(second, "b", 9);

        assertThat(values(registry.lookup("a"))).containsExactly(1, 2, 3);
        middle.close();
        register(first, "a", 4);

        assertThat(values(registry.lookup("a"))).containsExactly(1, 3, 4);
        assertThat(registry.values("a")).containsExactly(1, 3, 4);
        assertThat(registry.values("a", first.owner())).containsExactly(1, 3, 4);
        assertThat(registry.keys(first.owner())).containsExactlyInAnyOrder("a", "a", "a");
        assertThat(registry.count("a")).isEqualTo(3);
        assertThat(registry.count("b")).isEqualTo(1);
        assertThat(registry.size()).isEqualTo(4);
    }

    @Test
    @DisplayName("6.1 first, last and only entries leave in any order")
    void entriesLeaveInAnyOrder() throws Exception {
        TestOwner owner = owner("owner");
        for (int[] order : new int[][] {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}) {
            List<Registration<String, Integer>> registrations = new ArrayList<>();
            List<Integer> expected = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                registrations.add(register(owner, "a", i));
                expected.add(i);
            }
            for (int leaving : order) {
                registrations.get(leaving).close();
                expected.remove(Integer.valueOf(leaving));
                assertThat(registry.values("a")).isEqualTo(expected);
                assertThat(values(registry.view("a"))).isEqualTo(expected);
            }
            assertThat(registry.table.isEmpty()).isTrue();
        }
    }

    @Test
    @DisplayName("6.3 a list that lookup returned does not change afterwards, and cannot be changed")
    void aListStaysAsItWas() throws Exception {
        TestOwner owner = owner("owner");
        Registration<String, Integer> registration = register(owner, "a", 1);
        List<Entry<String, Integer>> before = registry.lookup("a");

        register(owner, "a", 2);
        registration.close();

        assertThat(before).containsExactly(registration.entry());
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(before::clear);
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> registry.view("a").clear());
    }

    @Test
    @DisplayName("6.3 lookup returns the living of a key only, in order, while dead ones stand between them")
    void lookupReturnsTheLivingOnly() throws Exception {
        TestOwner living = owner("living");
        TestOwner dying = owner("dying");
        register(living, "a", 1);
        register(dying, "a", 2);
        register(living, "a", 3);
        TestOwner.Gate gate = dying.delayCleanUp();
        dying.end();
        gate.awaitReached();

        List<Entry<String, Integer>> seen = registry.lookup("a");
        List<Entry<String, Integer>> viewed = registry.view("a");
        gate.open();
        dying.awaitCleanedUp();

        assertThat(values(seen)).containsExactly(1, 3);
        assertThat(viewed.stream().filter(Entry::isAlive).map(Entry::value)).containsExactly(1, 3);
        assertThat(values(registry.view("a"))).containsExactly(1, 3);
        assertThat(registry.count("a")).isEqualTo(2);
    }

    @Test
    @DisplayName("6.3 the view is one list, with random access, until an entry comes or goes")
    void theViewIsSharedUntilAChange() throws Exception {
        TestOwner owner = owner("owner");
        Registration<String, Integer> first = register(owner, "a", 1);

        List<Entry<String, Integer>> once = registry.view("a");
        assertThat(once).isInstanceOf(RandomAccess.class).isSameAs(registry.view("a"));
        assertThat(values(registry.view("a"))).containsExactly(1);
        owner.call(() -> first.updateValue(value -> 7));
        assertThat(registry.view("a")).as("a new value is no change").isSameAs(once);
        assertThat(values(registry.view("a"))).containsExactly(7);

        register(owner, "a", 2);
        assertThat(registry.view("a")).isNotSameAs(once).hasSize(2).isSameAs(registry.view("a"));
        first.close();
        assertThat(values(registry.view("a"))).containsExactly(2);
        assertThat(registry.view("nobody")).isEmpty();
    }

    @Test
    @DisplayName("6.3 a view holds what was registered before the call and lacks what was closed before it")
    void aViewIsNeverStale() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        List<FutureTask<Integer>> churners = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            TestOwner churner = owner("churner-" + i);
            churners.add(churner.begin(() -> {
                int rounds = 0;
                while (!done.get()) {
                    Registration<String, Integer> registration = registry.register("a", rounds++);
                    assertThat(registry.view("a").contains(registration.entry()))
                            .isTrue();
                    assertThat(registry.lookup("a").contains(registration.entry()))
                            .isTrue();
                    registration.close();
                    assertThat(registry.view("a").contains(registration.entry()))
                            .isFalse();
                    assertThat(registry.lookup("a").contains(registration.entry()))
                            .isFalse();
                }
                return rounds;
            }));
        }
        TestOwner watcher = owner("watcher");
        int looks = watcher.call(() -> {
            for (int i = 0; i < 20_000; i++) {
                assertThat(registry.view("a").size()).isLessThanOrEqualTo(5 * 4);
            }
            return 20_000;
        });
        done.set(true);

        for (FutureTask<Integer> churner : churners) {
            assertThat(TestOwner.result(churner)).isPositive();
        }
        assertThat(looks).isEqualTo(20_000);
        assertThat(registry.table.isEmpty()).isTrue();
    }

    @Test
    @DisplayName("6.3 what stands throughout is read exactly once and in order, while others come and go around it")
    void whatStandsThroughoutIsReadOnce() throws Exception {
        TestOwner steady = owner("steady");
        TestOwner churner = owner("churner");
        List<Registration<String, Integer>> between = new ArrayList<>();
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            register(steady, "a", i);
            expected.add(i);
            between.add(register(churner, "a", -1));
        }
        CountDownLatch started = new CountDownLatch(1);
        FutureTask<Integer> churn = churner.begin(() -> {
            int turns = 0;
            while (turns < 200) {
                between.forEach(Registration::close);
                between.replaceAll(gone -> registry.register("a", -1));
                started.countDown();
                turns++;
            }
            return turns;
        });
        started.await();

        while (!churn.isDone()) {
            assertThat(registry.values("a").stream().filter(value -> value >= 0))
                    .isEqualTo(expected);
        }

        assertThat(TestOwner.result(churn)).isEqualTo(200);
    }

    @Test
    @DisplayName(
            "6.4 every action of a dispatch runs even if some throw, in order; entries that go meanwhile are left out")
    void everyActionOfADispatchRuns() throws Exception {
        TestOwner owner = owner("owner");
        List<Registration<String, Integer>> registrations = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            registrations.add(register(owner, "a", i));
        }
        List<Integer> told = new ArrayList<>();

        RegistryException.DispatchFailed failed = catchThrowableOfType(
                RegistryException.DispatchFailed.class,
                () -> registry.dispatch("a", entry -> {
                    told.add(entry.value());
                    if (entry.value() == 1) {
                        registrations.get(4).close();
                        throw new IllegalStateException("one");
                    }
                    if (entry.value() == 3) {
                        throw new AssertionError("three");
                    }
                }));

        assertThat(told).containsExactly(0, 1, 2, 3, 5);
        assertThat(failed.ran()).isEqualTo(5);
        assertThat(failed.failed()).isEqualTo(2);
        assertThat(failed.failures()).extracting(Throwable::getMessage).containsExactly("one", "three");
    }

    @Test
    @DisplayName("6.4 a dispatch to very many that all fail keeps the first hundred failures and counts them all")
    void aDispatchKeepsSomeFailures() throws Exception {
        TestOwner owner = owner("owner");
        owner.call(() -> {
            for (int i = 0; i < 250; i++) {
                registry.register("a", i);
            }
            return null;
        });

        RegistryException.DispatchFailed failed = catchThrowableOfType(
                RegistryException.DispatchFailed.class,
                () -> registry.dispatch("a", entry -> {
                    throw new IllegalStateException("no " + entry.value());
                }));

        assertThat(failed.failed()).isEqualTo(250);
        assertThat(failed.ran()).isEqualTo(250);
        assertThat(failed.failures()).hasSize(100);
        assertThat(failed).hasMessageStartingWith("250 of 250 actions failed in a dispatch to key a");
    }

    @Test
    @DisplayName("6.4 an action that registers under the same key does not prolong its dispatch")
    void aDispatchEnds() throws Exception {
        TestOwner owner = owner("owner");
        register(owner, "a", 1);

        int ran = owner.call(() -> registry.dispatch("a", entry -> registry.register("a", 2)));

        assertThat(ran).isEqualTo(1);
        assertThat(registry.values("a")).containsExactly(1, 2);
    }

    @Test
    @DisplayName("6.7 a key that is emptied and filled again at the same time loses no entry and leaves no bucket")
    void anEmptiedKeyLosesNoEntry() throws Exception {
        List<FutureTask<Integer>> visitors = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            TestOwner visitor = owner("visitor-" + i);
            visitors.add(visitor.begin(() -> {
                int turns = 0;
                for (; turns < 20_000; turns++) {
                    Registration<String, Integer> registration = registry.register("a", turns);
                    assertThat(registry.lookup("a").contains(registration.entry()))
                            .isTrue();
                    assertThat(registry.count("a")).isPositive();
                    registration.close();
                }
                return turns;
            }));
        }

        for (FutureTask<Integer> visitor : visitors) {
            assertThat(TestOwner.result(visitor)).isEqualTo(20_000);
        }
        assertThat(registry.table.isEmpty()).isTrue();
        assertThat(registry.size()).isZero();
    }

    @Test
    @DisplayName("6.7 a closed registration that is kept for ever keeps nothing of those that came after it")
    void aClosedRegistrationKeepsNothing() throws Exception {
        TestOwner owner = owner("owner");
        register(owner, "a", 0);
        Registration<String, Integer> kept = register(owner, "a", 1);
        kept.close();
        WeakReference<Object> later = owner.call(() -> {
            Registration<String, Integer> registration = registry.register("a", 2);
            WeakReference<Object> reference = new WeakReference<>(registration.entry());
            registration.close();
            return reference;
        });

        for (int i = 0; i < 20 && later.get() != null; i++) {
            System.gc();
        }

        assertThat(later.get()).isNull();
        assertThat(kept.isActive()).isFalse();
    }
}
