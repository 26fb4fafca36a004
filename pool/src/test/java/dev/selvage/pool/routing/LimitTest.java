package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Members that take so many requests at a time, and the queue of those who wait for a place (rule 10.3). */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class LimitTest {
    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Routing FIRST = (members, any) -> 0;

    private final ThreadKind kind;

    LimitTest(ThreadKind kind) {
        this.kind = kind;
    }

    private Rig limited(int size, int limit) throws InterruptedException {
        return limited(size, limit, options -> options);
    }

    private Rig limited(int size, int limit, UnaryOperator<RoutingOptions> more) throws InterruptedException {
        return Rig.connected(
                kind, size, options -> more.apply(options.withMaxInFlight(limit).withRouting(FIRST)));
    }

    /** So many callers that wait for a place, in turn; each in the queue before the next comes. */
    private static List<Rig.Asking> waiting(Rig rig, int count) {
        List<Rig.Asking> askings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            askings.add(rig.ask("waiting " + i));
            rig.awaitWaiting(i + 1);
        }
        return askings;
    }

    private static void finish(FakePeer.Sent sent, Rig.Asking asking) throws Exception {
        sent.answer("answer");
        assertThat(asking.answer()).isEqualTo("answer");
    }

    @Test
    @DisplayName("10.3 at a member's limit another is chosen")
    void anotherIsChosen() throws Exception {
        try (Rig rig = limited(3, 2)) {
            List<Rig.Asking> askings = new ArrayList<>();
            List<FakePeer.Sent> sents = new ArrayList<>();
            Set<FakePeer.Line> used = new HashSet<>();
            for (int i = 0; i < 6; i++) {
                askings.add(rig.ask("request"));
                sents.add(rig.peer.awaitSent());
                used.add(sents.get(i).line());
                assertThat(used).hasSize(i / 2 + 1);
            }
            assertThat(rig.pool.members())
                    .extracting(RoutingPool.Member::inFlight)
                    .containsOnly(2);
            for (int i = 0; i < 6; i++) {
                finish(sents.get(i), askings.get(i));
            }
        }
    }

    @Test
    @DisplayName("10.3 with all members at their limits calls wait, and a freed place goes to the first of them")
    void inTurn() throws Exception {
        try (Rig rig = limited(1, 1)) {
            Rig.Asking asking = rig.ask("first");
            FakePeer.Sent sent = rig.peer.awaitSent();
            List<Rig.Asking> waiting = waiting(rig, 5);
            assertThat(rig.peer.sent).isEmpty();
            for (int i = 0; i < 5; i++) {
                finish(sent, asking);
                sent = rig.peer.awaitSent();
                assertThat(sent.request()).isEqualTo("waiting " + i);
                assertThat(rig.member(0).inFlight()).isEqualTo(1);
                asking = waiting.get(i);
            }
            finish(sent, asking);
        }
    }

    @Test
    @DisplayName("10.3 a caller that comes back at once finds its own place free: one caller never waits")
    void ownPlace() throws Exception {
        try (Rig rig = limited(1, 1)) {
            rig.peer.answers = request -> "PONG";
            for (int i = 0; i < 500; i++) {
                assertThat(rig.pool.request("PING")).isEqualTo("PONG");
            }
            assertThat(rig.pool.queue().waits.sum()).isZero();
        }
    }

    @Test
    @DisplayName("10.3 the wait for a place ends at the time limit of the request, which was not sent")
    void timeout() throws Exception {
        try (Rig rig = limited(1, 1)) {
            Rig.Asking holds = rig.ask("holds");
            FakePeer.Sent sent = rig.peer.awaitSent();
            Rig.Asking late = rig.ask("late", MILLI);
            rig.awaitWaiting(1);
            Rig.Asking next = rig.ask("next");
            rig.awaitWaiting(2);
            rig.ticker.awaitParked(3);
            rig.ticker.advance(MILLI);
            assertThat(late.failure())
                    .isInstanceOfSatisfying(
                            RoutingException.RequestTimeout.class,
                            failure -> assertThat(failure.mayHaveReachedPeer()).isFalse())
                    .hasMessageContainingAll("'pool'", "PT0.001S", "limits");
            rig.awaitWaiting(1);
            finish(sent, holds);
            finish(rig.peer.awaitSent(), next);
        }
    }

    @Test
    @DisplayName("10.3 the wait for a place ends by an interrupt, and the next in turn gets the place")
    void interrupt() throws Exception {
        try (Rig rig = limited(1, 1)) {
            Rig.Asking holds = rig.ask("holds");
            FakePeer.Sent sent = rig.peer.awaitSent();
            List<Rig.Asking> waiting = waiting(rig, 2);
            waiting.get(0).thread.interrupt();
            assertThat(waiting.get(0).failure()).isInstanceOf(InterruptedException.class);
            finish(sent, holds);
            FakePeer.Sent next = rig.peer.awaitSent();
            assertThat(next.request()).isEqualTo("waiting 1");
            finish(next, waiting.get(1));
        }
    }

    @Test
    @DisplayName("10.3 the wait for a place ends when the pool is closed")
    void closed() throws Exception {
        try (Rig rig = limited(1, 1)) {
            Rig.Asking holds = rig.ask("holds");
            FakePeer.Sent sent = rig.peer.awaitSent();
            List<Rig.Asking> waiting = waiting(rig, 3);
            rig.pool.close();
            for (Rig.Asking asking : waiting) {
                assertThat(asking.failure()).isInstanceOf(RoutingException.Closed.class);
            }
            finish(sent, holds);
        }
    }

    @Test
    @DisplayName("10.3 the queue is bounded: one too many is refused at once, and says what is the matter")
    void bounded() throws Exception {
        try (Rig rig = limited(1, 1, options -> options.withMaxWaiting(2))) {
            Rig.Asking holds = rig.ask("holds");
            FakePeer.Sent sent = rig.peer.awaitSent();
            List<Rig.Asking> waiting = waiting(rig, 2);
            assertThat(rig.ask("too many").failure())
                    .isInstanceOfSatisfying(
                            RoutingException.Overloaded.class,
                            failure -> assertThat(failure.mayHaveReachedPeer()).isFalse())
                    .hasMessageContainingAll("'pool'", "limits", "2 requests wait");
            finish(sent, holds);
            for (Rig.Asking asking : waiting) {
                finish(rig.peer.awaitSent(), asking);
            }
        }
    }

    @Test
    @DisplayName("10.3 with no room to wait a call fails at once where all members are at their limits")
    void noRoom() throws Exception {
        try (Rig rig = limited(1, 1, options -> options.withMaxWaiting(0))) {
            Rig.Asking holds = rig.ask("holds");
            FakePeer.Sent sent = rig.peer.awaitSent();
            assertThat(rig.ask("refused").failure()).isInstanceOf(RoutingException.Overloaded.class);
            finish(sent, holds);
        }
    }

    @Test
    @DisplayName("10.3 a request that was sent and given up keeps its place until the peer answers, and no longer")
    void givenUp() throws Exception {
        try (Rig rig = limited(1, 1)) {
            Rig.Asking late = rig.ask("late", MILLI);
            FakePeer.Sent sent = rig.peer.awaitSent();
            rig.ticker.awaitParked(1);
            rig.ticker.advance(MILLI);
            assertThat(late.failure()).isInstanceOf(RoutingException.RequestTimeout.class);
            assertThat(rig.member(0).inFlight()).isEqualTo(1);
            Rig.Asking next = rig.ask("next");
            rig.awaitWaiting(1);
            sent.answer("too late");
            FakePeer.Sent second = rig.peer.awaitSent();
            sent.answer("and once more");
            assertThat(second.request()).isEqualTo("next");
            assertThat(rig.member(0).inFlight()).isEqualTo(1);
            finish(second, next);
            Threads.awaitTrue("both are strays", () -> rig.member(0).strays() == 2);
            assertThat(rig.member(0).served()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("10.3 without a limit a request that is given up counts no more")
    void givenUpWithoutLimit() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            Rig.Asking late = rig.ask("late", MILLI);
            rig.peer.awaitSent();
            rig.ticker.awaitParked(1);
            rig.ticker.advance(MILLI);
            assertThat(late.failure()).isInstanceOf(RoutingException.RequestTimeout.class);
            assertThat(rig.member(0).inFlight()).isZero();
        }
    }

    @Test
    @DisplayName("10.3 a request that the transport refuses gives its place back")
    void refused() throws Exception {
        try (Rig rig = limited(1, 1)) {
            FakePeer.Line line = rig.peer.awaitLine();
            line.writing = (on, id, request) -> {
                throw new IllegalArgumentException("too long");
            };
            for (int i = 0; i < 3; i++) {
                assertThat(rig.ask("refused").failure()).isInstanceOf(RoutingException.RequestFailed.class);
            }
            assertThat(rig.member(0).inFlight()).isZero();
        }
    }

    @Test
    @DisplayName("10.3, 12 the wait for a place and that for the answer have one time limit together")
    void oneLimitForAll() throws Exception {
        try (Rig rig = limited(1, 1)) {
            Rig.Asking holds = rig.ask("holds");
            FakePeer.Sent sent = rig.peer.awaitSent();
            Rig.Asking late = rig.ask("late", MILLI.multipliedBy(10));
            rig.awaitWaiting(1);
            rig.ticker.awaitParked(2);
            rig.ticker.advance(MILLI.multipliedBy(6));
            finish(sent, holds);
            FakePeer.Sent unanswered = rig.peer.awaitSent();
            rig.ticker.awaitParked(1);
            rig.ticker.advance(MILLI.multipliedBy(4));
            assertThat(late.failure()).isInstanceOf(RoutingException.RequestTimeout.class);
            unanswered.answer("too late");
        }
    }

    @Test
    @DisplayName(
            "10.3 those who wait for a place get that of a member that comes back while another is there all along")
    void anotherComesBack() throws Exception {
        try (Rig rig = limited(2, 1, options -> options.withHealthyAfter(Duration.ZERO))) {
            CountDownLatch open = new CountDownLatch(1);
            rig.peer.door = member -> open.await();
            Rig.Asking lost = rig.ask("lost");
            FakePeer.Sent first = rig.peer.awaitSent();
            Rig.Asking holds = rig.ask("holds");
            FakePeer.Sent second = rig.peer.awaitSent();
            List<Rig.Asking> waiting = waiting(rig, 1);
            first.line().lose("reset");
            assertThat(lost.failure()).isInstanceOf(RoutingException.Disconnected.class);
            rig.awaitState(first.line().member, RoutingPool.Member.State.CONNECTING);
            rig.awaitWaiting(1);
            open.countDown();
            finish(rig.peer.awaitSent(), waiting.get(0));
            finish(second, holds);
        }
    }

    @Test
    @DisplayName("10.3 those who wait for a place get one when a member comes back")
    void memberComesBack() throws Exception {
        try (Rig rig = limited(1, 1, options -> options.withMemberWait(Rig.LONG))) {
            Rig.Asking holds = rig.ask("holds");
            FakePeer.Sent sent = rig.peer.awaitSent();
            List<Rig.Asking> waiting = waiting(rig, 2);
            sent.line().lose("reset");
            assertThat(holds.failure()).isInstanceOf(RoutingException.Disconnected.class);
            rig.awaitPause(0);
            rig.ticker.advance(Duration.ofSeconds(10));
            FakePeer.Sent one = rig.peer.awaitSent();
            assertThat(rig.peer.sent).isEmpty();
            one.answer("answer");
            rig.peer.awaitSent().answer("answer");
            for (Rig.Asking asking : waiting) {
                assertThat(asking.answer()).isEqualTo("answer");
            }
        }
    }

    @Test
    @DisplayName("10.3 when the last member leaves, those who wait for a place fail at once where none is waited for")
    void lastMemberLeaves() throws Exception {
        try (Rig rig = limited(1, 1, options -> options.withMemberWait(Duration.ZERO))) {
            Rig.Asking holds = rig.ask("holds");
            FakePeer.Sent sent = rig.peer.awaitSent();
            List<Rig.Asking> waiting = waiting(rig, 3);
            sent.line().lose("reset");
            for (Rig.Asking asking : waiting) {
                assertThat(asking.failure()).isInstanceOf(RoutingException.NoMember.class);
            }
            assertThat(holds.failure()).isInstanceOf(RoutingException.Disconnected.class);
        }
    }

    @Test
    @DisplayName("10.3 a transport says its limit, lowers it, and raises it, which lets in those who wait")
    void transportLimits() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            FakePeer.Line line = rig.peer.awaitLine();
            line.limit(2);
            List<Rig.Asking> askings = new ArrayList<>();
            askings.add(rig.ask("one"));
            askings.add(rig.ask("two"));
            List<FakePeer.Sent> sents = new ArrayList<>(List.of(rig.peer.awaitSent(), rig.peer.awaitSent()));
            line.limit(1);
            askings.addAll(waiting(rig, 3));
            sents.remove(0).answer("answer"); // one place too many was taken: nobody gets it
            Threads.awaitTrue("it is answered", () -> rig.member(0).served() == 1);
            assertThat(rig.member(0).inFlight()).isEqualTo(1);
            rig.awaitWaiting(3);
            line.limit(3);
            rig.awaitWaiting(1);
            sents.add(rig.peer.awaitSent());
            sents.add(rig.peer.awaitSent());
            assertThat(rig.member(0).inFlight()).isEqualTo(3);
            sents.remove(0).answer("answer");
            sents.add(rig.peer.awaitSent());
            sents.forEach(sent -> sent.answer("answer"));
            for (Rig.Asking asking : askings) {
                assertThat(asking.answer()).isEqualTo("answer");
            }
        }
    }

    @Test
    @DisplayName("10.3 a transport may begin with a limit of 0, and cannot go beyond the pool's")
    void limitOfBoth() throws Exception {
        FakePeer peer = new FakePeer();
        peer.firstLimit = 0;
        try (Rig rig = Rig.starting(kind, 1, peer, options -> options.withMaxInFlight(1))) {
            assertThat(rig.pool.awaitReady(1, Rig.LONG)).isTrue();
            List<Rig.Asking> waiting = waiting(rig, 2);
            FakePeer.Line line = peer.awaitLine();
            line.limit(100);
            rig.awaitWaiting(1);
            peer.awaitSent().answer("answer");
            peer.awaitSent().answer("answer");
            for (Rig.Asking asking : waiting) {
                assertThat(asking.answer()).isEqualTo("answer");
            }
            assertThatThrownBy(() -> Objects.requireNonNull(line.limit).accept(-1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("limit: -1; allowed: 0 or more");
        }
    }

    @Test
    @DisplayName("10.3 a strategy sees who is full; power of two choices and rendezvous pass over it")
    void strategiesSeeIt() throws Exception {
        for (Routing routing : List.of(Routing.powerOfTwo(), Routing.rendezvous(String.class, request -> "same"))) {
            try (Rig rig = limited(2, 1, options -> options.withRouting(routing))) {
                Rig.Asking one = rig.ask("one");
                FakePeer.Sent first = rig.peer.awaitSent();
                Rig.Asking two = rig.ask("two");
                FakePeer.Sent second = rig.peer.awaitSent();
                assertThat(second.line()).isNotSameAs(first.line());
                finish(first, one);
                finish(second, two);
            }
        }
    }

    @Test
    @DisplayName("12 a limit below 1 and a negative length of the queue are refused at construction")
    void arguments() {
        assertThatThrownBy(() -> RoutingOptions.DEFAULTS.withMaxInFlight(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("requests: 0; allowed: 1 or more");
        assertThatThrownBy(() -> RoutingOptions.DEFAULTS.withMaxWaiting(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("requests: -1; allowed: 0 or more");
    }
}
