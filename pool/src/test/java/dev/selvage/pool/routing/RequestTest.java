package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How a request finds its response, and how else it ends; for callers of both kinds of thread. */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class RequestTest {
    private final ThreadKind kind;

    RequestTest(ThreadKind kind) {
        this.kind = kind;
    }

    @Test
    @DisplayName("10.1 a request blocks its caller and returns the response")
    void response() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            Rig.Asking asking = rig.ask("PING");
            FakePeer.Sent sent = rig.peer.awaitSent();
            assertThat(sent.request()).isEqualTo("PING");
            sent.answer("PONG");
            assertThat(asking.answer()).isEqualTo("PONG");
            assertThat(rig.member(0).served()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("10.1 many requests are in flight on one connection, and responses in any order find their callers")
    void anyOrder() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            List<Rig.Asking> askings = new ArrayList<>();
            List<FakePeer.Sent> sent = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                askings.add(rig.ask("request " + i));
            }
            for (int i = 0; i < 50; i++) {
                sent.add(rig.peer.awaitSent());
            }
            assertThat(rig.member(0).inFlight()).isEqualTo(50);
            Collections.shuffle(sent, new Random(7));
            sent.forEach(one -> one.answer("answer to " + one.request()));
            for (int i = 0; i < 50; i++) {
                assertThat(askings.get(i).answer()).isEqualTo("answer to request " + i);
            }
        }
    }

    @Test
    @DisplayName("10.1 ids grow and are never used twice, not even by another connection of the member")
    void idsGrow() throws Exception {
        try (Rig rig = Rig.connected(kind, 1, options -> options.withHealthyAfter(Duration.ZERO))) {
            long before = 0;
            for (int i = 0; i < 4; i++) {
                Rig.Asking asking = rig.ask("request");
                FakePeer.Sent sent = rig.peer.awaitSent();
                assertThat(sent.id()).isGreaterThan(before);
                before = sent.id();
                sent.answer("answer");
                asking.answer();
                sent.line().lose("on to the next");
                Threads.awaitTrue("closed", sent.line()::isClosed);
                assertThat(rig.pool.awaitReady(1, Rig.LONG)).isTrue();
            }
        }
    }

    @Test
    @DisplayName("10.1 a response that nobody waits for vanishes and is counted")
    void strayResponse() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            FakePeer.Line line = rig.peer.awaitLine();
            line.answer(4711, "to nobody");
            Rig.Asking asking = rig.ask("PING");
            FakePeer.Sent sent = rig.peer.awaitSent();
            sent.answer("PONG");
            sent.answer("PONG once more");
            assertThat(asking.answer()).isEqualTo("PONG");
            Threads.awaitTrue("both are counted", () -> rig.member(0).strays() == 2);
            assertThat(rig.member(0).served()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "12 a request that is not answered in time says so, leaves nothing behind, and its late response vanishes")
    void timeout() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            Rig.Asking asking = rig.ask("PING", Duration.ofSeconds(3));
            FakePeer.Sent sent = rig.peer.awaitSent();
            rig.ticker.awaitParked(1);
            rig.ticker.advance(Duration.ofSeconds(3));
            assertThat(asking.failure())
                    .isInstanceOfSatisfying(
                            RoutingException.RequestTimeout.class,
                            failure -> assertThat(failure.mayHaveReachedPeer()).isTrue())
                    .hasMessageContainingAll("pool-0", "'pool'", "1 of 1 members ready", "PT3S", "may have reached");
            rig.assertNothingLeft();
            sent.answer("too late");
            Threads.awaitTrue(
                    "the late response is counted", () -> rig.member(0).strays() == 1);
            assertThat(rig.member(0).state()).isEqualTo(RoutingPool.Member.State.CONNECTED);
        }
    }

    @Test
    @DisplayName("12 the time limit of the options holds where a request is given none")
    void defaultTimeout() throws Exception {
        try (Rig rig = Rig.connected(kind, 1, options -> options.withRequestTimeout(Duration.ofSeconds(2)))) {
            Rig.Asking asking = rig.ask("PING");
            rig.peer.awaitSent();
            assertThat(rig.ticker.awaitNextDeadline()).isEqualTo(Duration.ofSeconds(2));
            rig.ticker.advance(Duration.ofSeconds(2));
            assertThat(asking.failure()).isInstanceOf(RoutingException.RequestTimeout.class);
        }
    }

    @Test
    @DisplayName("12 with 0 or less a request does not wait and nothing is sent")
    void noTime() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
                assertThat(rig.ask("PING", none).failure())
                        .isInstanceOfSatisfying(
                                RoutingException.RequestTimeout.class,
                                failure ->
                                        assertThat(failure.mayHaveReachedPeer()).isFalse());
            }
            assertThat(rig.member(0).failed()).isZero(); // it was not even asked
            Rig.Asking next = rig.ask("next");
            FakePeer.Sent sent = rig.peer.awaitSent();
            assertThat(sent.request()).isEqualTo("next");
            sent.answer("answer");
            next.answer();
        }
    }

    @Test
    @DisplayName("12 an interrupt ends a request, also one that came before it, and leaves nothing behind")
    void interrupt() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            Rig.Asking asking = rig.ask("PING");
            FakePeer.Sent sent = rig.peer.awaitSent();
            asking.whenWaiting().thread.interrupt();
            assertThat(asking.failure()).isInstanceOf(InterruptedException.class);
            rig.assertNothingLeft();
            sent.answer("too late");
            Threads.run(kind, () -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> rig.pool.request("PING")).isInstanceOf(InterruptedException.class);
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
            });
            assertThat(rig.peer.sent).isEmpty();
        }
    }

    @Test
    @DisplayName("10.2 a request that the transport refuses fails alone: the connection and the others go on")
    void refusedByTransport() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            FakePeer.Line line = rig.peer.awaitLine();
            Rig.Asking other = rig.ask("other");
            FakePeer.Sent sent = rig.peer.awaitSent();
            line.writing = (on, id, request) -> {
                throw new IllegalArgumentException("request: too long");
            };
            assertThat(rig.ask("far too long").failure())
                    .isInstanceOfSatisfying(
                            RoutingException.RequestFailed.class,
                            failure -> assertThat(failure.mayHaveReachedPeer()).isFalse())
                    .hasMessageContainingAll("pool-0", "too long")
                    .hasCauseInstanceOf(IllegalArgumentException.class);
            sent.answer("fine");
            assertThat(other.answer()).isEqualTo("fine");
            assertThat(rig.member(0).disconnects()).isZero();
        }
    }

    @Test
    @DisplayName("10.2 while a send blocks, responses find their callers, and who gives up in the queue was not sent")
    void blockedSend() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            FakePeer.Line line = rig.peer.awaitLine();
            Rig.Asking first = rig.ask("first");
            FakePeer.Sent sent = rig.peer.awaitSent();
            line.writing = (on, id, request) -> on.awaitClosed();
            Rig.Asking blocked = rig.ask("blocked");
            Threads.awaitTrue(
                    "it is being sent", () -> rig.pool.slots().get(0).process.booked() == 2);
            sent.answer("answer");
            assertThat(first.answer()).isEqualTo("answer");

            Rig.Asking queued = rig.ask("queued", Duration.ofSeconds(1));
            rig.ticker.awaitParked(2);
            rig.ticker.advance(Duration.ofSeconds(1));
            assertThat(queued.failure())
                    .isInstanceOfSatisfying(
                            RoutingException.RequestTimeout.class,
                            failure -> assertThat(failure.mayHaveReachedPeer()).isFalse())
                    .hasMessageContaining("was not sent");

            line.lose("the peer has gone");
            assertThat(blocked.failure()).isInstanceOf(RoutingException.Disconnected.class);
        }
    }

    @Test
    @DisplayName("12 null arguments are refused by name")
    void nullArguments() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            assertThatThrownBy(() -> rig.pool.request(null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("request");
            assertThatThrownBy(() -> rig.pool.request("PING", null))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("timeout");
        }
    }

    @Test
    @DisplayName("12 after the close requests are refused, and those in flight and those that wait for a member end")
    void close() throws Exception {
        try (Rig rig = Rig.connected(kind, 1, options -> options.withMemberWait(Rig.LONG))) {
            Rig.Asking inFlight = rig.ask("PING");
            rig.peer.awaitSent();
            rig.pool.close();
            assertThat(rig.ask("PING").failure())
                    .isInstanceOfSatisfying(
                            RoutingException.Closed.class,
                            failure -> assertThat(failure.mayHaveReachedPeer()).isFalse());
            assertThat(inFlight.task).isNotDone();
            rig.tree.close();
            assertThat(inFlight.failure())
                    .isInstanceOfSatisfying(
                            RoutingException.Closed.class,
                            failure -> assertThat(failure.mayHaveReachedPeer()).isTrue());
            assertThatThrownBy(() -> rig.pool.awaitReady(1, Rig.LONG)).isInstanceOf(RoutingException.Closed.class);
        }
    }
}
