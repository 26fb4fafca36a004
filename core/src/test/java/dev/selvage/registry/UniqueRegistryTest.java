package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.selvage.registry.Claim.AlreadyRegistered;
import dev.selvage.registry.Claim.Registered;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** One owner a key: claims, their losers, and dead holders. */
@ParameterizedClass
@EnumSource
class UniqueRegistryTest {
    @Parameter
    OwnerKind kind;

    private final HashUniqueRegistry<String, Integer> registry =
            (HashUniqueRegistry<String, Integer>) Registry.<String, Integer>unique("names");
    private final List<TestOwner> owners = new ArrayList<>();

    @AfterEach
    void endOwners() throws Exception {
        for (TestOwner owner : owners) {
            owner.endAndCleanUp();
        }
        assertThat(registry.table).isEmpty();
        registry.close();
    }

    private TestOwner owner(String name) throws Exception {
        TestOwner owner = TestOwner.start(kind, name);
        owners.add(owner);
        return owner;
    }

    private List<TestOwner> owners(int count) throws Exception {
        List<TestOwner> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            some.add(owner("racer-" + i));
        }
        return some;
    }

    private Claim<String, Integer> claim(TestOwner by, String key, int value) throws Exception {
        return by.call(() -> registry.tryRegister(key, value));
    }

    private Registration<String, Integer> claimed(TestOwner by, String key, int value) throws Exception {
        return ((Registered<String, Integer>) claim(by, key, value)).registration();
    }

    @Test
    @DisplayName("6.2 a claim of a held key is refused and tells the holder, whose value stays")
    void aClaimOfAHeldKeyTellsTheHolder() throws Exception {
        TestOwner holder = owner("holder");
        TestOwner other = owner("other");
        Registration<String, Integer> registration = claimed(holder, "a", 1);

        AlreadyRegistered<String, Integer> refused = (AlreadyRegistered<String, Integer>) claim(other, "a", 2);

        assertThat(refused.holder()).isSameAs(registration.entry());
        assertThat(refused.holder().owner()).isSameAs(holder.owner());
        assertThat(refused.isMine()).isFalse();
        assertThat(registration.value()).isEqualTo(1);
        assertThat(other.hooks()).isEmpty();
    }

    @Test
    @DisplayName("6.2 the holder that claims again is told so, and its value stays")
    void theHolderThatClaimsAgainIsTold() throws Exception {
        TestOwner holder = owner("holder");
        Registration<String, Integer> registration = claimed(holder, "a", 1);

        boolean mine = holder.call(() -> ((AlreadyRegistered<String, Integer>) registry.tryRegister("a", 2)).isMine());
        RegistryException.AlreadyRegistered refused = holder.call(
                () -> catchThrowableOfType(RegistryException.AlreadyRegistered.class, () -> registry.register("a", 2)));

        assertThat(mine).isTrue();
        assertThat(refused).hasMessage("key a in registry names is registered by holder, which is this very thread");
        assertThat(registration.value()).isEqualTo(1);
        assertThat(holder.hooks()).hasSize(1);
    }

    @Test
    @DisplayName("6.2 register throws where tryRegister refuses, naming key, registry and holder")
    void registerThrowsNamingTheHolder() throws Exception {
        Registration<String, Integer> registration = claimed(owner("holder"), "a", 1);

        RegistryException.AlreadyRegistered refused =
                catchThrowableOfType(RegistryException.AlreadyRegistered.class, () -> registry.register("a", 2));

        assertThat(refused).hasMessage("key a in registry names is registered by holder");
        assertThat(refused.holder()).isSameAs(registration.entry());
    }

    @Test
    @DisplayName("6.2 registerOrGet returns the caller's new entry, or the living holder's whose value stays")
    void registerOrGet() throws Exception {
        TestOwner first = owner("first");
        TestOwner second = owner("second");

        Entry<String, Integer> own = first.call(() -> registry.registerOrGet("a", 1));
        Entry<String, Integer> held = second.call(() -> registry.registerOrGet("a", 2));

        assertThat(own.owner()).isSameAs(first.owner());
        assertThat(held).isSameAs(own);
        assertThat(held.value()).isEqualTo(1);
        assertThat(claim(second, "a", 2).entry()).isSameAs(own);
        assertThat(claim(second, "b", 2).entry().owner()).isSameAs(second.owner());
    }

    @Test
    @DisplayName("6.2 of 200 racing claims one wins and the others learn the holder, 100 times")
    void ofRacingClaimsOneWins() throws Exception {
        List<TestOwner> racers = owners(200);
        for (int round = 0; round < 100; round++) {
            CountDownLatch start = new CountDownLatch(1);
            List<FutureTask<Claim<String, Integer>>> claims = new ArrayList<>();
            for (TestOwner racer : racers) {
                claims.add(racer.begin(() -> {
                    start.await();
                    return registry.tryRegister("a", 1);
                }));
            }
            start.countDown();

            List<Registration<String, Integer>> won = new ArrayList<>();
            List<Entry<String, Integer>> holders = new ArrayList<>();
            for (FutureTask<Claim<String, Integer>> claim : claims) {
                switch (TestOwner.result(claim)) {
                    case Registered<String, Integer>(var registration) -> won.add(registration);
                    case AlreadyRegistered<String, Integer>(var holder) -> holders.add(holder);
                }
            }
            assertThat(won).hasSize(1);
            assertThat(holders).hasSize(199).containsOnly(won.getFirst().entry());
            assertThat(registry.lookup("a")).containsSame(won.getFirst().entry());
            won.getFirst().close();
        }
    }

    @Test
    @DisplayName("6.2 no two threads have a key at the same time while they claim and close")
    void noTwoThreadsHaveAKeyAtOnce() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        List<FutureTask<Integer>> visits = new ArrayList<>();
        for (TestOwner racer : owners(8)) {
            visits.add(racer.begin(() -> {
                int turns = 0;
                for (int i = 0; i < 5_000; i++) {
                    if (registry.tryRegister("a", i) instanceof Registered<String, Integer>(var registration)) {
                        assertThat(inside.incrementAndGet()).isEqualTo(1);
                        assertThat(registration.isActive()).isTrue();
                        turns++;
                        inside.decrementAndGet();
                        registration.close();
                    }
                }
                return turns;
            }));
        }

        int turns = 0;
        for (FutureTask<Integer> visit : visits) {
            turns += TestOwner.result(visit);
        }

        assertThat(turns).isPositive();
        assertThat(registry.table).isEmpty();
    }

    @Test
    @DisplayName(
            "6.2, 4.4, known failure 10: a dead holder is replaced at once; its late clean-up leaves the new alone")
    void aDeadHolderIsReplacedAtOnce() throws Exception {
        TestOwner dying = owner("dying");
        Registration<String, Integer> old = claimed(dying, "a", 1);
        TestOwner.Gate gate = dying.delayCleanUp();
        dying.end();
        gate.awaitReached();

        Registration<String, Integer> successor = claimed(owner("successor"), "a", 2);
        gate.open();
        dying.awaitCleanedUp();
        old.close();

        assertThat(successor.isActive()).isTrue();
        assertThat(registry.lookup("a")).containsSame(successor.entry());
        assertThat(registry.table).containsOnlyKeys("a");
        assertThat(old.isActive()).isFalse();
        assertThat(old.value()).isEqualTo(1);
    }

    @Test
    @DisplayName("6.2 of many who race for a dead holder's key one wins, before and while its clean-up runs, 100 times")
    void ofManyWhoRaceForADeadHoldersKeyOneWins() throws Exception {
        List<TestOwner> racers = owners(8);
        for (int round = 0; round < 100; round++) {
            TestOwner dying = TestOwner.start(kind, "dying");
            claimed(dying, "a", 1);
            TestOwner.Gate gate = dying.delayCleanUp();
            dying.end();
            gate.awaitReached();
            CountDownLatch start = new CountDownLatch(1);
            List<FutureTask<Claim<String, Integer>>> claims = new ArrayList<>();
            for (TestOwner racer : racers) {
                claims.add(racer.begin(() -> {
                    start.await();
                    return registry.tryRegister("a", 2);
                }));
            }
            start.countDown();
            gate.open();

            List<Registration<String, Integer>> won = new ArrayList<>();
            for (FutureTask<Claim<String, Integer>> claim : claims) {
                if (TestOwner.result(claim) instanceof Registered<String, Integer>(var registration)) {
                    won.add(registration);
                }
            }
            dying.awaitCleanedUp();
            assertThat(won).hasSize(1);
            assertThat(registry.lookup("a")).containsSame(won.getFirst().entry());
            won.getFirst().close();
        }
    }

    @Test
    @DisplayName("6.2 a closed registration frees the key for the next claim, and lookup follows")
    void aClosedRegistrationFreesTheKey() throws Exception {
        TestOwner first = owner("first");
        TestOwner second = owner("second");
        Registration<String, Integer> registration = claimed(first, "a", 1);
        assertThat(registry.lookup("a")).containsSame(registration.entry());

        registration.close();
        assertThat(registry.lookup("a")).isEmpty();
        Registration<String, Integer> next = claimed(second, "a", 2);

        assertThat(registry.lookup("a")).containsSame(next.entry());
        assertThat(next.entry()).isNotSameAs(registration.entry());
    }

    @Test
    @DisplayName("4.4 one thread may have any number of keys, and costs one watcher")
    void oneThreadMayHaveManyKeys() throws Exception {
        TestOwner owner = owner("collector");
        owner.call(() -> {
            for (int i = 0; i < 1_000; i++) {
                registry.register("key-" + i, i);
            }
            return null;
        });

        assertThat(registry.keys(owner.owner())).hasSize(1_000);
        assertThat(registry.size()).isEqualTo(1_000);
    }

    @Test
    @DisplayName("12 the outcomes of a claim cannot be made without what they carry")
    void outcomesCarrySomething() {
        assertThatNullPointerException()
                .isThrownBy(() -> new Registered<>(null))
                .withMessage("registration");
        assertThatNullPointerException()
                .isThrownBy(() -> new AlreadyRegistered<>(null))
                .withMessage("holder");
        assertThatNullPointerException().isThrownBy(() -> registry.lookup(null)).withMessage("key");
    }
}
