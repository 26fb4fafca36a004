package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitReason;
import dev.selvage.exit.Owner;
import dev.selvage.process.ProcessRef;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Whose the entries are, and how long they stand, in both kinds of registry. */
@ParameterizedClass
@MethodSource("dev.selvage.registry.Subject#all")
class RegistryOwnersTest extends RegistryFixture {

    @Test
    @DisplayName("6.1 an entry carries its key, its value and the thread that registered")
    void anEntryTellsItsKeyValueAndOwner() throws Exception {
        Registration<String, Integer> registration = register(owner, "a", 1);

        Entry<String, Integer> entry = registration.entry();
        assertThat(entry.key()).isEqualTo("a");
        assertThat(entry.value()).isEqualTo(1);
        assertThat(entry.owner()).isSameAs(owner.owner());
        assertThat(entry.owner().thread()).isSameAs(owner.thread());
        assertThat(entry.isAlive()).isTrue();
        assertThat(registration.isActive()).isTrue();
        assertThat(registration.key()).isEqualTo("a");
        assertThat(registration.value()).isEqualTo(1);
        assertThat(base().living("a")).containsExactly(entry);
        assertThat(entry).hasToString("entry of owner-1 in registry sockets: a = 1");
        assertThat(registration).hasToString("registration: " + entry);
    }

    @Test
    @DisplayName("6.1 closing the registration removes its entry, by any thread and any number of times")
    void closingARegistrationRemovesIt() throws Exception {
        Registration<String, Integer> registration = register(owner, "a", 1);

        registration.close();
        registration.close();
        owner.call(() -> {
            registration.close();
            return null;
        });

        assertThat(registration.isActive()).isFalse();
        assertThat(registration.entry()).hasToString("entry of owner-1 in registry sockets: a = 1 (gone)");
        assertThat(registration.value()).isEqualTo(1);
        assertThat(base().living("a")).isEmpty();
        assertThat(registry.size()).isZero();
        assertThat(owner.hooks()).isEmpty();
        assertThat(Subject.isEmpty(registry)).isTrue();
    }

    @Test
    @DisplayName("6.1 a late close of a registration leaves a later one of the same key alone")
    void aSecondCloseDoesNotTouchALaterRegistration() throws Exception {
        Registration<String, Integer> first = register(owner, "a", 1);
        first.close();
        Registration<String, Integer> second = register(owner, "a", 2);

        first.close();

        assertThat(second.isActive()).isTrue();
        assertThat(registry.values("a")).containsExactly(2);
        assertThat(registry.count("a")).isEqualTo(1);
    }

    @Test
    @DisplayName("6.1 the owner's end removes all its entries and no others")
    void theEndOfTheOwnerRemovesItsEntries() throws Exception {
        TestOwner other = TestOwner.start(subject.owner(), "owner-2");
        for (int i = 0; i < 100; i++) {
            register(owner, "mine-" + i, i);
        }
        register(other, "other", 7);

        owner.endAndCleanUp();

        assertThat(registry.size()).isEqualTo(1);
        assertThat(registry.stream().map(Entry::key)).containsExactly("other");
        other.endAndCleanUp();
        assertThat(Subject.isEmpty(registry)).isTrue();
    }

    @Test
    @DisplayName("6.1 an owner that fails loses its entries like one that returns")
    void aFailingOwnerLosesItsEntries() throws Exception {
        try (HiddenReports hidden = HiddenReports.of("dev.selvage.process")) {
            Thread failing = subject.owner().start("failing", () -> {
                Thread.currentThread().setUncaughtExceptionHandler((thread, expected) -> {});
                registry.register("a", 1);
                throw new StackOverflowError("expected by the test");
            });
            assertThat(failing.join(Duration.ofSeconds(30)))
                    .as(hidden.toString())
                    .isTrue();
        }

        assertThat(base().living("a")).isEmpty();
        // whoever registers next does not have to wait for any clean-up
        assertThat(register(owner, "a", 2).isActive()).isTrue();
    }

    @Test
    @DisplayName("6.1 whoever has an entry can wait for its owner's end, and learns why if it was a process")
    void theOwnersEndCanBeWaitedFor() throws Exception {
        Owner waitedFor = register(owner, "a", 1).entry().owner();
        assertThat(waitedFor.exitReason()).isEmpty();

        owner.endSoon();

        assertThat(waitedFor.join()).isEqualTo(ExitReason.normal());
        assertThat(waitedFor.isAlive()).isFalse();
        assertThat(waitedFor.exitReason().isPresent()).isEqualTo(waitedFor instanceof ProcessRef<?>);
        owner.awaitCleanedUp();
    }

    @Test
    @DisplayName("6.1 a thread's entries in other registries stay when one registry is closed")
    void closingOneRegistryLeavesTheOthersAlone() throws Exception {
        try (Registry<String, Integer> other = subject.open("others")) {
            Registration<String, Integer> elsewhere = owner.call(() -> other.register("a", 1));
            register(owner, "a", 1);

            registry.close();

            assertThat(elsewhere.isActive()).isTrue();
            assertThat(owner.hooks()).isEqualTo(List.of(elsewhere.entry()));
        }
    }
}
