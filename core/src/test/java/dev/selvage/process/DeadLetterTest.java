package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.Mailbox.DeadLetter;
import dev.selvage.process.Mailbox.DeadLetter.Cause;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was accepted and nobody will receive is readable by who wants it (rule 5.1). */
class DeadLetterTest {

    private enum Kind {
        UNBOUNDED,
        BOUNDED;

        UnaryOperator<ProcessOptions> options(List<DeadLetter> letters) {
            return options -> {
                ProcessOptions listening = options.withDeadLetterListener(letters::add);
                return this == UNBOUNDED ? listening : listening.withCapacity(10, Mailbox.Overflow.REJECT);
            };
        }
    }

    private final List<DeadLetter> letters = Collections.synchronizedList(new ArrayList<>());

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "5.1 what was queued when the process ended goes to the listener, in order, and nothing that was handled")
    void leftAtTheExit(Kind kind) throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            CountDownLatch queued = new CountDownLatch(1);
            ProcessRef<String> process = scope.start(
                    "ending",
                    mailbox -> {
                        queued.await();
                        mailbox.receive();
                        mailbox.sendAfter(Duration.ZERO, "timer");
                        mailbox.receive("third"::equals);
                        throw new IllegalStateException("planned");
                    },
                    kind.options(letters));
            for (String message : List.of("first", "second", "third", "fourth")) {
                process.send(message);
            }
            queued.countDown();
            process.join();
            assertThat(process.send("after")).isFalse();
        }
        assertThat(letters).extracting(DeadLetter::message).containsExactly("second", "fourth");
        assertThat(letters).extracting(DeadLetter::cause).containsOnly(Cause.EXITED);
        assertThat(letters).extracting(letter -> letter.process().name()).containsOnly("ending");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("5.1, 5.8 an orderly stop leaves no dead letter behind: what was accepted is handled")
    void orderlyStop(Kind kind) throws Exception {
        List<String> handled = Collections.synchronizedList(new ArrayList<>());
        try (ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<String> process = scope.start(
                    "stopping",
                    mailbox -> {
                        for (; ; ) {
                            handled.add(mailbox.receive());
                        }
                    },
                    kind.options(letters));
            process.send("first");
            process.send("second");
            process.stop();
            process.join();
        }
        assertThat(handled).containsExactly("first", "second");
        assertThat(letters).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "4.2, 5.1 the listener hears after monitors and before the scope, when names are free and calls failed")
    void inTheExitStep(Kind kind) throws Exception {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
        try (ProcessScope scope =
                ProcessScope.open("test", options -> options.withExitListener(exit -> order.add("scope")))) {
            CountDownLatch queued = new CountDownLatch(1);
            ProcessRef<Object> process = scope.start(
                    "ending",
                    mailbox -> queued.await(),
                    options -> kind.options(letters).apply(options).withDeadLetterListener(letter -> {
                        order.add("letter");
                        told.add(letter.process().exitReason().orElseThrow().toString());
                        throw new IllegalStateException("planned: it changes nothing");
                    }));
            process.monitor(exit -> order.add("monitor"));
            Request<String> request = process.request(from -> from);
            process.monitor(exit -> assertThat(request.isDone()).isTrue());
            queued.countDown();
            process.join();
            assertThatThrownBy(request::await).isInstanceOf(ProcessException.Exited.class);
        }
        assertThat(order).containsExactly("monitor", "letter", "scope");
        assertThat(told).containsExactly(ExitReason.normal().toString());
    }

    @ParameterizedTest
    @EnumSource(names = {"DROP_OLDEST", "DROP_NEWEST"})
    @DisplayName("5.1 what an overflow rule drops goes to the listener and is counted (known failure 4)")
    void dropped(Mailbox.Overflow overflow) throws Exception {
        List<String> handled = Collections.synchronizedList(new ArrayList<>());
        try (ProcessScope scope = ProcessScope.open("test")) {
            CountDownLatch sent = new CountDownLatch(1);
            ProcessRef<String> process = scope.start(
                    "full",
                    mailbox -> {
                        sent.await();
                        for (; ; ) {
                            handled.add(mailbox.receive());
                        }
                    },
                    options -> options.withCapacity(2, overflow).withDeadLetterListener(letters::add));
            for (String message : List.of("a", "b", "c", "d")) {
                assertThat(process.send(message)).isTrue();
            }
            assertThat(process.droppedMessages()).isEqualTo(2);
            assertThat(process.longestMailbox()).isEqualTo(2);
            sent.countDown();
            process.stop();
            process.join();
        }
        boolean oldest = overflow == Mailbox.Overflow.DROP_OLDEST;
        assertThat(letters)
                .extracting(DeadLetter::message)
                .containsExactlyElementsOf(oldest ? List.of("a", "b") : List.of("b", "c"));
        assertThat(letters).extracting(DeadLetter::cause).containsOnly(Cause.DROPPED);
        assertThat(handled).containsExactlyElementsOf(oldest ? List.of("c", "d") : List.of("a", "d"));
    }

    @Test
    @DisplayName("4.3, 5.1 what an abandoned process had queued goes to the listener too")
    void abandoned() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch inBody = new CountDownLatch(1);
        ProcessRef<String> process;
        try (ProcessScope scope = ProcessScope.open("test")) {
            process = scope.start(
                    "stuck",
                    mailbox -> {
                        inBody.countDown();
                        Threads.awaitDeaf(release);
                    },
                    options -> options.withDeadLetterListener(letters::add));
            inBody.await();
            process.send("queued");
            process.shutdown(Duration.ZERO, Duration.ZERO);
            assertThat(process.isAbandoned()).isTrue();
            assertThat(letters).extracting(DeadLetter::message).containsExactly("queued");
            release.countDown();
        }
        process.thread().join();
        assertThat(letters).hasSize(1);
    }
}
