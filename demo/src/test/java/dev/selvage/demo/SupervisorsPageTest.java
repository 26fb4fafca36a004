package dev.selvage.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ReplyTo;
import dev.selvage.supervisor.ChildRef;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Restart;
import dev.selvage.supervisor.Shutdown;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorException;
import dev.selvage.supervisor.SupervisorSpec;
import dev.selvage.supervisor.SupervisorTree.Event;
import dev.selvage.time.Backoff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of docs/supervisors.md: each stands here between two marks, compiled and run, and there as it is. */
@DisplayName("The page on supervisors")
class SupervisorsPageTest {
    @Test
    @DisplayName("shows each of the examples here word for word, and no other")
    void examplesAreThese() throws IOException {
        PageExamples.areThoseOf(SupervisorsPageTest.class, "supervisors.md");
    }

    // PAGE: from here
    sealed interface Message {}

    record Divide(int by, ReplyTo<Integer> from) implements Message {}

    static final ChildSpec<Message> DIVIDER = ChildSpec.process("divider", SupervisorsPageTest::divide);

    static void divide(Mailbox<Message> mailbox) throws InterruptedException {
        for (; ; ) {
            switch (mailbox.receive()) {
                case Divide(int by, ReplyTo<Integer> from) -> from.reply(100 / by);
            }
        }
    }
    // PAGE: to here

    @Test
    @DisplayName("a child that is restarted, and found again")
    void restarted() throws Exception {
        // PAGE: from here
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", DIVIDER))) {
            ChildRef<Message> divider = app.ref(DIVIDER); // found anew at each use
            int answer = divider.call(from -> new Divide(5, from));
            assertThat(answer).isEqualTo(20);

            try {
                int never = divider.call(from -> new Divide(0, from));
                throw new AssertionError(never);
            } catch (ProcessException.Exited died) { // at once, not after a timeout
                assertThat(died.reason()).hasToString("failed: java.lang.ArithmeticException: / by zero");
            }

            divider.await(Duration.ofSeconds(5)); // until another process runs for it
            int again = divider.call(from -> new Divide(4, from));
            assertThat(again).isEqualTo(25);
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("a tree")
    void tree() throws Exception {
        // PAGE: from here
        ChildSpec<Void> cache = ChildSpec.resource("cache", () -> {
            Path folder = Files.createTempDirectory("cache");
            return () -> Files.delete(folder);
        });
        ChildSpec<Message> api = ChildSpec.<Message>process("api", (mailbox, start) -> {
                    start.ready(); // once what it needs is there; the next child is started only now
                    divide(mailbox);
                })
                .withRestart(Restart.TRANSIENT)
                .withShutdown(Shutdown.after(Duration.ofSeconds(30)))
                .withStartTimeout(Duration.ofSeconds(10));
        SupervisorSpec workers = SupervisorSpec.oneForOne("workers", DIVIDER);

        SupervisorSpec spec = SupervisorSpec.restForOne("app", cache, api, ChildSpec.supervisor(workers))
                .withIntensity(10, Duration.ofMinutes(1));
        try (Supervisor app = Supervisor.start(spec)) {
            assertThat(app.tree()).hasToString("""
                    app: running, rest_for_one, 0 of 10 restarts within 1 min
                    |- cache: resource, running
                    |- api: process, running
                    `- workers: supervisor, running; one_for_one, 0 of 3 restarts within 5 s
                       `- divider: process, running""");
        }
        // PAGE: to here
    }

    // PAGE: from here
    static final class Counter implements ChildSpec.Server<ReplyTo<Integer>> {
        private int count; // only the child's own thread sees it

        @Override
        public void handle(ReplyTo<Integer> from) {
            from.reply(++count);
        }
    }

    static final ChildSpec<ReplyTo<Integer>> COUNTER = ChildSpec.server("counter", Counter::new);
    // PAGE: to here

    @Test
    @DisplayName("a server, and partitions of it")
    void partitions() throws Exception {
        // PAGE: from here
        SupervisorSpec.Partitions<ReplyTo<Integer>> counters =
                SupervisorSpec.partitioned("counters", 4, index -> ChildSpec.server("counter " + index, Counter::new));
        SupervisorSpec spec = SupervisorSpec.oneForOne("app", COUNTER, ChildSpec.supervisor(counters.supervisor()));
        try (Supervisor app = Supervisor.start(spec)) {
            int first = app.ref(counters.of("alice")).call(from -> from);
            int second = app.ref(counters.of("alice")).call(from -> from); // the same key, the same child
            assertThat(second).isEqualTo(first + 1);
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("children at run time")
    void runTime() throws Exception {
        // PAGE: from here
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", DIVIDER))) {
            ChildRef<ReplyTo<Integer>> counter = app.children().start(COUNTER);
            counter.terminate(); // by its shutdown rule; it stays in the tree, stopped
            counter.restart();
            counter.replace(ChildSpec.server("counter", Counter::new)).terminate();
            app.children().find("counter").delete();
            assertThat(app.children().count()).isEqualTo(1);
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("a child that looks around")
    void siblings() throws Exception {
        // PAGE: from here
        ChildSpec<ReplyTo<Integer>> asker = ChildSpec.process("asker", mailbox -> {
            ChildRef<Message> divider = Supervisor.current().orElseThrow().ref(DIVIDER);
            for (; ; ) {
                ReplyTo<Integer> from = mailbox.receive();
                from.reply(divider.call(reply -> new Divide(10, reply)));
            }
        });
        // PAGE: to here
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", DIVIDER, asker))) {
            assertThat(app.ref(asker).<Integer>call(from -> from)).isEqualTo(10);
        }
    }

    @Test
    @DisplayName("dynamic children and tasks")
    void dynamic() throws Exception {
        // PAGE: from here
        ChildSpec<Void> sessions =
                ChildSpec.supervisor(SupervisorSpec.dynamic("sessions").withMaxChildren(2));
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", sessions))) {
            Supervisor.Children running = app.ref(sessions).children();
            ChildSpec<String> session = ChildSpec.<String>process("session", mailbox -> mailbox.receive())
                    .withRestart(Restart.TEMPORARY);
            ChildRef<String> alice = running.start(session); // the only way to find this one again
            running.start(session); // their ids need not differ
            assertThatThrownBy(() -> running.start(session))
                    .isInstanceOf(SupervisorException.Refused.class)
                    .hasMessage("supervisor 'sessions' has 2 children, as many as it may have");

            alice.terminate();
            Future<Integer> sum = running.submit("sum", () -> 1 + 1);
            assertThat(sum.get()).isEqualTo(2);
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("backoff and limits")
    void backoff() throws Exception {
        // PAGE: from here
        ChildSpec<Message> connection = DIVIDER.withBackoff(
                        Backoff.exponential(Duration.ofMillis(50), Duration.ofSeconds(30))
                                .withFullJitter())
                .withIntensity(20, Duration.ofMinutes(10));
        // PAGE: to here
        try (Supervisor app = Supervisor.start(SupervisorSpec.oneForOne("app", connection))) {
            ProcessRef<Message> before = app.child(connection).orElseThrow();
            before.kill();
            before.join();
            assertThat(app.ref(connection).await(Duration.ofSeconds(5))).isPresent();
        }
    }

    @Test
    @DisplayName("automatic shutdown")
    void autoShutdown() throws Exception {
        // PAGE: from here
        ChildSpec<Void> job = ChildSpec.task("job", () -> {}) // returns: done
                .withRestart(Restart.TRANSIENT)
                .withSignificant();
        SupervisorSpec spec = SupervisorSpec.oneForAll("batch")
                .withAutoShutdown(SupervisorSpec.AutoShutdown.ANY_SIGNIFICANT)
                .withChildren(List.of(DIVIDER, job));
        Supervisor.run(spec, () -> assertThat(Supervisor.current()).isEmpty()); // returns when the job is done
        // PAGE: to here
    }

    @Test
    @DisplayName("listeners")
    void listeners() throws Exception {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        // PAGE: from here
        SupervisorSpec spec = SupervisorSpec.oneForOne("app", DIVIDER).withListener(event -> {
            switch (event) {
                case Event.Restarting(var supervisor, var child, var reason, var restarts, var delay) ->
                    told.add(child + " of " + supervisor + " is restarted: " + reason);
                case Event.GaveUp gaveUp -> told.add(gaveUp.cause().getMessage());
                default -> {}
            }
        });
        // PAGE: to here
        try (Supervisor app = Supervisor.start(spec)) {
            ProcessRef<Message> before = app.child(DIVIDER).orElseThrow();
            before.kill();
            before.join();
            app.ref(DIVIDER).await(Duration.ofSeconds(5));
        }
    }
}
