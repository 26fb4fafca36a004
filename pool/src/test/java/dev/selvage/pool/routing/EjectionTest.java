package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.pool.routing.RoutingPool.Member.State;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Members that are connected and fail all the same are taken out for a while (rule 10.4). */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class EjectionTest {
    private static final Duration TIME = Duration.ofSeconds(10);
    private static final Duration NANO = Duration.ofNanos(1);

    /** A request goes to the member that it names, or to the first if that is not there. */
    private static final Routing BY_NAME = (members, request) -> {
        for (int i = 0; i < members.size(); i++) {
            if (members.name(i).equals(request)) {
                return i;
            }
        }
        return 0;
    };

    private final ThreadKind kind;

    EjectionTest(ThreadKind kind) {
        this.kind = kind;
    }

    private Rig connected(int size) throws InterruptedException {
        return connected(size, options -> options);
    }

    private Rig connected(int size, UnaryOperator<RoutingOptions> more) throws InterruptedException {
        return Rig.connected(
                kind, size, options -> more.apply(options.withRouting(BY_NAME).withEjection(3, TIME)));
    }

    /** A request that is answered by a failure; says which member had it. */
    private static int fail(Rig rig, int member) throws Exception {
        Rig.Asking asking = rig.ask("pool-" + member);
        FakePeer.Sent sent = rig.peer.awaitSent();
        sent.line().respond(Transport.Response.failed(sent.id(), "trouble"));
        assertThat(asking.answer()).isEqualTo("trouble");
        return sent.line().member;
    }

    private static int succeed(Rig rig, int member) throws Exception {
        Rig.Asking asking = rig.ask("pool-" + member);
        FakePeer.Sent sent = rig.peer.awaitSent();
        sent.answer("fine");
        assertThat(asking.answer()).isEqualTo("fine");
        return sent.line().member;
    }

    private static void eject(Rig rig, int member) throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(fail(rig, member)).isEqualTo(member);
        }
        assertThat(rig.member(member).state()).isEqualTo(State.EJECTED);
    }

    /** Until the member's process waits for the end of its time. */
    private static void letPass(Rig rig, Duration time) {
        rig.ticker.awaitParked(1);
        rig.ticker.advance(time);
    }

    @Test
    @DisplayName("10.4 a member that fails so many times in a row gets no requests for a time, and then comes back")
    void outAndBack() throws Exception {
        try (Rig rig = connected(3)) {
            eject(rig, 1);
            assertThat(rig.member(1).ejections()).isEqualTo(1);
            assertThat(rig.pool.toString()).contains("2 of 3 members ready");
            assertThat(succeed(rig, 1)).isNotEqualTo(1);
            letPass(rig, TIME.minus(NANO));
            assertThat(succeed(rig, 1)).isNotEqualTo(1);
            letPass(rig, NANO);
            assertThat(rig.pool.awaitReady(3, Rig.LONG)).isTrue();
            assertThat(succeed(rig, 1)).isEqualTo(1);
            assertThat(rig.peer.connects).hasValue(3);
        }
    }

    @Test
    @DisplayName("10.1, 10.4 an ejected member has left the registry: strategies do not see it")
    void leavesTheRegistry() throws Exception {
        try (Rig rig = connected(3)) {
            eject(rig, 1);
            assertThat(rig.pool.registry().view(RoutingPool.KEY))
                    .extracting(entry -> entry.value().slot.index)
                    .containsExactlyInAnyOrder(0, 2);
            letPass(rig, TIME);
            assertThat(rig.pool.awaitReady(3, Rig.LONG)).isTrue();
            assertThat(rig.pool.registry().view(RoutingPool.KEY)).hasSize(3);
        }
    }

    @Test
    @DisplayName(
            "10.2, 10.4 a connection is as old as it is, though it was ejected meanwhile: its loss is healed at once")
    void asOldAsItIs() throws Exception {
        try (Rig rig = connected(
                2, options -> options.withHealthyAfter(TIME).withBackoff(Backoff.fixed(Duration.ofDays(1_000))))) {
            eject(rig, 1);
            letPass(rig, TIME);
            assertThat(rig.pool.awaitReady(2, Rig.LONG)).isTrue();
            List.copyOf(rig.peer.allLines).stream()
                    .filter(line -> line.member == 1)
                    .forEach(line -> line.lose("reset"));
            Threads.awaitTrue("connected anew", () -> rig.peer.connects.get() == 3);
            assertThat(rig.pool.awaitReady(2, Rig.LONG)).isTrue();
        }
    }

    @Test
    @DisplayName("10.4 an answer in between begins the count anew")
    void notInARow() throws Exception {
        try (Rig rig = connected(3)) {
            for (int i = 0; i < 5; i++) {
                fail(rig, 1);
                fail(rig, 1);
                assertThat(succeed(rig, 1)).isEqualTo(1);
            }
            assertThat(rig.member(1).state()).isEqualTo(State.CONNECTED);
        }
    }

    @Test
    @DisplayName("10.4 requests that are not answered in time count as failures")
    void timeouts() throws Exception {
        try (Rig rig = connected(2)) {
            for (int i = 0; i < 3; i++) {
                Rig.Asking asking = rig.ask("pool-1", Duration.ofMillis(1));
                rig.peer.awaitSent();
                letPass(rig, Duration.ofMillis(1));
                assertThat(asking.failure()).isInstanceOf(RoutingException.RequestTimeout.class);
            }
            assertThat(rig.member(1).state()).isEqualTo(State.EJECTED);
        }
    }

    @Test
    @DisplayName("10.4 one may always go, but of fewer than twenty no second one, however it fails")
    void atLeastOne() throws Exception {
        try (Rig rig = connected(19)) {
            eject(rig, 4);
            for (int i = 0; i < 10; i++) {
                assertThat(fail(rig, 5)).isEqualTo(5);
            }
            assertThat(rig.member(5).state()).isEqualTo(State.CONNECTED);
            letPass(rig, TIME);
            assertThat(rig.pool.awaitReady(19, Rig.LONG)).isTrue();
            fail(rig, 5); // now there is room for it
            assertThat(rig.member(5).state()).isEqualTo(State.EJECTED);
        }
    }

    @Test
    @DisplayName("10.4 at most a tenth of the members is out at the same time")
    void atMostATenth() throws Exception {
        try (Rig rig = connected(20)) {
            eject(rig, 4);
            eject(rig, 5);
            for (int i = 0; i < 10; i++) {
                assertThat(fail(rig, 6)).isEqualTo(6);
            }
            assertThat(rig.pool.ejections().out()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("10.4 the last member that is ready is never ejected")
    void neverTheLast() throws Exception {
        try (Rig rig = connected(1)) {
            for (int i = 0; i < 10; i++) {
                assertThat(fail(rig, 0)).isZero();
            }
            assertThat(rig.member(0).state()).isEqualTo(State.CONNECTED);
            assertThat(rig.pool.ejections().out()).isZero();
        }
    }

    @Test
    @DisplayName("10.4 the time grows with each ejection in a row, up to ten times")
    void growingTime() throws Exception {
        try (Rig rig = connected(2)) {
            eject(rig, 1);
            for (int times = 1; times <= 12; times++) {
                letPass(rig, TIME.multipliedBy(Math.min(times, 10)).minus(NANO));
                assertThat(rig.member(1).state()).isEqualTo(State.EJECTED);
                letPass(rig, NANO);
                assertThat(rig.pool.awaitReady(2, Rig.LONG)).isTrue();
                assertThat(fail(rig, 1)).isEqualTo(1); // on probation: once is enough
                assertThat(rig.member(1).state()).isEqualTo(State.EJECTED);
            }
        }
    }

    @Test
    @DisplayName("10.4 one that was back for as long as it was out begins with the first time again")
    void growthEnds() throws Exception {
        try (Rig rig = connected(2)) {
            eject(rig, 1);
            letPass(rig, TIME);
            assertThat(rig.pool.awaitReady(2, Rig.LONG)).isTrue();
            fail(rig, 1);
            letPass(rig, TIME.multipliedBy(2));
            assertThat(rig.pool.awaitReady(2, Rig.LONG)).isTrue();
            rig.ticker.advance(TIME.multipliedBy(2));
            fail(rig, 1);
            letPass(rig, TIME);
            assertThat(rig.pool.awaitReady(2, Rig.LONG)).isTrue();
        }
    }

    @Test
    @DisplayName("10.4 after its first answer one that came back is one like the others")
    void endOfProbation() throws Exception {
        try (Rig rig = connected(2)) {
            eject(rig, 1);
            letPass(rig, TIME);
            assertThat(rig.pool.awaitReady(2, Rig.LONG)).isTrue();
            succeed(rig, 1);
            fail(rig, 1);
            fail(rig, 1);
            assertThat(rig.member(1).state()).isEqualTo(State.CONNECTED);
        }
    }

    @Test
    @DisplayName("10.4 when no other member is connected those that are ejected are used all the same")
    void lastResort() throws Exception {
        try (Rig rig = connected(2, options -> options.withMemberWait(Duration.ZERO))) {
            eject(rig, 1);
            Rig.Asking lost = rig.ask("pool-0");
            rig.peer.awaitSent().line().lose("reset");
            assertThat(lost.failure()).isInstanceOf(RoutingException.Disconnected.class);
            assertThat(succeed(rig, 0)).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("10.4 a member that connects is no last resort, and is not put off by it")
    void noLastResort() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        try (Rig rig = connected(2, options -> options.withHealthyAfter(Duration.ZERO))) {
            eject(rig, 1);
            rig.peer.door = member -> open.await();
            Rig.Asking lost = rig.ask("pool-0");
            rig.peer.awaitSent().line().lose("reset");
            assertThat(lost.failure()).isInstanceOf(RoutingException.Disconnected.class);
            rig.awaitState(0, State.CONNECTING);
            assertThat(succeed(rig, 0)).isEqualTo(1);
            open.countDown();
            assertThat(rig.pool.awaitReady(1, Rig.LONG)).isTrue();
            assertThat(succeed(rig, 0)).isZero();
        }
    }

    @Test
    @DisplayName("10.4 one that waits for a place gets that of an ejected member when the last other is drained")
    void placeWhenTheLastIsDrained() throws Exception {
        try (Rig rig = connected(2, options -> options.withMaxInFlight(1))) {
            eject(rig, 0);
            Rig.Asking holds = rig.ask("pool-1");
            FakePeer.Sent sent = rig.peer.awaitSent();
            Rig.Asking waiting = rig.ask("pool-1");
            rig.awaitWaiting(1);
            rig.pool.resize(1);
            FakePeer.Sent second = rig.peer.awaitSent();
            assertThat(second.line().member).isZero();
            second.answer("fine");
            assertThat(waiting.answer()).isEqualTo("fine");
            sent.answer("late, but fine");
            assertThat(holds.answer()).isEqualTo("late, but fine");
        }
    }

    @Test
    @DisplayName("10.4 one that waits for a place gets that of an ejected member when the last other is lost")
    void placeOfLastResort() throws Exception {
        try (Rig rig = connected(2, options -> options.withMaxInFlight(1).withMemberWait(Duration.ZERO))) {
            eject(rig, 1);
            Rig.Asking holds = rig.ask("pool-0");
            FakePeer.Sent sent = rig.peer.awaitSent();
            Rig.Asking waiting = rig.ask("pool-0");
            rig.awaitWaiting(1);
            sent.line().lose("reset");
            assertThat(holds.failure()).isInstanceOf(RoutingException.Disconnected.class);
            FakePeer.Sent second = rig.peer.awaitSent();
            assertThat(second.line().member).isEqualTo(1);
            second.answer("fine");
            assertThat(waiting.answer()).isEqualTo("fine");
        }
    }

    @Test
    @DisplayName("10.4 what is in flight by a member that is ejected is still answered")
    void inFlight() throws Exception {
        try (Rig rig = connected(2)) {
            Rig.Asking asking = rig.ask("pool-1");
            FakePeer.Sent sent = rig.peer.awaitSent();
            eject(rig, 1);
            sent.answer("late, but fine");
            assertThat(asking.answer()).isEqualTo("late, but fine");
        }
    }

    @Test
    @DisplayName("10.4 an ejected member that loses its connection makes room, and is in again when it has another")
    void lostWhileOut() throws Exception {
        try (Rig rig = connected(3, options -> options.withHealthyAfter(Duration.ZERO))) {
            eject(rig, 1);
            List.copyOf(rig.peer.allLines).stream()
                    .filter(line -> line.member == 1)
                    .forEach(line -> line.lose("reset"));
            assertThat(rig.pool.awaitReady(3, Rig.LONG)).isTrue();
            assertThat(rig.pool.ejections().out()).isZero();
            eject(rig, 2);
        }
    }

    @Test
    @DisplayName("10.4 ejection may be turned off")
    void turnedOff() throws Exception {
        try (Rig rig = connected(2, RoutingOptions::withoutEjection)) {
            for (int i = 0; i < 20; i++) {
                assertThat(fail(rig, 1)).isEqualTo(1);
            }
            assertThat(rig.member(1).failed()).isEqualTo(20);
        }
    }

    @Test
    @DisplayName("12 no failures and no time are refused at construction")
    void arguments() {
        assertThatThrownBy(() -> RoutingOptions.DEFAULTS.withEjection(0, TIME))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("failures: 0; allowed: 1 or more");
        assertThatThrownBy(() -> RoutingOptions.DEFAULTS.withEjection(1, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("time: PT0S; allowed: more than 0");
    }
}
