package dev.selvage.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.Exit;
import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessException;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.process.ReplyTo;
import dev.selvage.process.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of docs/processes.md: each stands here between two marks, compiled and run, and there word for word. */
@DisplayName("The page on processes")
class ProcessesPageTest {
    @Test
    @DisplayName("shows each of the examples here word for word, and no other")
    void examplesAreThese() throws IOException {
        PageExamples.areThoseOf(ProcessesPageTest.class, "processes.md");
    }

    // PAGE: from here
    sealed interface Message {}

    record Add(int amount) implements Message {}

    record Get(ReplyTo<Integer> from) implements Message {}

    static void count(Mailbox<Message> mailbox) throws InterruptedException {
        int sum = 0;
        for (; ; ) {
            switch (mailbox.receive()) {
                case Add(int amount) -> sum += amount;
                case Get(ReplyTo<Integer> from) -> from.reply(sum);
            }
        }
    }
    // PAGE: to here

    @Test
    @DisplayName("a process that keeps state")
    void state() throws Exception {
        // PAGE: from here
        try (ProcessScope scope = ProcessScope.open("example")) {
            ProcessRef<Message> counter = scope.start("counter", ProcessesPageTest::count);
            counter.send(new Add(2));
            counter.send(new Add(3));
            int sum = counter.call(Get::new); // waits for 5 seconds at most
            assertThat(sum).isEqualTo(5);
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("state without message types: the messages are functions")
    void functions() throws Exception {
        // PAGE: from here
        try (ProcessScope scope = ProcessScope.open("example")) {
            ProcessRef<UnaryOperator<Integer>> counter = scope.start("counter", mailbox -> {
                for (int sum = 0; ; sum = mailbox.receive().apply(sum)) {}
            });
            counter.send(sum -> sum + 2);
            int seen = counter.call(from -> sum -> {
                from.reply(sum);
                return sum + 1;
            });
            assertThat(seen).isEqualTo(2);
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("many requests at once, in the order of the answers")
    void group() throws Exception {
        // PAGE: from here
        try (ProcessScope scope = ProcessScope.open("example")) {
            List<ProcessRef<Message>> shards = new ArrayList<>();
            for (int shard = 0; shard < 3; shard++) {
                shards.add(scope.start("shard " + shard, ProcessesPageTest::count));
                shards.getLast().send(new Add(shard));
            }
            shards.getFirst().kill();

            Request.Group<Integer> counts = Request.group(Duration.ofSeconds(1)); // for all of them together
            shards.forEach(shard -> counts.ask(shard, Get::new));
            int sum = 0;
            int missing = 0;
            while (counts.hasNext()) {
                Request<Integer> ended = counts.next();
                try {
                    sum += ended.await(); // does not wait: it has ended
                } catch (ProcessException.Exited died) {
                    missing++;
                }
            }
            assertThat(sum).isEqualTo(3);
            assertThat(missing).isEqualTo(1);
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("a link that ends both, and one whose exit is trapped")
    void links() throws Exception {
        // PAGE: from here
        try (ProcessScope scope = ProcessScope.open("example")) {
            ProcessRef<String> reader = scope.start("reader", Mailbox::receive);
            ProcessRef<String> writer = scope.start("writer", Mailbox::receive);
            ProcessRef<Exit> keeper = scope.start("keeper", mailbox -> {
                mailbox.trapExits(exit -> exit); // a message of the mailbox's own type
                mailbox.self().link(writer);
                reader.link(writer);
                reader.kill(); // an abnormal exit: the writer goes with it
                Exit exit = mailbox.receive(); // and the keeper hears of that
                assertThat(exit).isEqualTo(new Exit(writer, ExitReason.killed()));
            });
            assertThat(keeper.join()).isEqualTo(ExitReason.normal());
        }
        // PAGE: to here
    }

    @Test
    @DisplayName("timers")
    void timers() throws Exception {
        var beats = new ConcurrentLinkedQueue<String>();
        // PAGE: from here
        try (ProcessScope scope = ProcessScope.open("example")) {
            ProcessRef<String> heart = scope.start("heart", mailbox -> {
                mailbox.sendEvery(Duration.ofMillis(10), "beat");
                mailbox.sendAfter(Duration.ofMillis(200), "enough");
                for (String message = ""; !message.equals("enough"); message = mailbox.receive()) {
                    beats.add(message);
                }
            });
            assertThat(heart.join()).isEqualTo(ExitReason.normal()); // and its timers are gone with it
        }
        // PAGE: to here
        assertThat(beats).contains("beat");
    }

    @Test
    @DisplayName("what a process leaves unread")
    void deadLetters() throws Exception {
        // PAGE: from here
        var unread = new ConcurrentLinkedQueue<Object>();
        try (ProcessScope scope = ProcessScope.open("example")) {
            ProcessRef<String> worker = scope.start(
                    "worker",
                    mailbox -> {
                        mailbox.receive("crash"::equals); // the others keep their places
                        throw new IllegalStateException("planned");
                    },
                    options -> options.withDeadLetterListener(letter -> unread.add(letter.message())));
            List.of("one", "two", "crash").forEach(worker::send);
            worker.join();
        }
        assertThat(unread).containsExactly("one", "two");
        // PAGE: to here
    }
}
