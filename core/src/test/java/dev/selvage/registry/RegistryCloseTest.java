package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.selvage.exit.Owner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What is left behind, in both kinds of registry: nothing. */
@ParameterizedClass
@MethodSource("dev.selvage.registry.Subject#all")
class RegistryCloseTest extends RegistryFixture {

    @Test
    @DisplayName("6.7, known failure 11: nothing is left behind for a key nobody holds")
    void nothingIsLeftForAKeyNobodyHolds() throws Exception {
        int keys = 10_000;
        List<Registration<String, Integer>> closed = owner.call(() -> {
            List<Registration<String, Integer>> some = new ArrayList<>();
            for (int i = 0; i < keys; i++) {
                Registration<String, Integer> registration = registry.register("key-" + i, i);
                if (i % 2 == 0) {
                    some.add(registration);
                }
            }
            return some;
        });
        assertThat(registry.size()).isEqualTo(keys);

        closed.forEach(Registration::close);
        assertThat(registry.size()).isEqualTo(keys / 2);
        owner.endAndCleanUp();

        assertThat(registry.size()).isZero();
        assertThat(Subject.isEmpty(registry)).isTrue();
    }

    @Test
    @DisplayName("6.8 closing the registry removes all entries and leaves nothing on their owners")
    void closingTheRegistryRemovesAllEntries() throws Exception {
        TestOwner other = TestOwner.start(subject.owner(), "owner-2");
        List<Registration<String, Integer>> registrations = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            registrations.add(register(i % 2 == 0 ? owner : other, "key-" + i, i));
        }

        registry.close();
        registry.close();

        assertThat(registry.isClosed()).isTrue();
        assertThat(registrations).noneMatch(Registration::isActive);
        assertThat(Subject.isEmpty(registry)).isTrue();
        assertThat(owner.hooks()).isEmpty();
        assertThat(other.hooks()).isEmpty();
        registrations.forEach(Registration::close);
        other.endAndCleanUp();
    }

    @Test
    @DisplayName("6.8 every use after the close says so and names the registry")
    void useAfterTheCloseIsRefused() throws Exception {
        Registration<String, Integer> registration = register(owner, "a", 1);
        Owner ofOwner = owner.owner();
        registry.close();

        List<ThrowingCallable> uses = new ArrayList<>(List.of(
                () -> registry.register("a", 1),
                () -> registry.count("a"),
                () -> registry.size(),
                () -> registry.values("a"),
                () -> registry.values("a", ofOwner),
                () -> registry.entriesOf(ofOwner),
                () -> registry.keys(ofOwner),
                () -> registry.match("a", value -> true),
                () -> registry.stream(),
                () -> registry.dispatch("a", entry -> {}),
                () -> registry.dispatch("a", 2, entry -> {}),
                () -> registry.count("a", value -> true),
                () -> registry.unregister("a"),
                () -> registry.unregisterIf(entry -> true),
                () -> registry.listen(event -> {}),
                () -> owner.call(() -> registry.keys(ofOwner)),
                () -> owner.call(() -> registration.updateValue(value -> value + 1)),
                () -> base().awaitLiving("a", Duration.ZERO),
                () -> base().awaitLiving("a", Duration.ofDays(1))));
        uses.addAll(Subject.usesOf(registry));

        assertThat(uses)
                .allSatisfy(use -> assertThatExceptionOfType(RegistryException.Closed.class)
                        .isThrownBy(use)
                        .withMessage("registry sockets is closed"));
        assertThat(registry.name()).isEqualTo("sockets");
        assertThat(registry)
                .hasToString(subject.registry().name().toLowerCase(Locale.ROOT) + " registry sockets (closed)");
        assertThat(owner.hooks()).isEmpty();
    }

    @Test
    @DisplayName("6.8 registrations that race with the close leave nothing behind, 300 times")
    void racingRegistrationsAndCloseLeaveNothing() throws Exception {
        List<TestOwner> racers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            racers.add(TestOwner.start(subject.owner(), "racer-" + i));
        }
        for (int round = 0; round < 300; round++) {
            registry = subject.open("round-" + round);
            CyclicBarrier start = new CyclicBarrier(racers.size());
            List<FutureTask<RegistryException.Closed>> races = new ArrayList<>();
            for (TestOwner racer : racers) {
                int turnsBeforeClose = races.isEmpty() ? round % 30 : Integer.MAX_VALUE;
                races.add(racer.begin(registersUntilClosed(racer.thread().getName(), start, turnsBeforeClose)));
            }

            for (FutureTask<RegistryException.Closed> race : races) {
                assertThat(TestOwner.result(race)).hasMessage("registry round-" + round + " is closed");
            }
            assertThat(Subject.isEmpty(registry)).isTrue();
            assertThat(racers).allSatisfy(racer -> assertThat(racer.hooks()).isEmpty());
        }
        for (TestOwner racer : racers) {
            racer.endAndCleanUp();
        }
    }

    private Callable<RegistryException.Closed> registersUntilClosed(
            String key, CyclicBarrier start, int turnsBeforeClose) {
        Registry<String, Integer> target = registry;
        return () -> {
            start.await();
            int turn = 0;
            while (true) {
                if (turn == turnsBeforeClose) {
                    target.close();
                }
                try {
                    Registration<String, Integer> kept = target.register(key + turn, turn);
                    if (turn % 3 == 0) {
                        kept.close();
                    }
                    if (turn++ % 8 == 0) {
                        Thread.yield(); // a virtual thread gives its carrier up to nobody by itself
                    }
                } catch (RegistryException.Closed expected) {
                    return expected;
                }
            }
        };
    }

    @Test
    @DisplayName("6.1 closing a registration while its owner ends leaves nothing behind, 500 times")
    void closingWhileTheOwnerEndsLeavesNothing() throws Exception {
        for (int round = 0; round < 500; round++) {
            try (TestOwner racer = TestOwner.start(subject.owner(), "racer")) {
                Registration<String, Integer> registration = register(racer, "a", round);
                racer.endSoon();
                registration.close();
                assertThat(base().living("a")).isEmpty();
                racer.awaitCleanedUp();
                assertThat(Subject.isEmpty(registry)).isTrue();
                assertThat(registry.size()).isZero();
            }
        }
    }

    @Test
    @DisplayName("12 null and blank arguments are refused, naming the argument")
    void badArgumentsAreRefused() {
        Map<String, ThrowingCallable> calls = new TreeMap<>();
        calls.put("key", () -> registry.register(null, 1));
        calls.put("value", () -> registry.register("a", null));
        calls.put("owner", () -> registry.keys(null));
        calls.put("predicate", () -> registry.match("a", null));
        calls.put("action", () -> registry.dispatch("a", null));
        calls.put("name", () -> subject.open(null));
        calls.put("options", () -> Registry.unique("a", null));

        calls.forEach((argument, call) ->
                assertThatNullPointerException().isThrownBy(call).withMessage(argument));
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> registry.count(null),
                () -> registry.values(null),
                () -> registry.match(null, value -> true),
                () -> registry.dispatch(null, entry -> {}),
                () -> base().awaitLiving(null, Duration.ZERO))) {
            assertThatNullPointerException().isThrownBy(call).withMessage("key");
        }
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> subject.open(" "))
                .withMessage("name: ' '; allowed: not blank");
    }
}
