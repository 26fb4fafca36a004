package dev.selvage.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.process.ReplyTo;
import dev.selvage.registry.Claim;
import dev.selvage.registry.DuplicateRegistry;
import dev.selvage.registry.Entry;
import dev.selvage.registry.Registration;
import dev.selvage.registry.Registry;
import dev.selvage.registry.RegistryEvent;
import dev.selvage.registry.RegistryListener;
import dev.selvage.registry.UniqueRegistry;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of docs/registry.md: each stands here between two marks, compiled and run, and there word for word. */
@DisplayName("The page on the registry")
class RegistryPageTest {
    @Test
    @DisplayName("shows each of the examples here word for word, and no other")
    void examplesAreThese() throws IOException {
        PageExamples.areThoseOf(RegistryPageTest.class, "registry.md");
    }

    @Test
    @DisplayName("a name that stands as long as its thread")
    void owners() throws Exception {
        var stop = new CountDownLatch(1);
        // PAGE: from here
        try (UniqueRegistry<String, Integer> ports = Registry.unique("ports")) {
            Thread server = Thread.startVirtualThread(() -> {
                ports.register("http", 8080);
                serveUntil(stop);
            });
            Entry<String, Integer> http =
                    ports.await("http", Duration.ofSeconds(5)).orElseThrow();
            assertThat(http.value()).isEqualTo(8080);
            assertThat(http.owner().thread()).isSameAs(server);

            stop.countDown();
            server.join();
            assertThat(ports.lookup("http")).isEmpty(); // at once, not some time later
        }
        // PAGE: to here
    }

    private static void serveUntil(CountDownLatch stop) {
        try {
            stop.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @DisplayName("claims, and what becomes of them")
    void claims() {
        // PAGE: from here
        try (UniqueRegistry<String, String> users = Registry.unique("users in sync")) {
            String outcome = switch (users.tryRegister("user-42", "importer")) {
                case Claim.Registered<String, String>(var registration) -> "mine: " + registration.value();
                case Claim.AlreadyRegistered<String, String>(var holder) -> "held by " + holder.owner();
            };
            assertThat(outcome).isEqualTo("mine: importer");

            Entry<String, String> either = users.registerOrGet("user-42", "exporter"); // one step, whoever it is
            assertThat(either.value()).isEqualTo("importer");
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("subscribers of a topic, in order and on several threads")
    void dispatch() throws Exception {
        // PAGE: from here
        var received = new ConcurrentLinkedQueue<String>();
        try (DuplicateRegistry<String, Consumer<String>> topics = Registry.duplicate("topics")) {
            topics.register("news", text -> received.add("one " + text));
            topics.register("news", text -> received.add("two " + text));

            topics.dispatch("news", subscriber -> subscriber.value().accept("hello"));
            assertThat(received).containsExactly("one hello", "two hello");

            int told =
                    topics.dispatch("news", 8, subscriber -> subscriber.value().accept("again")); // 8 threads at most
            assertThat(told).isEqualTo(2);
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("values, reads and departures")
    void values() {
        // PAGE: from here
        try (DuplicateRegistry<String, Integer> connections = Registry.duplicate("connections")) {
            Registration<String, Integer> registration = connections.register("db", 0);
            registration.updateValue(inFlight -> inFlight + 1); // by the owner only
            connections.register("db", 7);

            assertThat(connections.values("db")).containsExactly(1, 7); // in order of registration
            assertThat(connections.count("db", inFlight -> inFlight < 5)).isEqualTo(1);
            assertThat(connections.stream().filter(entry -> entry.value() > 5).count())
                    .isEqualTo(1);
            assertThat(connections.keys(registration.entry().owner())).containsExactly("db", "db");

            registration.close(); // by anyone
            assertThat(connections.unregister("db")).isEqualTo(1); // what is left of the caller's own
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("a reference by name")
    void names() throws Exception {
        // PAGE: from here
        record Divide(int by, ReplyTo<Integer> answer) {}

        try (UniqueRegistry<String, ProcessRef<Divide>> names = Registry.unique("names")) {
            ChildSpec<Divide> divider = ChildSpec.process("divider", mailbox -> {
                names.register("divider", mailbox.self());
                while (true) {
                    Divide division = mailbox.receive();
                    division.answer().reply(100 / division.by());
                }
            });
            ProcessRef.Named<Divide> named = ProcessRef.named(names, "divider");
            try (var app = Supervisor.start(SupervisorSpec.oneForOne("app", divider))) {
                named.await(Duration.ofSeconds(5));
                try {
                    named.<Integer>call(reply -> new Divide(0, reply));
                } catch (ProcessException.Exited died) { // at once
                    named.await(Duration.ofSeconds(5)); // for the one that is started in its place
                }
                int answer = named.call(reply -> new Divide(4, reply));
                assertThat(answer).isEqualTo(25);
            }
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("a listener that keeps a copy")
    void listeners() throws Exception {
        // PAGE: from here
        Map<Entry<String, Integer>, Integer> copy = new ConcurrentHashMap<>();
        try (UniqueRegistry<String, Integer> ports = Registry.unique("ports")) {
            RegistryListener listener = ports.listen(
                    event -> {
                        switch (event) {
                            case RegistryEvent.Registered<String, Integer>(var entry, var port) ->
                                copy.put(entry, port);
                            case RegistryEvent.Updated<String, Integer>(var entry, var port) -> copy.put(entry, port);
                            case RegistryEvent.Removed<String, Integer>(var entry, var cause) -> copy.remove(entry);
                            case RegistryEvent.Missed<String, Integer> tooSlow -> copy.clear();
                        }
                    },
                    options -> options.withUpdates());
            ports.register("http", 80).updateValue(port -> 8080);
            ports.close();
            listener.thread().join(); // it has heard all there was
            assertThat(copy).isEmpty();
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("a listener that is a process")
    void listeningProcess() throws Exception {
        // PAGE: from here
        try (UniqueRegistry<String, Integer> ports = Registry.unique("ports");
                ProcessScope scope = ProcessScope.open("example")) {
            ProcessRef<RegistryEvent<String, Integer>> clerk = scope.start("clerk", Mailbox::receive);
            ports.listen(clerk::send); // false once the clerk has ended, and nobody minds
            ports.register("http", 80);
            clerk.join();
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("a registry as a child of a supervisor")
    void child() throws Exception {
        var current = new AtomicReference<UniqueRegistry<String, Integer>>();
        // PAGE: from here
        ChildSpec<Void> registry = ChildSpec.process("ports", (mailbox, start) -> {
            try (UniqueRegistry<String, Integer> own = Registry.unique("ports")) {
                current.set(own); // where those that come after it look when they start
                start.ready();
                mailbox.receive(); // until it is stopped
            }
        });
        ChildSpec<Void> server = ChildSpec.process("server", (mailbox, start) -> {
            current.get().register("http", 8080);
            start.ready();
            mailbox.receive();
        });
        try (var app = Supervisor.start(SupervisorSpec.restForOne("app", registry, server))) {
            assertThat(current.get().lookup("http")).isPresent();
        }
        // PAGE: to here
        assertThat(current.get().isClosed()).isTrue();
    }

    @Test
    @DisplayName("metadata")
    void metadata() {
        // PAGE: from here
        Registry.MetaKey<Duration> patience = Registry.MetaKey.of("patience");
        try (UniqueRegistry<String, Integer> ports =
                Registry.unique("ports", options -> options.withMeta(patience, Duration.ofSeconds(1)))) {
            Optional<Duration> known = ports.meta(patience);
            assertThat(known).hasValue(Duration.ofSeconds(1));
        }
        // PAGE: to here
    }
}
