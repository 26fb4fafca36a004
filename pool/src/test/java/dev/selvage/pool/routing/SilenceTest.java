package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A peer that stays connected and answers nothing any more is found (end of the first half of rule 10.2). */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class SilenceTest {
    private static final Duration INTERVAL = Duration.ofSeconds(4);
    private static final Duration QUARTER = Duration.ofSeconds(1);

    private final ThreadKind kind;

    SilenceTest(ThreadKind kind) {
        this.kind = kind;
    }

    private Rig watched() throws InterruptedException {
        return Rig.connected(kind, 1, options -> options.withSilence(INTERVAL).withHealthyAfter(Duration.ZERO));
    }

    /** Lets time pass step by step, each time until the watch and the callers are parked again. */
    private static void pass(Rig rig, Duration time, int parked) {
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(QUARTER)) {
            rig.ticker.awaitParked(parked);
            rig.ticker.advance(QUARTER);
        }
    }

    @Test
    @DisplayName("10.2 when the oldest request in flight is the same for an interval, the connection is dropped")
    void silentPeer() throws Exception {
        try (Rig rig = watched()) {
            FakePeer.Line line = rig.peer.awaitLine();
            List<Rig.Asking> askings = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                askings.add(rig.ask("request " + i));
                rig.peer.awaitSent();
            }
            pass(rig, INTERVAL.minus(QUARTER), 6);
            rig.ticker.awaitParked(6);
            assertThat(line.isClosed()).isFalse();
            pass(rig, QUARTER, 6);
            for (Rig.Asking asking : askings) {
                assertThat(asking.failure())
                        .isInstanceOf(RoutingException.Disconnected.class)
                        .hasMessageContaining("silent peer")
                        .hasCauseInstanceOf(TimeoutException.class);
            }
            line.awaitClosed();
            assertThat(rig.peer.awaitLine()).isNotSameAs(line);
        }
    }

    @Test
    @DisplayName("10.2 a silent peer is found within an interval and a quarter under load")
    void foundInTime() throws Exception {
        try (Rig rig = watched()) {
            FakePeer.Line line = rig.peer.awaitLine();
            Rig.Asking answered = rig.ask("answered");
            FakePeer.Sent first = rig.peer.awaitSent();
            rig.ticker.awaitParked(2); // the first is the suspect
            first.answer("and then nothing more");
            answered.answer();
            Rig.Asking silent = rig.ask("silent");
            rig.peer.awaitSent();
            pass(rig, QUARTER, 2);
            pass(rig, INTERVAL, 2);
            assertThat(silent.failure()).hasMessageContaining("silent peer");
            line.awaitClosed();
        }
    }

    @Test
    @DisplayName("10.2 a slow peer is not a silent one: as long as the oldest changes, however old it is")
    void slowPeer() throws Exception {
        try (Rig rig = watched()) {
            Deque<Rig.Asking> askings = new ArrayDeque<>();
            Deque<FakePeer.Sent> sent = new ArrayDeque<>();
            for (int i = 0; i < 8; i++) {
                askings.add(rig.ask("request " + i));
                sent.add(rig.peer.awaitSent());
            }
            while (!sent.isEmpty()) { // one each two seconds: the last is answered after sixteen
                pass(rig, QUARTER.multipliedBy(2), 1 + askings.size());
                sent.remove().answer("at last");
                assertThat(askings.remove().answer()).isEqualTo("at last");
            }
            assertThat(rig.member(0).disconnects()).isZero();
        }
    }

    @Test
    @DisplayName("10.2 answers to younger requests do not hide that the oldest is never answered")
    void oldestCounts() throws Exception {
        try (Rig rig = watched()) {
            Rig.Asking oldest = rig.ask("oldest");
            rig.peer.awaitSent();
            for (int second = 0; second < 4; second++) {
                Rig.Asking younger = rig.ask("younger");
                rig.peer.awaitSent().answer("answer");
                younger.answer();
                pass(rig, QUARTER, 2);
            }
            assertThat(oldest.failure()).hasMessageContaining("silent peer");
        }
    }

    @Test
    @DisplayName("10.2 a silent peer is found although every caller gives up sooner")
    void impatientCallers() throws Exception {
        try (Rig rig = watched()) {
            FakePeer.Line line = rig.peer.awaitLine();
            for (int second = 0; second < 4; second++) {
                Rig.Asking asking = rig.ask("request", QUARTER);
                rig.peer.awaitSent();
                pass(rig, QUARTER, 2);
                assertThat(asking.failure())
                        .isInstanceOfAny(RoutingException.RequestTimeout.class, RoutingException.Disconnected.class);
            }
            line.awaitClosed();
            assertThat(rig.member(0).lastFailure()).containsInstanceOf(TimeoutException.class);
        }
    }

    @Test
    @DisplayName("10.2 a send that blocks because the peer reads nothing is freed, and its member goes on")
    void blockedSend() throws Exception {
        try (Rig rig = watched()) {
            FakePeer.Line line = rig.peer.awaitLine();
            AtomicInteger writing = new AtomicInteger();
            line.writing = (on, id, request) -> {
                writing.incrementAndGet();
                on.awaitClosed();
            };
            Rig.Asking blocked = rig.ask("blocked");
            Threads.awaitTrue("it is being sent", () -> writing.get() == 1);
            Rig.Asking queued = rig.ask("queued").whenWaiting();
            pass(rig, INTERVAL, 3);
            assertThat(blocked.failure()).hasMessageContaining("silent peer");
            FakePeer.Sent sent = rig.peer.awaitSent();
            assertThat(sent.request()).isEqualTo("queued"); // never written to the first line, so it goes to the next
            sent.answer("answer");
            assertThat(queued.answer()).isEqualTo("answer");
        }
    }

    @Test
    @DisplayName("5.9 an idle connection is never dropped, and costs nothing: its watch has no deadline")
    void idle() throws Exception {
        try (Rig rig = watched()) {
            FakePeer.Line line = rig.peer.awaitLine();
            Rig.Asking asking = rig.ask("PING");
            FakePeer.Sent sent = rig.peer.awaitSent();
            rig.ticker.awaitParked(2);
            sent.answer("PONG");
            asking.answer();
            rig.ticker.advance(QUARTER);
            Threads.awaitTrue("the watch waits for a request", () -> rig.ticker.parked() == 0);
            rig.ticker.advance(Rig.LONG);
            Rig.Asking later = rig.ask("PING");
            rig.peer.awaitSent().answer("PONG");
            assertThat(later.answer()).isEqualTo("PONG");
            assertThat(line.isClosed()).isFalse();
        }
    }

    @Test
    @DisplayName("10.2 a request that the transport refuses is not what the peer is silent about")
    void refused() throws Exception {
        try (Rig rig = watched()) {
            FakePeer.Line line = rig.peer.awaitLine();
            line.writing = (on, id, request) -> {
                throw new IllegalArgumentException("too long");
            };
            assertThat(rig.ask("refused").failure()).isInstanceOf(RoutingException.RequestFailed.class);
            Threads.awaitTrue("the watch waits for a request", () -> {
                rig.ticker.advance(QUARTER); // it may begin to watch only now
                return rig.ticker.parked() == 0;
            });
            rig.ticker.advance(Rig.LONG);
            assertThat(line.isClosed()).isFalse();
        }
    }

    @Test
    @DisplayName("10.2 with an interval of 0 nobody watches")
    void off() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            FakePeer.Line line = rig.peer.awaitLine();
            Rig.Asking asking = rig.ask("PING");
            FakePeer.Sent sent = rig.peer.awaitSent();
            rig.ticker.awaitParked(1);
            rig.ticker.advance(Rig.LONG.minusSeconds(1));
            assertThat(rig.ticker.parked()).isEqualTo(1);
            sent.answer("PONG");
            assertThat(asking.answer()).isEqualTo("PONG");
            assertThat(line.isClosed()).isFalse();
        }
    }
}
