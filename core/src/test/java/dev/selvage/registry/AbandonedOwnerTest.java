package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.selvage.process.ProcessRef;
import dev.selvage.registry.Subject.RegistryKind;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Processes that are declared exited while their threads run on. */
class AbandonedOwnerTest {

    @ParameterizedTest
    @EnumSource
    @DisplayName("6.1, 4.3 an abandoned process loses its names at once and can register and update no more")
    void anAbandonedProcessLosesItsNames(RegistryKind kind) throws Exception {
        Registry<String, Integer> registry = new Subject(kind, OwnerKind.PROCESS).open("sockets");
        try (registry;
                HiddenReports hidden = HiddenReports.of("dev.selvage.process");
                TestOwner process = TestOwner.start(OwnerKind.PROCESS, "stuck")) {
            Registration<String, Integer> registration = process.call(() -> registry.register("a", 1));

            ((ProcessRef<?>) process.owner()).shutdown(Duration.ZERO, Duration.ZERO);

            assertThat(process.thread().isAlive()).as(hidden.toString()).isTrue();
            assertThat(registration.isActive()).isFalse();
            assertThat(Subject.base(registry).living("a")).isEmpty();
            assertThat(Subject.isEmpty(registry)).isTrue();
            assertThatExceptionOfType(RegistryException.OwnerExited.class)
                    .isThrownBy(() -> process.call(() -> registry.register("b", 2)))
                    .withMessage("stuck was declared exited: it cannot register or update key b in registry sockets");
            assertThatExceptionOfType(RegistryException.OwnerExited.class)
                    .isThrownBy(() -> process.call(() -> registration.updateValue(value -> value + 1)));
            assertThat(registration.value()).isEqualTo(1);
            assertThat(process.hooks()).isEmpty();
            assertThat(Subject.isEmpty(registry)).isTrue();
        }
    }
}
