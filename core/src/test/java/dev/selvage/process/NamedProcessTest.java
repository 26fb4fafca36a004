package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.selvage.exit.ExitReason;
import dev.selvage.registry.Registry;
import dev.selvage.registry.RegistryException;
import dev.selvage.registry.UniqueRegistry;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rule 6.6: a process that is looked up by its name at each send and each call. */
class NamedProcessTest {
    private static final Duration LONG = Duration.ofDays(1);

    private sealed interface Message {}

    private record WhoAreYou(ReplyTo<String> from) implements Message {}

    private record Crash() implements Message {}

    private record CrashInHand(ReplyTo<String> from) implements Message {}

    private final UniqueRegistry<String, ProcessRef<Message>> names = Registry.unique("names");
    private final ProcessRef.Named<Message> name = ProcessRef.named(names, "server");

    @AfterEach
    void closeRegistry() {
        names.close();
    }

    /** Starts an incarnation and waits until it has the name. */
    private ProcessRef<Message> start(ProcessScope scope, String self) throws InterruptedException {
        CountDownLatch registered = new CountDownLatch(1);
        ProcessRef<Message> process = scope.start(self, mailbox -> {
            names.register("server", mailbox.self());
            registered.countDown();
            while (true) {
                switch (mailbox.receive()) {
                    case WhoAreYou(ReplyTo<String> from) -> from.reply(self);
                    case Crash() -> throw new IllegalStateException("expected by the test");
                    case CrashInHand(ReplyTo<String> from) -> throw new IllegalStateException("expected by the test");
                }
            }
        });
        registered.await();
        return process;
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("6.6, known failure 2: a call after a crash goes to the successor, and never to the dead")
    void aCallAfterACrashGoesToTheSuccessor(ThreadKind caller) throws Exception {
        try (ProcessScope scope = ProcessScope.open("scope");
                Threads threads = new Threads()) {
            ProcessRef<Message> first = start(scope, "first");
            threads.start(
                            caller,
                            "caller",
                            () -> assertThat(name.<String>call(WhoAreYou::new)).isEqualTo("first"))
                    .join();
            first.send(new Crash());
            assertThat(first.join().isAbnormal()).isTrue();

            ProcessRef<Message> second = start(scope, "second");

            threads.start(caller, "caller", () -> {
                assertThat(name.<String>call(WhoAreYou::new)).isEqualTo("second");
                assertThat(name.<String>call(WhoAreYou::new, LONG)).isEqualTo("second");
                assertThat(name.<String>request(WhoAreYou::new).await()).isEqualTo("second");
                assertThat(name.resolve()).containsSame(second);
                assertThat(name.send(new Crash())).isTrue();
            });
        }
    }

    @Test
    @DisplayName("6.6 a process calls another by name, and is refused a call to itself")
    void aProcessCallsByName() throws Exception {
        try (ProcessScope scope = ProcessScope.open("scope")) {
            start(scope, "server");
            ProcessRef<Message> caller = scope.start("caller", mailbox -> {
                assertThat(name.<String>call(WhoAreYou::new)).isEqualTo("server");
                names.register("caller", mailbox.self());
                ProcessRef.Named<Message> itself = ProcessRef.named(names, "caller");
                assertThatExceptionOfType(ProcessException.class)
                        .isThrownBy(() -> itself.<String>call(WhoAreYou::new))
                        .withMessageContaining("calls itself");
            });

            assertThat(caller.join()).isEqualTo(ExitReason.normal());
        }
    }

    @Test
    @DisplayName("6.6, 5.3 a call to an incarnation that dies with it in hand fails at once, and is not sent again")
    void aCallInHandFailsAtOnce() throws Exception {
        try (ProcessScope scope = ProcessScope.open("scope")) {
            start(scope, "first");

            assertThatExceptionOfType(ProcessException.Exited.class)
                    .isThrownBy(() -> name.<String>call(CrashInHand::new, LONG))
                    .satisfies(exited -> assertThat(exited.reason()).isInstanceOf(ExitReason.Failed.class));

            assertThat(name.resolve()).as("its name is free by then").isEmpty();
            start(scope, "second");
            assertThat(name.<String>call(WhoAreYou::new)).isEqualTo("second");
        }
    }

    @Test
    @DisplayName("6.6 when nobody has the key a send is refused and a call fails at once, naming key and registry")
    void whenNobodyHasTheKey() {
        assertThat(name.send(new Crash())).isFalse();
        assertThat(name.resolve()).isEmpty();
        String told = "nobody has key server in registry names: nothing was sent";
        assertThatExceptionOfType(ProcessRef.Named.NotRegistered.class)
                .isThrownBy(() -> name.<String>call(from -> {
                    throw new AssertionError("a message is made for nobody");
                }))
                .withMessage(told);
        assertThatExceptionOfType(ProcessRef.Named.NotRegistered.class)
                .isThrownBy(() -> name.<String>request(WhoAreYou::new))
                .withMessage(told);
        assertThat(name).hasToString("whoever has key server in registry names");
    }

    @Test
    @DisplayName("6.6 a send to one that has the key and takes nothing more tells so")
    void aRefusedSendTellsSo() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch registered = new CountDownLatch(1);
        try (ProcessScope scope = ProcessScope.open("scope")) {
            ProcessRef<Message> stopping = scope.start("stopping", mailbox -> {
                names.register("server", mailbox.self());
                registered.countDown();
                goOn.await();
            });
            registered.await();
            assertThat(name.send(new Crash())).isTrue();
            stopping.stop();

            assertThat(name.send(new Crash())).isFalse();
            assertThat(name.resolve()).containsSame(stopping);
            goOn.countDown();
        }
    }

    @Test
    @DisplayName("6.6 await waits for the name to appear; 0 looks once; an interrupt ends the wait")
    void awaitWaitsForTheName() throws Exception {
        assertThat(name.await(Duration.ZERO)).isEmpty();
        try (ProcessScope scope = ProcessScope.open("scope");
                Threads threads = new Threads()) {
            Thread waiter = threads.start(ThreadKind.VIRTUAL, "waiter", () -> {
                String answer = name.await(LONG).orElseThrow().call(WhoAreYou::new);
                assertThat(answer).isEqualTo("late");
            });
            Thread interrupted = threads.start(
                    ThreadKind.VIRTUAL,
                    "interrupted",
                    () -> assertThatExceptionOfType(InterruptedException.class)
                            .isThrownBy(() -> ProcessRef.named(names, "nobody").await(LONG)));
            Threads.awaitState(waiter, Thread.State.TIMED_WAITING, Thread.State.WAITING);
            interrupted.interrupt();

            ProcessRef<Message> late = start(scope, "late");

            waiter.join();
            assertThat(name.await(Duration.ZERO)).containsSame(late);
        }
    }

    @Test
    @DisplayName("6.6, 12 whoever calls with an interrupt set gets it at once, even if nobody has the key")
    void anInterruptThatIsSetComesFirst() {
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> name.<String>call(WhoAreYou::new))
                .withMessage("interrupted before the call to key server");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    @DisplayName("6.6, 6.8 a name in a closed registry says so; null arguments are refused, naming them")
    void badUses() {
        assertThatNullPointerException().isThrownBy(() -> name.send(null)).withMessage("message");
        assertThatNullPointerException()
                .isThrownBy(() -> name.<String>call(WhoAreYou::new, null))
                .withMessage("timeout");
        assertThatNullPointerException()
                .isThrownBy(() -> ProcessRef.named(names, null))
                .withMessage("key");
        names.close();
        assertThatExceptionOfType(RegistryException.Closed.class).isThrownBy(() -> name.send(new Crash()));
        assertThatExceptionOfType(RegistryException.Closed.class).isThrownBy(() -> name.<String>call(WhoAreYou::new));
        assertThatExceptionOfType(RegistryException.Closed.class).isThrownBy(() -> name.await(LONG));
    }
}
