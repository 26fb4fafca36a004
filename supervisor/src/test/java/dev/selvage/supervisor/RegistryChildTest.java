package dev.selvage.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ReplyTo;
import dev.selvage.registry.Entry;
import dev.selvage.registry.Registry;
import dev.selvage.registry.RegistryEvent;
import dev.selvage.registry.RegistryException;
import dev.selvage.registry.RegistryListener;
import dev.selvage.registry.UniqueRegistry;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Rule 6.8: a registry that is a child of a supervisor. Its process opens it in a block and announces its start once
 * others may use it; what depends on it comes after it, under rest_for_one, and finds it when it starts.
 */
class RegistryChildTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private sealed interface Message {}

    private record WhoAreYou(ReplyTo<String> from) implements Message {}

    private record Crash() implements Message {}

    /** Where a child finds the registry that stands when it starts. */
    private final AtomicReference<UniqueRegistry<String, ProcessRef<Message>>> names = new AtomicReference<>();

    private final ChildSpec<Void> registry = ChildSpec.process("names", (mailbox, start) -> {
        try (UniqueRegistry<String, ProcessRef<Message>> own = Registry.unique("names")) {
            names.set(own);
            start.ready();
            mailbox.receive(); // until it is stopped
        }
    });

    private final AtomicInteger starts = new AtomicInteger();

    private final ChildSpec<Message> server = ChildSpec.process("server", (mailbox, start) -> {
        String self = "server " + starts.incrementAndGet();
        names.get().register("server", mailbox.self());
        start.ready();
        serve(self, mailbox);
    });

    /** Calls the server by its name, in the registry that stood when it started itself. */
    private final ChildSpec<WhoAreYou> client = ChildSpec.process("client", (mailbox, start) -> {
        ProcessRef.Named<Message> named = ProcessRef.named(names.get(), "server");
        start.ready();
        while (true) {
            WhoAreYou question = mailbox.receive();
            question.from().reply(named.await(PATIENCE).orElseThrow().call(WhoAreYou::new));
        }
    });

    private final SupervisorSpec app =
            SupervisorSpec.restForOne("app", registry, server, client).withIntensity(100, Duration.ofDays(1));

    private static void serve(String self, Mailbox<Message> mailbox) throws InterruptedException {
        while (true) {
            switch (mailbox.receive()) {
                case WhoAreYou(ReplyTo<String> from) -> from.reply(self);
                case Crash() -> throw new IllegalStateException("expected by the test");
            }
        }
    }

    private String ask(Supervisor running) throws InterruptedException {
        return running.child(client).orElseThrow().call(WhoAreYou::new);
    }

    private static void awaitAnother(Supervisor running, ChildSpec<?> child, ProcessRef<?> old) {
        Threads.awaitTrue(
                child + " runs anew",
                () -> running.child(child)
                        .filter(process -> process != old && process.isAlive())
                        .isPresent());
    }

    @Test
    @DisplayName("6.8, 8.3 what depends on a registry goes down and comes back with it, in a new registry")
    void whatDependsOnTheRegistryComesBackWithIt() throws Exception {
        try (Supervisor running = Supervisor.start(app)) {
            UniqueRegistry<String, ProcessRef<Message>> before = names.get();
            ProcessRef<Message> oldServer = running.child(server).orElseThrow();
            ProcessRef<?> oldClient = running.child(client).orElseThrow();
            assertThat(ask(running)).isEqualTo("server 1");

            running.child(registry).orElseThrow().kill();
            awaitAnother(running, client, oldClient);

            assertThat(before.isClosed()).isTrue();
            assertThat(names.get()).isNotSameAs(before);
            assertThat(oldServer.isAlive()).isFalse();
            assertThat(names.get().lookup("server").map(Entry::value)).isEqualTo(running.child(server));
            assertThat(ask(running)).isEqualTo("server 2");
        }
        assertThat(names.get().isClosed()).isTrue();
    }

    @Test
    @DisplayName("6.6, 6.8 a server that crashes leaves the registry standing, and is found under its name again")
    void aCrashLeavesTheRegistryStanding() throws Exception {
        try (Supervisor running = Supervisor.start(app)) {
            UniqueRegistry<String, ProcessRef<Message>> before = names.get();
            ProcessRef<Message> oldServer = running.child(server).orElseThrow();
            ProcessRef<?> oldClient = running.child(client).orElseThrow();
            oldServer.send(new Crash());
            awaitAnother(running, client, oldClient);

            assertThat(names.get()).isSameAs(before);
            assertThat(ask(running)).isEqualTo("server 2");
        }
    }

    @Test
    @DisplayName("6.6, known failure 2: a client that is no child finds each successor, and no call goes to the dead")
    void aClientOutsideFindsEachSuccessor() throws Exception {
        try (Supervisor running = Supervisor.start(app)) {
            ProcessRef.Named<Message> named = ProcessRef.named(names.get(), "server");
            for (int incarnation = 1; incarnation <= 20; incarnation++) {
                ProcessRef<Message> serving = named.await(PATIENCE).orElseThrow();
                assertThat(named.<String>call(WhoAreYou::new)).isEqualTo("server " + incarnation);
                assertThat(named.send(new Crash())).isTrue();
                serving.join();
            }
            assertThat(starts.get()).isBetween(20, 21);
        }
    }

    @Test
    @DisplayName("6.5, 6.8 listeners of a registry that goes down hear of its last entries and end; its names say so")
    void listenersEndWithTheRegistry() throws Exception {
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        try (Supervisor running = Supervisor.start(app)) {
            RegistryListener listener = names.get().listen(event -> {
                if (event instanceof RegistryEvent.Removed<String, ProcessRef<Message>>(var entry, var cause)) {
                    heard.add(entry.key() + " " + cause);
                }
            });
            ProcessRef.Named<Message> named = ProcessRef.named(names.get(), "server");

            running.child(registry).orElseThrow().kill();
            listener.thread().join();

            assertThat(heard).containsExactly("server RegistryClosed[]");
            assertThatExceptionOfType(RegistryException.Closed.class)
                    .isThrownBy(() -> named.<String>call(WhoAreYou::new))
                    .withMessage("registry names is closed");
        }
    }

    @Test
    @DisplayName("6.8, 8.6 a tree that stops takes the registry down last, when nobody needs it")
    void theRegistryGoesLast() throws Exception {
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        RegistryListener listener;
        try (Supervisor running = Supervisor.start(app)) {
            assertThat(ask(running)).isEqualTo("server 1");
            listener = names.get()
                    .listen(event -> heard.add(
                            event instanceof RegistryEvent.Removed<String, ProcessRef<Message>>(var entry, var cause)
                                    ? entry.key() + " " + cause
                                    : event.toString()));
        }
        listener.thread().join();

        assertThat(heard).containsExactly("server Exited[reason=Optional[shutdown]]");
        assertThat(starts).hasValue(1);
    }
}
