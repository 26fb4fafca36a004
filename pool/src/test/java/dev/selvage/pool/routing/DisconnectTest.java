package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.ExitReason;
import dev.selvage.process.ProcessRef;
import dev.selvage.registry.DuplicateRegistry;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a member and its requests when its connection is lost (rule 10.2). */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class DisconnectTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ThreadKind kind;

    DisconnectTest(ThreadKind kind) {
        this.kind = kind;
    }

    private static DuplicateRegistry<String, Connection<String, String>> registry(Rig rig) {
        return Objects.requireNonNull(rig.pool.registry());
    }

    /** A door that is shut as long as the test wants. */
    private static final class Shut implements FakePeer.Door {
        volatile boolean shut = true;

        @Override
        public void enter(int member) throws IOException {
            if (shut) {
                throw new IOException("connection refused");
            }
        }
    }

    @Test
    @DisplayName("10.2 all requests in flight of a lost connection fail at once, with pool, member, counts and cause")
    void inFlightFails() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            FakePeer.Line line = rig.peer.awaitLine();
            List<Rig.Asking> askings = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                askings.add(rig.ask("request " + i));
            }
            for (int i = 0; i < 20; i++) {
                rig.peer.awaitSent();
            }
            line.lose("connection reset");
            for (Rig.Asking asking : askings) {
                assertThat(asking.failure())
                        .isInstanceOfSatisfying(
                                RoutingException.Disconnected.class,
                                failure ->
                                        assertThat(failure.mayHaveReachedPeer()).isTrue())
                        .hasMessageContainingAll("pool-0", "'pool'", "of 1 members ready", "connection reset")
                        .hasCauseInstanceOf(IOException.class);
            }
            assertThat(rig.member(0).disconnects()).isEqualTo(1);
            assertThat(rig.member(0).lastFailure()).containsInstanceOf(IOException.class);
        }
    }

    @Test
    @DisplayName("10.2 a member leaves the registry before its requests in flight hear of the disconnect")
    void leavesFirst() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            FakePeer.Line line = rig.peer.awaitLine();
            for (int round = 0; round < 50; round++) {
                AtomicInteger seen = new AtomicInteger(-1);
                Thread caller = kind.unstarted("caller", () -> {
                    try {
                        rig.pool.request("PING");
                    } catch (RoutingException.Disconnected told) {
                        seen.set((int) registry(rig).view(RoutingPool.KEY).stream()
                                .filter(entry -> entry.value().whyDropped() != null)
                                .count());
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
                caller.start();
                rig.peer.awaitSent();
                line.lose("lost");
                caller.join();
                assertThat(seen).hasValue(0);
                rig.awaitPause(0);
                rig.ticker.advanceToNextDeadline();
                line = rig.peer.awaitLine();
                assertThat(rig.pool.awaitReady(1, Rig.LONG)).isTrue();
            }
        }
    }

    @Test
    @DisplayName("10.2 a send that fails loses the connection; the request it was for may have reached the peer")
    void failedSend() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            FakePeer.Line line = rig.peer.awaitLine();
            Rig.Asking other = rig.ask("other");
            rig.peer.awaitSent();
            line.writing = (on, id, request) -> {
                throw new IOException("broken pipe");
            };
            assertThat(rig.ask("PING").failure())
                    .isInstanceOf(RoutingException.Disconnected.class)
                    .hasMessageContaining("broken pipe");
            assertThat(other.failure()).isInstanceOf(RoutingException.Disconnected.class);
            line.awaitClosed();
        }
    }

    @Test
    @DisplayName("10.2 an Error in a transport loses the connection like an Exception (known failure 3)")
    void errorInTransport() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            FakePeer.Line line = rig.peer.awaitLine();
            line.writing = (on, id, request) -> {
                throw new AssertionError("a bug in the transport");
            };
            assertThat(rig.ask("PING").failure())
                    .isInstanceOf(RoutingException.Disconnected.class)
                    .hasCauseInstanceOf(AssertionError.class);
            rig.awaitPause(0);
            rig.ticker.advanceToNextDeadline();
            assertThat(rig.pool.awaitReady(1, Rig.LONG)).isTrue();
        }
    }

    @Test
    @DisplayName("10.2 a request that was never written goes to another member, within its time limit")
    void neverWrittenIsRouted() throws Exception {
        Routing first = (members, any) -> 0;
        try (Rig rig = Rig.connected(kind, 2, options -> options.withRouting(first))) {
            FakePeer.Line chosen = lineOf(rig, 0);
            chosen.writing = (on, id, request) -> on.awaitClosed();
            Rig.Asking blocked = rig.ask("written, perhaps");
            Threads.awaitTrue(
                    "it is being sent",
                    () -> rig.pool.slots().get(chosen.member).process.booked() == 1);
            Rig.Asking queued = rig.ask("queued").whenWaiting();
            chosen.lose("lost");
            assertThat(blocked.failure()).isInstanceOf(RoutingException.Disconnected.class);
            FakePeer.Sent sent = rig.peer.awaitSent();
            assertThat(sent.request()).isEqualTo("queued");
            assertThat(sent.line().member).isNotEqualTo(chosen.member);
            sent.answer("by the other");
            assertThat(queued.answer()).isEqualTo("by the other");
        }
    }

    /** The line of the member that stands in the registry in this place. */
    private static FakePeer.Line lineOf(Rig rig, int place) throws InterruptedException {
        int member = registry(rig).view(RoutingPool.KEY).get(place).value().slot.index;
        FakePeer.Line line = rig.peer.awaitLine();
        while (line.member != member) {
            line = rig.peer.awaitLine();
        }
        return line;
    }

    @Test
    @DisplayName("10.2 a request that may have been written is never repeated by itself")
    void writtenIsNotRepeated() throws Exception {
        try (Rig rig = Rig.connected(kind, 2)) {
            Rig.Asking asking = rig.ask("once");
            FakePeer.Sent sent = rig.peer.awaitSent();
            sent.line().lose("lost");
            assertThat(asking.failure()).isInstanceOf(RoutingException.Disconnected.class);
            assertThat(rig.peer.sent).isEmpty();
        }
    }

    @Test
    @DisplayName("10.1 a member that is stopping takes no more requests, and its entry does not make callers spin")
    void stoppingMember() throws Exception {
        Routing first = (members, any) -> 0;
        try (Rig rig = Rig.connected(kind, 2, options -> options.withRouting(first))) {
            FakePeer.Line chosen = lineOf(rig, 0);
            AtomicInteger leaving = new AtomicInteger();
            chosen.writing = (on, id, request) -> {
                leaving.incrementAndGet();
                on.awaitClosed();
            };
            Rig.Asking blocked = rig.ask("holds the member");
            Threads.awaitTrue("it is being sent", () -> leaving.get() == 1);
            ProcessRef<?> process =
                    rig.tree.child("pool-connections", "pool-" + chosen.member).orElseThrow();
            process.stop(); // comes after the send that blocks
            Rig.Asking asking = rig.ask("PING");
            FakePeer.Sent sent = rig.peer.awaitSent();
            assertThat(sent.line().member).isNotEqualTo(chosen.member);
            assertThat(registry(rig).lookup(RoutingPool.KEY)).hasSize(1);
            sent.answer("PONG");
            assertThat(asking.answer()).isEqualTo("PONG");
            chosen.lose("lost");
            assertThat(blocked.failure()).isInstanceOf(RoutingException.Disconnected.class);
        }
    }

    @Test
    @DisplayName("10.2 the first attempt after a healthy period comes at once")
    void atOnceAfterHealth() throws Exception {
        try (Rig rig = Rig.connected(kind, 1, options -> options.withHealthyAfter(SECOND))) {
            for (int round = 0; round < 3; round++) {
                FakePeer.Line line = rig.peer.awaitLine();
                rig.ticker.advance(SECOND);
                line.lose("lost");
                line.awaitClosed();
                assertThat(rig.pool.awaitReady(1, Rig.LONG)).isTrue(); // though no time passes
            }
            assertThat(rig.peer.connects).hasValue(4);
        }
    }

    @Test
    @DisplayName("10.2 a connection that was lost before it was healthy counts as a failed attempt")
    void pauseWithoutHealth() throws Exception {
        try (Rig rig = Rig.connected(
                kind,
                1,
                options -> options.withHealthyAfter(SECOND).withBackoff(Backoff.fixed(Duration.ofSeconds(30))))) {
            FakePeer.Line line = rig.peer.awaitLine();
            rig.ticker.advance(SECOND.minusNanos(1));
            line.lose("too early");
            rig.awaitPause(0);
            assertThat(rig.ticker.awaitNextDeadline()).isPositive();
            assertThat(rig.peer.connects).hasValue(1);
            rig.ticker.advanceToNextDeadline();
            rig.peer.awaitLine();
        }
    }

    @Test
    @DisplayName("10.2 pauses grow with each failure, with full jitter: each is drawn from 0 up to its length")
    void fullJitter() throws Exception {
        List<Duration> pauses = pauses(new Random(11), 40);
        Duration longest = SECOND;
        for (Duration pause : pauses) {
            assertThat(pause).isPositive().isLessThanOrEqualTo(longest);
            longest = longest.multipliedBy(2).compareTo(Duration.ofSeconds(64)) < 0
                    ? longest.multipliedBy(2)
                    : Duration.ofSeconds(64);
        }
        List<Duration> atCeiling = pauses.subList(10, 40);
        assertThat(atCeiling).anyMatch(pause -> pause.compareTo(Duration.ofSeconds(16)) < 0);
        assertThat(atCeiling).anyMatch(pause -> pause.compareTo(Duration.ofSeconds(48)) > 0);
    }

    private List<Duration> pauses(Random random, int count) throws Exception {
        Shut door = new Shut();
        FakePeer peer = new FakePeer();
        peer.door = door;
        List<Duration> pauses = new ArrayList<>();
        try (Rig rig = Rig.starting(
                kind,
                1,
                peer,
                options ->
                        options.withRandom(random).withBackoff(Backoff.exponential(SECOND, Duration.ofSeconds(64))))) {
            for (int i = 0; i < count; i++) {
                rig.awaitPause(0);
                int before = peer.connects.get();
                pauses.add(rig.ticker.advanceToNextDeadline());
                Threads.awaitTrue("it tries again", () -> peer.connects.get() == before + 1);
            }
            door.shut = false;
            rig.awaitPause(0);
            rig.ticker.advanceToNextDeadline();
            assertThat(rig.pool.awaitReady(1, Rig.LONG)).isTrue();
            assertThat(rig.member(0).lastFailure().orElseThrow()).hasMessage("connection refused");
            assertThat(rig.member(0).disconnects()).isZero();
        }
        return pauses;
    }

    @Test
    @DisplayName("10.2 members that failed together do not return together")
    void spreadOut() throws Exception {
        Shut door = new Shut();
        FakePeer peer = new FakePeer();
        peer.door = door;
        try (Rig rig =
                Rig.starting(kind, 20, peer, options -> options.withBackoff(Backoff.fixed(Duration.ofSeconds(10))))) {
            for (int member = 0; member < 20; member++) {
                rig.awaitPause(member);
            }
            rig.ticker.awaitParked(20);
            door.shut = false;
            Set<Duration> returns = new HashSet<>();
            while (rig.pool.members().stream().anyMatch(member -> member.state() == RoutingPool.Member.State.WAITING)) {
                rig.ticker.advanceToNextDeadline();
                int returned = returns.size() + 1;
                returns.add(rig.ticker.elapsed());
                Threads.awaitTrue("one more is back", () -> peer.allLines.size() >= returned);
                assertThat(rig.pool.awaitReady(returned, Rig.LONG)).isTrue();
            }
            assertThat(returns).hasSize(20).allMatch(at -> at.compareTo(Duration.ofSeconds(10)) <= 0);
        }
    }

    @Test
    @DisplayName("10.2 a connect that takes too long is one failure: the pause after it is that of one")
    void connectTimeoutIsOneFailure() throws Exception {
        FakePeer peer = new FakePeer();
        peer.door = member -> new CountDownLatch(1).await();
        List<Integer> failures = new CopyOnWriteArrayList<>();
        try (Rig rig = Rig.starting(
                kind,
                1,
                peer,
                options -> options.withConnectTimeout(SECOND).withBackoff((failed, random) -> {
                    failures.add(failed);
                    return SECOND;
                }))) {
            for (int connects = 1; connects <= 4; connects++) {
                int made = connects;
                Threads.awaitTrue("connects", () -> peer.connects.get() == made);
                rig.ticker.awaitParked(1);
                rig.ticker.advance(SECOND);
                rig.awaitPause(0);
                rig.ticker.awaitParked(1);
                rig.ticker.advance(SECOND);
            }
            assertThat(failures).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    @DisplayName("10.2 a connect that takes too long is interrupted, and what it returns later is closed")
    void connectTimeout() throws Exception {
        CountDownLatch late = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        FakePeer peer = new FakePeer();
        peer.door = member -> {
            if (peer.connects.get() == 1) {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.complete(true);
                    late.await(); // and goes on all the same
                }
            }
        };
        try (Rig rig = Rig.starting(kind, 1, peer, options -> options.withConnectTimeout(Duration.ofSeconds(3)))) {
            assertThat(rig.ticker.awaitNextDeadline()).isEqualTo(Duration.ofSeconds(3));
            assertThat(rig.member(0).state()).isEqualTo(RoutingPool.Member.State.CONNECTING);
            rig.ticker.advance(Duration.ofSeconds(3));
            assertThat(interrupted.get()).isTrue();
            rig.awaitPause(0);
            assertThat(rig.member(0).lastFailure()).containsInstanceOf(TimeoutException.class);
            rig.ticker.advanceToNextDeadline();
            assertThat(rig.pool.awaitReady(1, Rig.LONG)).isTrue();
            FakePeer.Line inTime = peer.awaitLine();
            late.countDown();
            FakePeer.Line tooLate = peer.awaitLine();
            tooLate.awaitClosed();
            assertThat(inTime.isClosed()).isFalse();
            assertThat(rig.member(0).state()).isEqualTo(RoutingPool.Member.State.CONNECTED);
        }
    }

    @Test
    @DisplayName("10.2 a member that connects is not deaf: a request is refused at once, a stop ends it at once")
    void connectingIsNotDeaf() throws Exception {
        FakePeer peer = new FakePeer();
        CountDownLatch never = new CountDownLatch(1);
        peer.door = member -> never.await();
        try (Rig rig = Rig.starting(kind, 1, peer, options -> options)) {
            rig.awaitState(0, RoutingPool.Member.State.CONNECTING);
            assertRefusesAndStops(rig);
        }
    }

    @Test
    @DisplayName("10.2 a member that pauses is not deaf: a request is refused at once, a stop ends it at once")
    void pausingIsNotDeaf() throws Exception {
        FakePeer peer = new FakePeer();
        peer.door = new Shut();
        try (Rig rig = Rig.starting(kind, 1, peer, options -> options)) {
            rig.awaitPause(0);
            assertRefusesAndStops(rig);
        }
    }

    /** In standing time: whatever waited for a timeout would never return. */
    private static void assertRefusesAndStops(Rig rig) throws Exception {
        @SuppressWarnings("unchecked")
        ProcessRef<MemberMessage<String, String>> process = (ProcessRef<MemberMessage<String, String>>)
                rig.tree.child("pool-connections", "pool-0").orElseThrow();
        var earlier = new Connection<String, String>(new Slot(0, "earlier", rig.pool.announcer()), process, rig.pool);
        Request<String, String> request = new Request<>("PING", earlier);
        assertThatThrownBy(() -> process.call(request::answerTo, Rig.LONG)).hasCause(Request.NOT_SENT);
        process.stop();
        assertThat(process.join()).isEqualTo(ExitReason.shutdown());
    }

    @Test
    @DisplayName("10.2 a transport is closed exactly once, whoever finds the connection lost, and its reader ends")
    void closedOnce() throws Exception {
        try (Rig rig = Rig.connected(kind, 3)) {
            for (int i = 0; i < 3; i++) {
                FakePeer.Line line = rig.peer.awaitLine();
                line.lose("by the reader");
                line.writing = (on, id, request) -> {
                    throw new IOException("and by the sender");
                };
                line.awaitClosed();
                Objects.requireNonNull(line.reader).join(); // it has read the loss
                assertThat(line.closes).hasValue(1);
            }
        }
    }
}
