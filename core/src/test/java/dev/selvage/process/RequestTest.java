package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Ask now, await later; many in the order in which they end (rule 5.5), for askers of both kinds of thread. */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class RequestTest {
    private static final Duration LONG = Duration.ofDays(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ThreadKind kind;
    private final FakeTicker ticker = new FakeTicker();
    private final BlockingQueue<ReplyTo<String>> asked = new LinkedBlockingQueue<>();

    RequestTest(ThreadKind kind) {
        this.kind = kind;
    }

    /** What a test does on a thread of the kind under test, with a process that hands out its reply addresses. */
    private interface Play {
        void with(ProcessRef<ReplyTo<String>> process) throws Exception;
    }

    private void play(Play play) {
        try (Threads threads = new Threads()) {
            threads.start(kind, "asker", () -> {
                try (ProcessScope scope = ProcessScope.open("test", options -> options.withTicker(ticker))) {
                    play.with(scope.start("callee", this::handOut));
                }
            });
        }
    }

    private void handOut(Mailbox<ReplyTo<String>> mailbox) throws InterruptedException {
        for (; ; ) {
            asked.add(mailbox.receive());
        }
    }

    @Test
    @DisplayName("5.5 a request is awaited later, twice if one likes, and a null answer is an answer")
    void awaitedLater() {
        play(process -> {
            Request<String> first = process.request(from -> from);
            Request<String> second = process.request(from -> from, LONG);
            assertThat(first.isDone()).isFalse();
            assertThat(first.process()).isSameAs(process);
            ReplyTo<String> firstAddress = asked.take();
            asked.take().reply(null);
            firstAddress.reply("answer");
            assertThat(second.await()).isNull();
            assertThat(first.await()).isEqualTo("answer");
            assertThat(first.await()).isEqualTo("answer");
            assertThat(first.isDone()).isTrue();
            assertThat(first.cancel()).isFalse();
            assertThat(firstAddress.reply("second")).isFalse();
        });
    }

    @Test
    @DisplayName("5.5 a request that is awaited wakes at the answer; another thread than the asker may await it")
    void wakes() {
        play(process -> {
            Request<String> request = process.request(from -> from, LONG);
            try (Threads threads = new Threads()) {
                Thread waiter = threads.start(
                        kind, "waiter", () -> assertThat(request.await()).isEqualTo("answer"));
                Threads.awaitState(waiter, Thread.State.TIMED_WAITING, Thread.State.WAITING);
                assertThatThrownBy(request::await)
                        .isInstanceOf(ProcessException.class)
                        .hasMessageContaining("another thread");
                asked.take().reply("answer");
            }
            assertThat(request.await()).isEqualTo("answer");
        });
    }

    @Test
    @DisplayName("5.5 a request fails at once when the process ends, whether it is queued or in hand")
    void calleeEnds() {
        play(process -> {
            Request<String> inHand = process.request(from -> from, LONG);
            asked.take();
            process.kill();
            assertThatThrownBy(inHand::await)
                    .isInstanceOfSatisfying(
                            ProcessException.Exited.class,
                            exited -> assertThat(exited.reason()).isEqualTo(ExitReason.killed()));
            Request<String> late = process.request(from -> from, LONG);
            assertThatThrownBy(late::await).isInstanceOf(ProcessException.Exited.class);
            assertThat(late.isDone()).isTrue();
            assertThat(((ManagedProcess<?>) process).monitorCount()).isZero();
        });
    }

    @Test
    @DisplayName(
            "5.5 the time limit counts from the asking and ends a request that nobody awaits; a late answer vanishes")
    void timesOut() {
        play(process -> {
            Request<String> request = process.request(from -> from, SECOND);
            ReplyTo<String> from = asked.take();
            ticker.advance(SECOND);
            assertThat(request.isDone()).isTrue();
            assertThat(from.reply("late")).isFalse();
            assertThatThrownBy(request::await)
                    .isInstanceOf(ProcessException.CallTimeout.class)
                    .hasMessageContaining("callee")
                    .hasMessageContaining("PT1S");
            Request<String> none = process.request(address -> address, Duration.ZERO);
            assertThat(none.isDone()).isTrue();
            Request<String> next = process.request(address -> address, SECOND);
            asked.take().reply("the first that was sent");
            assertThat(next.await()).isEqualTo("the first that was sent");
        });
    }

    @Test
    @DisplayName("5.5 an awaiting thread is woken by the time limit")
    void timesOutWhileAwaited() {
        play(process -> {
            Request<String> request = process.request(from -> from, SECOND);
            try (Threads threads = new Threads()) {
                threads.start(
                        kind,
                        "waiter",
                        () -> assertThatThrownBy(request::await).isInstanceOf(ProcessException.CallTimeout.class));
                ticker.awaitParked(1);
                ticker.advance(SECOND);
            }
        });
    }

    @Test
    @DisplayName("5.5 a cancelled request ends at once, and its answer vanishes")
    void cancelled() {
        play(process -> {
            Request<String> request = process.request(from -> from, LONG);
            ReplyTo<String> from = asked.take();
            assertThat(request.cancel()).isTrue();
            assertThat(request.cancel()).isFalse();
            assertThat(from.reply("late")).isFalse();
            assertThatThrownBy(request::await)
                    .isInstanceOf(ProcessException.class)
                    .hasMessageContaining("cancelled");
        });
    }

    @Test
    @DisplayName("5.5 an interrupt ends the wait but not the request")
    void interrupted() {
        play(process -> {
            Request<String> request = process.request(from -> from, LONG);
            Thread.currentThread().interrupt();
            assertThatThrownBy(request::await).isInstanceOf(InterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            try (Threads threads = new Threads()) {
                Thread waiter = threads.start(kind, "waiter", () -> {
                    try {
                        request.await();
                    } catch (InterruptedException e) {
                        thrown.set(e);
                    }
                });
                Threads.awaitState(waiter, Thread.State.TIMED_WAITING, Thread.State.WAITING);
                waiter.interrupt();
            }
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            asked.take().reply("answer");
            assertThat(request.await()).isEqualTo("answer");
        });
    }

    @Test
    @DisplayName("5.5 a process cannot ask itself, nor await what was asked of it")
    void itself() {
        play(process -> {
            CompletableFuture<Request<String>> toItself = new CompletableFuture<>();
            try (ProcessScope scope = ProcessScope.open("inner")) {
                ProcessRef<ReplyTo<String>> process2 = scope.start("self", mailbox -> {
                    assertThatThrownBy(() -> mailbox.self().request((ReplyTo<String> from) -> from))
                            .isInstanceOf(ProcessException.class)
                            .hasMessageContaining("self");
                    Request<String> given = toItself.get();
                    assertThatThrownBy(given::await)
                            .isInstanceOf(ProcessException.class)
                            .hasMessageContaining("self");
                });
                toItself.complete(process2.request(from -> from));
                assertThat(process2.join()).isEqualTo(ExitReason.normal());
            }
        });
    }

    @Test
    @DisplayName("5.5 nothing of an unawaited request stays with the process once its time is up")
    void nothingStays() {
        play(process -> {
            for (int i = 0; i < 64; i++) {
                process.<String>request(from -> from, SECOND);
            }
            for (int i = 0; i < 64; i++) {
                asked.take();
            }
            ProcessMailbox<?> mailbox = ((ManagedProcess<?>) process).mailbox();
            assertThat(mailbox.callsInHand()).isEqualTo(64);
            ticker.advance(SECOND);
            for (int i = 0; i < 64; i++) {
                process.<String>request(from -> from, LONG);
            }
            for (int i = 0; i < 64; i++) {
                asked.take();
            }
            assertThat(mailbox.callsInHand()).as("the later ones only").isEqualTo(64);
        });
    }

    @Test
    @DisplayName("5.5 a group gives its requests out in the order in which they end, each once")
    void completionOrder() {
        play(process -> {
            Request.Group<String> group = Request.group(LONG);
            assertThat(group.hasNext()).isFalse();
            assertThatThrownBy(group::next).isInstanceOf(NoSuchElementException.class);
            List<Request<String>> requests = new ArrayList<>();
            List<ReplyTo<String>> addresses = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                requests.add(group.ask(process, from -> from));
                addresses.add(asked.take());
            }
            addresses.get(2).reply("two");
            addresses.get(0).fail(new IllegalStateException("zero"));
            requests.get(3).cancel();
            addresses.get(1).reply("one");
            List<Request<String>> ended = new ArrayList<>();
            while (group.hasNext()) {
                ended.add(group.next());
            }
            assertThat(ended).containsExactly(requests.get(2), requests.get(0), requests.get(3), requests.get(1));
            assertThat(ended).allMatch(Request::isDone);
            assertThat(ended.get(0).await()).isEqualTo("two");
            assertThatThrownBy(ended.get(1)::await).isInstanceOf(ProcessException.CallFailed.class);
        });
    }

    @Test
    @DisplayName("5.5 a group waits for the next end, and hears of the end of a process")
    void groupWaits() {
        play(process -> {
            Request.Group<String> group = Request.group(LONG);
            Request<String> only = group.ask(process, from -> from);
            try (Threads threads = new Threads()) {
                Thread asker = Thread.currentThread();
                threads.start(ThreadKind.VIRTUAL, "killer", () -> {
                    Threads.awaitState(asker, Thread.State.TIMED_WAITING, Thread.State.WAITING);
                    process.kill();
                });
                assertThat(group.next()).isSameAs(only);
            }
            assertThatThrownBy(only::await).isInstanceOf(ProcessException.Exited.class);
            assertThat(group.hasNext()).isFalse();
        });
    }

    @Test
    @DisplayName("5.5 one time limit for all: when it is up all that is left comes out at once, timed out")
    void oneTimeLimit() {
        play(process -> {
            Request.Group<String> group = Request.group(SECOND);
            Request<String> answered = group.ask(process, from -> from);
            asked.take().reply("answer");
            Request<String> first = group.ask(process, from -> from);
            ticker.advance(SECOND.minusNanos(1));
            Request<String> second = group.ask(process, from -> from);
            assertThat(group.next()).isSameAs(answered);
            ticker.advance(Duration.ofNanos(1));
            assertThat(List.of(group.next(), group.next())).containsExactly(first, second);
            assertThatThrownBy(first::await).isInstanceOf(ProcessException.CallTimeout.class);
            assertThatThrownBy(second::await).isInstanceOf(ProcessException.CallTimeout.class);
            assertThat(group.hasNext()).isFalse();
        });
    }

    @Test
    @DisplayName("5.5 a request of a group may be awaited by itself, by the group's thread")
    void groupMemberAwaited() {
        play(process -> {
            Request.Group<String> group = Request.group(LONG);
            Request<String> request = group.ask(process, from -> from);
            try (Threads threads = new Threads()) {
                Thread asker = Thread.currentThread();
                threads.start(ThreadKind.VIRTUAL, "other", () -> {
                    Threads.awaitState(asker, Thread.State.TIMED_WAITING, Thread.State.WAITING);
                    assertThatThrownBy(request::await).hasMessageContaining("another thread");
                    assertThatThrownBy(group::hasNext)
                            .isInstanceOf(ProcessException.class)
                            .hasMessageContaining("belongs to");
                    asked.take().reply("answer");
                });
                assertThat(request.await()).isEqualTo("answer");
            }
            assertThat(group.next()).isSameAs(request);
        });
    }

    @Test
    @DisplayName("5.1, 5.5 what a bounded mailbox refuses is thrown by the await, not by the asking")
    void refused() throws Exception {
        try (ProcessScope scope = ProcessScope.open("test")) {
            CompletableFuture<Void> gate = new CompletableFuture<>();
            ProcessRef<ReplyTo<String>> full = scope.start(
                    "full", mailbox -> gate.get(), options -> options.withCapacity(1, Mailbox.Overflow.REJECT));
            Request<String> fits = full.request(from -> from, LONG);
            Request<String> refused = full.request(from -> from, LONG);
            assertThatThrownBy(refused::await)
                    .isInstanceOf(ProcessException.MailboxFull.class)
                    .hasMessageContaining("capacity 1");
            gate.complete(null);
            assertThatThrownBy(fits::await).isInstanceOf(ProcessException.Exited.class);
        }
    }
}
