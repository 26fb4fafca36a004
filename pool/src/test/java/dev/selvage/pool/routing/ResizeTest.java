package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.pool.routing.RoutingPool.Member.State;
import dev.selvage.supervisor.SupervisorTree;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** More and fewer members while a pool is used (end of rule 10.4). */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class ResizeTest {
    private final ThreadKind kind;

    ResizeTest(ThreadKind kind) {
        this.kind = kind;
    }

    private static List<String> children(Rig rig) {
        return rig.tree.tree().children().get(1).supervisor().orElseThrow().children().stream()
                .map(SupervisorTree.Child::id)
                .toList();
    }

    private static void awaitChildren(Rig rig, String... ids) {
        Threads.awaitTrue("children " + List.of(ids), () -> children(rig).equals(List.of(ids)));
    }

    /** One request to each member, all in flight. */
    private static List<Rig.Asking> askAll(Rig rig, List<FakePeer.Sent> sents) throws InterruptedException {
        List<Rig.Asking> askings = new ArrayList<>();
        for (int i = 0; i < rig.pool.size(); i++) {
            askings.add(rig.ask("in flight", Rig.LONG.multipliedBy(3)));
            sents.add(rig.peer.awaitSent());
        }
        return askings;
    }

    private static Rig.Asking asking(List<Rig.Asking> askings, List<FakePeer.Sent> sents, int member) {
        for (int i = 0; i < sents.size(); i++) {
            if (sents.get(i).line().member == member) {
                return askings.get(i);
            }
        }
        throw new AssertionError("member " + member + " has no request");
    }

    @Test
    @DisplayName("10.4 a pool grows while it is used: members are started, supervised like the others")
    void grows() throws Exception {
        try (Rig rig = Rig.connected(kind, 2)) {
            rig.pool.resize(4);
            assertThat(rig.pool.size()).isEqualTo(4);
            assertThat(rig.pool.awaitReady(4, Rig.LONG)).isTrue();
            awaitChildren(rig, "pool-0", "pool-1", "pool-2", "pool-3");
            rig.tree.child("pool-connections", "pool-3").orElseThrow().kill();
            Threads.awaitTrue("it connects anew", () -> rig.peer.connects.get() == 5);
            assertThat(rig.pool.awaitReady(4, Rig.LONG)).isTrue();
        }
    }

    @Test
    @DisplayName("10.4 a member that loses its connection while it is drained ends then, and does not connect anew")
    void lostWhileDrained() throws Exception {
        Routing second = (members, request) -> members.name(0).equals("pool-1") ? 0 : 1;
        try (Rig rig =
                Rig.connected(kind, 2, options -> options.withRouting(second).withHealthyAfter(Duration.ZERO))) {
            Rig.Asking asking = rig.ask("in flight");
            FakePeer.Sent sent = rig.peer.awaitSent();
            rig.pool.resize(1);
            rig.awaitState(1, State.DRAINING);
            sent.line().lose("reset");
            assertThat(asking.failure()).isInstanceOf(RoutingException.Disconnected.class);
            awaitChildren(rig, "pool-0");
            assertThat(rig.peer.connects).hasValue(2);
        }
    }

    @Test
    @DisplayName("10.4 a pool shrinks: those too many take no more requests, and end when those in flight have")
    void shrinks() throws Exception {
        try (Rig rig = Rig.connected(kind, 3, options -> options.withRouting(Routing.leastUsed()))) {
            List<FakePeer.Sent> sents = new ArrayList<>();
            List<Rig.Asking> askings = askAll(rig, sents);
            rig.pool.resize(1);
            rig.awaitState(1, State.DRAINING);
            rig.awaitState(2, State.DRAINING);
            Rig.Asking next = rig.ask("next");
            FakePeer.Sent sent = rig.peer.awaitSent();
            assertThat(sent.line().member).isZero();
            sents.add(sent);
            askings.add(next);
            sents.forEach(one -> one.answer("answer"));
            for (Rig.Asking asking : askings) {
                assertThat(asking.answer()).isEqualTo("answer");
            }
            awaitChildren(rig, "pool-0");
            Threads.awaitTrue("two have ended", () -> rig.pool.members().size() == 1);
            assertThat(rig.pool.toString()).contains("1 of 1 members ready");
        }
    }

    @Test
    @DisplayName("10.4 draining is bounded: what is not answered in a request timeout fails then")
    void drainingIsBounded() throws Exception {
        try (Rig rig = Rig.connected(kind, 2, options -> options.withRouting(Routing.leastUsed()))) {
            List<FakePeer.Sent> sents = new ArrayList<>();
            List<Rig.Asking> askings = askAll(rig, sents);
            rig.pool.resize(1);
            rig.awaitState(1, State.DRAINING);
            rig.ticker.awaitParked(3);
            rig.ticker.advance(Rig.LONG);
            assertThat(asking(askings, sents, 1).failure())
                    .isInstanceOf(RoutingException.Disconnected.class)
                    .hasMessageContaining("ended");
            sents.forEach(one -> one.answer("answer"));
            assertThat(asking(askings, sents, 0).answer()).isEqualTo("answer");
            awaitChildren(rig, "pool-0");
        }
    }

    @Test
    @DisplayName("10.4 a pool that shrank grows again, and the members go by their old names and numbers")
    void growsAgain() throws Exception {
        try (Rig rig = Rig.connected(kind, 3)) {
            for (int round = 0; round < 10; round++) {
                rig.pool.resize(1);
                if (round % 2 == 0) {
                    Threads.awaitTrue("two have ended", () -> rig.pool.members().size() == 1);
                }
                rig.pool.resize(3);
                Threads.awaitTrue(
                        "all are connected",
                        () -> rig.pool.members().stream().allMatch(member -> member.state() == State.CONNECTED));
                assertThat(rig.pool.awaitReady(3, Rig.LONG)).isTrue();
            }
            assertThat(rig.pool.members())
                    .extracting(RoutingPool.Member::name)
                    .containsExactly("pool-0", "pool-1", "pool-2");
        }
    }

    @Test
    @DisplayName("10.4 the size outlives the registry's death, whether it grew or shrank")
    void outlivesTheRegistry() throws Exception {
        try (Rig rig = Rig.connected(kind, 2)) {
            rig.pool.resize(4);
            assertThat(rig.pool.awaitReady(4, Rig.LONG)).isTrue();
            rig.tree.child("pool-registry").orElseThrow().kill();
            Threads.awaitTrue("all four connect anew", () -> rig.peer.connects.get() == 8);
            assertThat(rig.pool.awaitReady(4, Rig.LONG)).isTrue();
            rig.pool.resize(1);
            awaitChildren(rig, "pool-0");
            rig.tree.child("pool-registry").orElseThrow().kill();
            Threads.awaitTrue("one connects anew", () -> rig.peer.connects.get() == 9);
            assertThat(rig.pool.awaitReady(1, Rig.LONG)).isTrue();
            awaitChildren(rig, "pool-0");
            assertThat(rig.peer.connects).hasValue(9);
        }
    }

    @Test
    @DisplayName("10.4 a member that dies while it is drained is not started anew")
    void diesWhileDrained() throws Exception {
        try (Rig rig = Rig.connected(kind, 2, options -> options.withRouting(Routing.leastUsed()))) {
            List<FakePeer.Sent> sents = new ArrayList<>();
            List<Rig.Asking> askings = askAll(rig, sents);
            rig.pool.resize(1);
            rig.awaitState(1, State.DRAINING);
            rig.tree.child("pool-connections", "pool-1").orElseThrow().kill();
            assertThat(asking(askings, sents, 1).failure()).isInstanceOf(RoutingException.Disconnected.class);
            awaitChildren(rig, "pool-0");
            sents.forEach(one -> one.answer("answer"));
            assertThat(asking(askings, sents, 0).answer()).isEqualTo("answer");
            assertThat(rig.peer.connects).hasValue(2);
        }
    }

    @Test
    @DisplayName("10.4 a member that has no connection when it is one too many ends at once")
    void pausing() throws Exception {
        FakePeer peer = new FakePeer();
        peer.door = member -> {
            if (member == 1) {
                throw new java.io.IOException("connection refused");
            }
        };
        try (Rig rig = Rig.starting(kind, 2, peer, options -> options)) {
            assertThat(rig.pool.awaitReady(1, Rig.LONG)).isTrue();
            rig.awaitPause(1);
            rig.pool.resize(1);
            awaitChildren(rig, "pool-0");
        }
    }

    @Test
    @DisplayName("10.4 a pool that does not run yet begins with the size that it was given last")
    void beforeTheStart() throws Exception {
        FakePeer peer = FakePeer.echoing();
        RoutingPool<String, String> pool = RoutingPool.create("pool", 1, peer);
        pool.resize(3);
        try (var tree = dev.selvage.supervisor.Supervisor.start(pool.spec())) {
            assertThat(pool.awaitReady(3, Duration.ofSeconds(30))).isTrue();
            assertThat(tree.exitReason()).isEmpty();
        }
        assertThatThrownBy(() -> pool.resize(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("members: 0; allowed: 1 or more");
    }
}
