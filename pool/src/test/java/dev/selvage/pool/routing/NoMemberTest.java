package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a request does when no member is connected (end of rule 10.3). */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class NoMemberTest {
    private final ThreadKind kind;

    private volatile boolean shut = true;

    NoMemberTest(ThreadKind kind) {
        this.kind = kind;
    }

    private Rig shutOut(Duration memberWait) throws InterruptedException {
        FakePeer peer = new FakePeer();
        peer.door = member -> {
            if (shut) {
                throw new IOException("connection refused");
            }
        };
        Rig rig = Rig.starting(kind, 2, peer, options -> options.withMemberWait(memberWait));
        rig.awaitPause(0);
        rig.awaitPause(1);
        rig.ticker.awaitParked(2);
        return rig;
    }

    @Test
    @DisplayName("10.3 without a member a request fails at once where it is told not to wait, and says what is wrong")
    void failsAtOnce() throws Exception {
        try (Rig rig = shutOut(Duration.ZERO)) {
            assertThat(rig.ask("PING").failure())
                    .isInstanceOfSatisfying(
                            RoutingException.NoMember.class,
                            failure -> assertThat(failure.mayHaveReachedPeer()).isFalse())
                    .hasMessageContainingAll("'pool'", "0 of 2 members ready", "connection refused");
        }
    }

    @Test
    @DisplayName("10.3 without a member requests wait for one, and all go on when one comes")
    void waits() throws Exception {
        try (Rig rig = shutOut(Rig.LONG)) {
            List<Rig.Asking> askings = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                askings.add(rig.ask("PING").whenWaiting());
            }
            rig.peer.answers = request -> "PONG";
            shut = false;
            rig.ticker.advance(Duration.ofSeconds(10)); // beyond every pause
            for (Rig.Asking asking : askings) {
                assertThat(asking.answer()).isEqualTo("PONG");
            }
        }
    }

    @Test
    @DisplayName(
            "10.3 the wait for a member has one limit, also where one comes and is lost before it takes the request")
    void oneLimit() throws Exception {
        Duration wait = Duration.ofSeconds(100);
        FakePeer peer = new FakePeer();
        peer.door = member -> {
            if (shut) {
                throw new IOException("connection refused");
            }
        };
        Routing losing = (members, request) -> {
            shut = true;
            FakePeer.Line line = peer.lines.remove();
            line.lose("reset");
            Threads.awaitTrue("closed", line::isClosed);
            return 0;
        };
        try (Rig rig = Rig.starting(
                kind,
                1,
                peer,
                options -> options.withMemberWait(wait)
                        .withRouting(losing)
                        .withBackoff(Backoff.fixed(Duration.ofSeconds(60))))) {
            rig.awaitPause(0);
            Rig.Asking asking = rig.ask("PING", Rig.LONG);
            rig.ticker.awaitParked(2); // the member and the caller
            shut = false;
            rig.ticker.advance(Duration.ofSeconds(60)); // it comes, and is lost at once
            Threads.awaitTrue("lost", () -> shut);
            rig.awaitPause(0);
            rig.ticker.awaitParked(2);
            rig.ticker.advance(Duration.ofSeconds(40));
            assertThat(asking.failure()).isInstanceOf(RoutingException.NoMember.class);
        }
    }

    @Test
    @DisplayName("10.3 the wait for a member ends at its own limit")
    void waitLimit() throws Exception {
        try (Rig rig = shutOut(Duration.ofMillis(1))) {
            Rig.Asking asking = rig.ask("PING", Rig.LONG);
            rig.ticker.awaitParked(3);
            rig.ticker.advance(Duration.ofMillis(1));
            assertThat(asking.failure())
                    .isInstanceOf(RoutingException.NoMember.class)
                    .hasMessageContaining("PT0.001S");
        }
    }

    @Test
    @DisplayName("10.3 the wait for a member ends at the time limit of the request, if that is nearer")
    void requestLimit() throws Exception {
        try (Rig rig = shutOut(Rig.LONG)) {
            Rig.Asking asking = rig.ask("PING", Duration.ofNanos(5));
            rig.ticker.awaitParked(3);
            rig.ticker.advance(Duration.ofNanos(5));
            assertThat(asking.failure())
                    .isInstanceOf(RoutingException.NoMember.class)
                    .hasMessageContaining("PT0.000000005S");
        }
    }

    @Test
    @DisplayName("10.3 the wait for a member ends by an interrupt and leaves nothing behind")
    void interrupt() throws Exception {
        try (Rig rig = shutOut(Rig.LONG)) {
            Rig.Asking asking = rig.ask("PING").whenWaiting();
            asking.thread.interrupt();
            assertThat(asking.failure()).isInstanceOf(InterruptedException.class);
            rig.assertNothingLeft();
        }
    }

    @Test
    @DisplayName("10.3 the wait for a member ends when the pool is closed")
    void closed() throws Exception {
        try (Rig rig = shutOut(Rig.LONG)) {
            Rig.Asking asking = rig.ask("PING").whenWaiting();
            rig.pool.close();
            assertThat(asking.failure()).isInstanceOf(RoutingException.Closed.class);
        }
    }

    @Test
    @DisplayName("10.3 a pool that does not run yet has no member, and says that it does not run")
    void notStarted() throws Exception {
        RoutingPool<String, String> pool =
                RoutingPool.create("idle", 3, new FakePeer(), options -> options.withMemberWait(Duration.ZERO));
        assertThatThrownBy(() -> pool.request("PING"))
                .isInstanceOf(RoutingException.NoMember.class)
                .hasMessageContainingAll("'idle'", "0 of 3", "not running");
        assertThat(pool.members()).extracting(RoutingPool.Member::state).containsOnly(RoutingPool.Member.State.STOPPED);
    }

    @Test
    @DisplayName("10.3 waiting for so many members at once")
    void awaitReady() throws Exception {
        try (Rig rig = shutOut(Rig.LONG)) {
            assertThat(rig.pool.awaitReady(1, Duration.ZERO)).isFalse();
            shut = false;
            rig.ticker.advance(Duration.ofSeconds(10));
            assertThat(rig.pool.awaitReady(2, Rig.LONG)).isTrue();
            assertThat(rig.pool.awaitReady(2, Duration.ZERO)).isTrue();
            assertThatThrownBy(() -> rig.pool.awaitReady(3, Rig.LONG))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("members: 3; allowed: 1 to 2");
            assertThatThrownBy(() -> rig.pool.awaitReady(0, Rig.LONG)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
