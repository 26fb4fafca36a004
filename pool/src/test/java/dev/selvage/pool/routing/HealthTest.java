package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.pool.routing.Routing.Health;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How a pool knows which of its members are well (rule 10.1: health first, then load). */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class HealthTest {
    private static final Duration MEMORY = Duration.ofSeconds(3);

    private final ThreadKind kind;

    /** What the strategy saw of the member "pool-0" at the latest request. */
    private volatile Health seen = Health.GOOD;

    HealthTest(ThreadKind kind) {
        this.kind = kind;
    }

    private Rig looking() throws InterruptedException {
        return looking(options -> options);
    }

    private Rig looking(UnaryOperator<RoutingOptions> more) throws InterruptedException {
        Routing looking = (members, request) -> {
            for (int i = 0; i < members.size(); i++) {
                if (members.name(i).equals("pool-0")) {
                    seen = members.health(i);
                    return i;
                }
            }
            return 0;
        };
        return Rig.connected(
                kind, 2, options -> more.apply(options.withRouting(looking).withHealthyAfter(MEMORY)));
    }

    private static FakePeer.Sent failOnce(Rig rig) throws Exception {
        Rig.Asking asking = rig.ask("late", Duration.ofMillis(5));
        FakePeer.Sent sent = rig.peer.awaitSent();
        rig.ticker.awaitParked(1);
        rig.ticker.advance(Duration.ofMillis(5));
        assertThat(asking.failure()).isInstanceOf(RoutingException.RequestTimeout.class);
        return sent;
    }

    private static void answerOne(Rig rig) throws Exception {
        Rig.Asking asking = rig.ask("PING");
        rig.peer.awaitSent().answer("PONG");
        assertThat(asking.answer()).isEqualTo("PONG");
    }

    @Test
    @DisplayName("10.1 a member whose request timed out is failing until it answers")
    void untilItAnswers() throws Exception {
        try (Rig rig = looking()) {
            answerOne(rig);
            assertThat(seen).isEqualTo(Health.GOOD);
            failOnce(rig);
            answerOne(rig);
            assertThat(seen).isEqualTo(Health.FAILING);
            answerOne(rig);
            assertThat(seen).isEqualTo(Health.GOOD);
            assertThat(rig.member(0).failed()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("10.1, 10.3 a member at its limit is full, until a place is free again")
    void full() throws Exception {
        try (Rig rig = looking(options -> options.withMaxInFlight(1))) {
            Rig.Asking first = rig.ask("PING");
            FakePeer.Sent sent = rig.peer.awaitSent();
            assertThat(seen).isEqualTo(Health.GOOD);
            answerOne(rig); // by the other
            assertThat(seen).isEqualTo(Health.FULL);
            sent.answer("PONG");
            assertThat(first.answer()).isEqualTo("PONG");
            answerOne(rig);
            assertThat(seen).isEqualTo(Health.GOOD);
        }
    }

    @Test
    @DisplayName("10.1 a member is failing for a time at most, so that one that gets nothing comes back")
    void forATime() throws Exception {
        try (Rig rig = looking()) {
            failOnce(rig);
            rig.ticker.advance(MEMORY.minusNanos(1));
            Rig.Asking soon = rig.ask("PING");
            FakePeer.Sent first = rig.peer.awaitSent();
            assertThat(seen).isEqualTo(Health.FAILING);
            rig.ticker.advance(Duration.ofNanos(1));
            Rig.Asking later = rig.ask("PING");
            FakePeer.Sent second = rig.peer.awaitSent();
            assertThat(seen).isEqualTo(Health.GOOD);
            first.answer("PONG");
            second.answer("PONG");
            soon.answer();
            later.answer();
        }
    }

    @Test
    @DisplayName(
            "10.1 an answer that says that the peer is in trouble reaches its caller and counts against the member")
    void failedResponse() throws Exception {
        try (Rig rig = looking()) {
            Rig.Asking asking = rig.ask("PING");
            FakePeer.Sent sent = rig.peer.awaitSent();
            sent.line().respond(Transport.Response.failed(sent.id(), "503"));
            assertThat(asking.answer()).isEqualTo("503");
            answerOne(rig);
            assertThat(seen).isEqualTo(Health.FAILING);
            assertThat(rig.member(0).failed()).isEqualTo(1);
            assertThat(rig.member(0).served()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("10.1 a member that lost its connection is failing when it comes back")
    void lostConnection() throws Exception {
        try (Rig rig = looking()) {
            Rig.Asking asking = rig.ask("PING");
            rig.peer.awaitSent().line().lose("reset");
            assertThat(asking.failure()).isInstanceOf(RoutingException.Disconnected.class);
            rig.awaitPause(0);
            rig.ticker.advanceToNextDeadline();
            assertThat(rig.pool.awaitReady(2, Rig.LONG)).isTrue();
            answerOne(rig);
            assertThat(seen).isEqualTo(Health.FAILING);
        }
    }

    @Test
    @DisplayName("10.1 by default a member that does not answer is passed over while another does")
    void passedOver() throws Exception {
        try (Rig rig = Rig.connected(kind, 2, options -> options.withHealthyAfter(MEMORY))) {
            FakePeer.Sent late = failOnce(rig);
            List<Rig.Asking> askings = new ArrayList<>();
            for (int i = 0; i < 20; i++) { // more and more in flight, and all the same
                askings.add(rig.ask("request " + i));
                FakePeer.Sent sent = rig.peer.awaitSent();
                assertThat(sent.line()).isNotSameAs(late.line());
            }
            List.copyOf(rig.peer.allLines).stream()
                    .filter(line -> line != late.line())
                    .forEach(line -> line.lose("the end of the test"));
            for (Rig.Asking asking : askings) {
                assertThat(asking.failure()).isInstanceOf(RoutingException.Disconnected.class);
            }
            Threads.awaitTrue("it has left", () -> !rig.pool.toString().contains("2 of 2 members ready"));
        }
    }
}
