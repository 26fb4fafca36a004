package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of the package's documentation. */
class RegistryExamplesTest {

    @Test
    @DisplayName("the example of Registry: a name that stands as long as its thread")
    void aNameThatStandsAsLongAsItsThread() throws Exception {
        CountDownLatch stopped = new CountDownLatch(1);
        try (UniqueRegistry<String, Integer> ports = Registry.unique("ports")) {
            Thread server = Thread.startVirtualThread(() -> {
                ports.register("http", 8080);
                serveUntil(stopped);
            });

            Optional<Entry<String, Integer>> http = ports.await("http", Duration.ofSeconds(5));

            assertThat(http).map(Entry::value).hasValue(8080);
            stopped.countDown();
            server.join();
            assertThat(ports.lookup("http")).isEmpty();
        }
    }

    private static void serveUntil(CountDownLatch stopped) {
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @DisplayName("the example of UniqueRegistry: a claim that lasts for a block")
    void aClaimThatLastsForABlock() {
        try (UniqueRegistry<String, String> users = Registry.unique("users")) {
            boolean synced = false;
            if (users.tryRegister("user-42", "importer")
                    instanceof Claim.Registered<String, String>(var registration)) {
                try (registration) {
                    synced = registration.isActive();
                }
            }
            assertThat(synced).isTrue();
            assertThat(users.lookup("user-42")).isEmpty();
        }
    }

    @Test
    @DisplayName("the example of DuplicateRegistry: subscribers of a topic")
    void subscribersOfATopic() {
        List<String> received = new CopyOnWriteArrayList<>();
        try (DuplicateRegistry<String, Consumer<String>> topics = Registry.duplicate("topics")) {
            topics.register("news", received::add);
            topics.dispatch("news", subscriber -> subscriber.value().accept("hello"));
        }
        assertThat(received).containsExactly("hello");
    }

    @Test
    @DisplayName("the example of Registration: a value that its owner counts up")
    void aValueThatItsOwnerCountsUp() {
        try (DuplicateRegistry<String, Integer> registry = Registry.duplicate("connections")) {
            try (Registration<String, Integer> registration = registry.register("connection-1", 0)) {
                registration.updateValue(inFlight -> inFlight + 1);
                assertThat(registry.values("connection-1")).containsExactly(1);
            }
            assertThat(registry.lookup("connection-1")).isEmpty();
        }
    }

    @Test
    @DisplayName("the example of Claim: the outcome in a switch")
    void theOutcomeInASwitch() {
        try (UniqueRegistry<String, String> registry = Registry.unique("users")) {
            registry.register("user-42", "importer");

            String outcome = switch (registry.tryRegister("user-42", "importer")) {
                case Claim.Registered<String, String>(var registration) -> "mine: " + registration.key();
                case Claim.AlreadyRegistered<String, String>(var holder) -> "held: " + holder.value();
            };

            assertThat(outcome).isEqualTo("held: importer");
        }
    }
}
