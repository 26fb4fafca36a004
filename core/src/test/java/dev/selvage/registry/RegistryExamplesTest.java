package dev.selvage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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

    @Test
    @DisplayName("the example of RegistryEvent: a copy kept by a listener")
    void aCopyKeptByAListener() throws Exception {
        Map<Entry<String, Integer>, Integer> names = new ConcurrentHashMap<>();
        List<Integer> seen = new CopyOnWriteArrayList<>();
        try (UniqueRegistry<String, Integer> registry = Registry.unique("names")) {
            RegistryListener listener = registry.listen(
                    event -> {
                        switch (event) {
                            case RegistryEvent.Registered<String, Integer>(var entry, var value) ->
                                names.put(entry, value);
                            case RegistryEvent.Updated<String, Integer>(var entry, var value) -> {
                                names.put(entry, value);
                                seen.addAll(names.values());
                            }
                            case RegistryEvent.Removed<String, Integer>(var entry, var cause) -> names.remove(entry);
                            case RegistryEvent.Missed<String, Integer>(long count) -> names.clear();
                        }
                    },
                    RegistryListener.Options::withUpdates);
            registry.register("a", 1).updateValue(value -> value + 1);
            registry.close();
            listener.thread().join();
        }
        assertThat(seen).containsExactly(2);
        assertThat(names).isEmpty();
    }

    @Test
    @DisplayName("the example of RegistryListener: a listener for a block")
    void aListenerForABlock() {
        List<String> log = new CopyOnWriteArrayList<>();
        try (DuplicateRegistry<String, Integer> registry = Registry.duplicate("connections")) {
            try (RegistryListener listener = registry.listen(
                    event -> log.add(event.toString()),
                    options -> options.withName("audit").withCapacity(10_000).withUpdates())) {
                registry.register("connection-1", 0);
                Threads.awaitTrue("it is heard", () -> !log.isEmpty());
                assertThat(listener.thread().getName()).isEqualTo("audit");
            }
            registry.register("connection-2", 0);
            assertThat(log).hasSize(1);
        }
    }

    @Test
    @DisplayName("the example of MetaKey: what is known of the registry as a whole")
    void whatIsKnownOfTheRegistry() {
        Registry.MetaKey<Duration> patience = Registry.MetaKey.of("patience");
        try (UniqueRegistry<String, Integer> registry = Registry.unique("ports")) {
            registry.putMeta(patience, Duration.ofSeconds(1));

            assertThat(registry.meta(patience).orElse(Duration.ZERO)).isEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    @DisplayName("the examples of stream, unregisterIf and registerOrGet")
    void streamUnregisterIfAndRegisterOrGet() {
        try (UniqueRegistry<String, Integer> connections = Registry.unique("connections")) {
            connections.register("news/a", 0);
            connections.register("news/b", 3);
            connections.register("mail", 0);

            assertThat(connections.stream().filter(entry -> entry.value() == 0).count())
                    .isEqualTo(2);
            assertThat(connections.unregisterIf(entry -> entry.key().startsWith("news/") && entry.value() == 0))
                    .isEqualTo(1);
            assertThat(connections.registerOrGet("mail", 7).value()).isZero();
        }
    }
}
