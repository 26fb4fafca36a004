package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.process.ProcessRef;
import dev.selvage.registry.DuplicateRegistry;
import dev.selvage.supervisor.ChildSpec;
import dev.selvage.supervisor.Strategy;
import dev.selvage.supervisor.Supervisor;
import dev.selvage.supervisor.SupervisorException;
import dev.selvage.supervisor.SupervisorSpec;
import dev.selvage.supervisor.SupervisorTree;
import dev.selvage.testing.PinnedEvents;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The ready-made tree (rule 10.5). */
class PoolTreeTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    @DisplayName("10.5 the tree is rest_for_one of the registry and a one_for_one supervisor of the connections")
    void shape() throws Exception {
        try (Rig rig = Rig.connected(ThreadKind.VIRTUAL, 3)) {
            SupervisorTree tree = rig.tree.tree();
            assertThat(tree.name()).isEqualTo("pool");
            assertThat(tree.strategy()).isEqualTo(Strategy.REST_FOR_ONE);
            assertThat(tree.children())
                    .extracting(SupervisorTree.Child::id)
                    .containsExactly("pool-registry", "pool-connections");
            SupervisorTree connections = tree.children().get(1).supervisor().orElseThrow();
            assertThat(connections.strategy()).isEqualTo(Strategy.ONE_FOR_ONE);
            assertThat(connections.allowedRestarts()).isEqualTo(6);
            assertThat(connections.children())
                    .extracting(SupervisorTree.Child::id)
                    .containsExactly("pool-0", "pool-1", "pool-2");
        }
    }

    @Test
    @DisplayName(
            "10.5 if the registry dies all connections go, and all come back with a new one; the handle stays good")
    void registryDies() throws Exception {
        try (Rig rig = Rig.connected(ThreadKind.VIRTUAL, 3)) {
            Rig.Asking inFlight = rig.ask("PING");
            rig.peer.awaitSent();
            List<FakePeer.Line> before = List.copyOf(rig.peer.allLines);
            DuplicateRegistry<?, ?> registry = Objects.requireNonNull(rig.pool.registry());
            rig.tree.child("pool-registry").orElseThrow().kill();
            assertThat(inFlight.failure()).isInstanceOf(RoutingException.Disconnected.class);
            assertThat(rig.pool.awaitReady(3, Rig.LONG)).isTrue();
            assertThat(registry.isClosed()).isTrue();
            assertThat(rig.pool.registry()).isNotNull().isNotSameAs(registry);
            assertThat(before).allMatch(FakePeer.Line::isClosed);
            assertThat(rig.peer.connects).hasValue(6);

            Rig.Asking asking = rig.ask("PING");
            rig.peer.awaitSent().answer("PONG");
            assertThat(asking.answer()).isEqualTo("PONG");
        }
    }

    @Test
    @DisplayName("10.5 a request that comes while the registry is started anew waits for the members to come back")
    void requestMeanwhile() throws Exception {
        try (Rig rig = Rig.connected(ThreadKind.VIRTUAL, 1, options -> options.withMemberWait(Rig.LONG))) {
            rig.peer.answers = request -> "PONG";
            for (int round = 0; round < 2; round++) {
                ProcessRef<?> keeper = rig.tree.child("pool-registry").orElseThrow();
                keeper.kill();
                keeper.join();
                String answer = null;
                while (answer == null) {
                    answer = answerUnlessLost(rig);
                }
                assertThat(answer).isEqualTo("PONG");
            }
        }
    }

    private static String answerUnlessLost(Rig rig) throws InterruptedException {
        try {
            return rig.pool.request("PING");
        } catch (RoutingException.Disconnected tooEarly) {
            return null; // a connection of the old tree took it, and then had to go
        }
    }

    @Test
    @DisplayName("10.5 the tree runs under a supervisor of the user's own")
    void underATree() throws Exception {
        RoutingPool<String, String> pool = RoutingPool.create("pool", 2, FakePeer.echoing());
        SupervisorSpec app = SupervisorSpec.oneForOne(
                "app", ChildSpec.supervisor(pool.spec()), ChildSpec.task("idle", () -> new CountDownLatch(1).await()));
        try (Supervisor tree = Supervisor.start(app)) {
            assertThat(pool.request("PING", LONG)).isEqualTo("PING");
            assertThat(tree.child("pool", "pool-connections", "pool-1")).isPresent();
            pool.close(); // refuses requests; the tree is its supervisor's to stop
            assertThat(tree.child("pool", "pool-connections", "pool-1")).isPresent();
        }
        assertThat(pool.members()).extracting(RoutingPool.Member::state).containsOnly(RoutingPool.Member.State.STOPPED);
    }

    @Test
    @DisplayName("10.5 a tree runs once at a time, and again when the first has ended")
    void onceAtATime() throws Exception {
        RoutingPool<String, String> pool = RoutingPool.create("pool", 1, FakePeer.echoing());
        try (Supervisor first = Supervisor.start(pool.spec())) {
            assertThat(first.exitReason()).isEmpty();
            assertThatThrownBy(() -> Supervisor.start(pool.spec()))
                    .isInstanceOf(SupervisorException.StartFailed.class)
                    .hasMessageContaining("runs already");
            assertThat(pool.request("PING", LONG)).isEqualTo("PING");
        }
        try (Supervisor again = Supervisor.start(pool.spec())) {
            assertThat(again.exitReason()).isEmpty();
            assertThat(pool.request("PING", LONG)).isEqualTo("PING");
        }
    }

    @Test
    @DisplayName("10.5 a started pool is stopped by its close, and nothing of it is left")
    void startAndClose() throws Exception {
        FakePeer peer = FakePeer.echoing();
        RoutingPool<String, String> pool = RoutingPool.start("pool", 4, peer);
        List<Thread> threads = new ArrayList<>();
        try (pool) {
            assertThat(pool.awaitReady(4, LONG)).isTrue();
            assertThat(pool.request("PING")).isEqualTo("PING");
            peer.allLines.forEach(line -> Threads.awaitTrue("it reads", () -> line.reader != null));
            peer.allLines.forEach(line -> threads.add(Objects.requireNonNull(line.reader)));
            assertThat(pool.toString()).isEqualTo("pool 'pool' (4 of 4 members ready, 0 in flight)");
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(peer.allLines).allSatisfy(line -> assertThat(line.closes).hasValue(1));
        assertThat(pool.isClosed()).isTrue();
        assertThat(pool.registry()).isNull();
        assertThat(pool.members()).allSatisfy(member -> {
            assertThat(member.state()).isEqualTo(RoutingPool.Member.State.STOPPED);
            assertThat(member.inFlight()).isZero();
        });
        assertThatThrownBy(() -> pool.request("PING")).isInstanceOf(RoutingException.Closed.class);
        pool.close();
    }

    @Test
    @DisplayName("10.5 a pool whose peer is down starts all the same, and lost connections are no restarts")
    void startsWithoutPeer() throws Exception {
        FakePeer peer = new FakePeer();
        peer.door = member -> {
            throw new IOException("connection refused");
        };
        try (Rig rig = Rig.starting(ThreadKind.VIRTUAL, 1, peer, options -> options.withIntensity(0, LONG))) {
            for (int attempt = 1; attempt < 20; attempt++) {
                rig.awaitPause(0);
                rig.ticker.advanceToNextDeadline();
                int attempts = attempt;
                Threads.awaitTrue("it tries again", () -> peer.connects.get() > attempts);
            }
            assertThat(rig.tree.exitReason()).isEqualTo(Optional.empty());
            assertThat(rig.tree
                            .tree()
                            .children()
                            .get(1)
                            .supervisor()
                            .orElseThrow()
                            .recentRestarts())
                    .isZero();
        }
    }

    @Test
    @DisplayName("3.7 nothing in a pool keeps its carrier while it waits")
    void noPinning() throws Exception {
        assertThat(PinnedEvents.of(PoolTreeTest::askAndLose))
                .filteredOn(event -> event.thread().startsWith("pool-"))
                .isEmpty();
    }

    private static void askAndLose() throws Exception {
        try (Rig rig = Rig.connected(
                ThreadKind.VIRTUAL,
                2,
                options -> options.withHealthyAfter(Duration.ZERO).withSilence(LONG))) {
            for (int round = 0; round < 20; round++) {
                Rig.Asking answered = rig.ask("answered");
                rig.peer.awaitSent().answer("PONG");
                assertThat(answered.answer()).isEqualTo("PONG");
                Rig.Asking lost = rig.ask("lost");
                rig.peer.awaitSent().line().lose("lost");
                assertThat(lost.failure()).isInstanceOf(RoutingException.Disconnected.class);
                assertThat(rig.pool.awaitReady(2, Rig.LONG)).isTrue();
            }
            rig.tree.child("pool-registry").orElseThrow().kill();
        }
    }

    @Test
    @DisplayName("12 a name that is blank and a size below 1 are refused at construction")
    void arguments() {
        FakePeer peer = new FakePeer();
        assertThatThrownBy(() -> RoutingPool.create(" ", 1, peer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("name: ' '; allowed: not blank");
        assertThatThrownBy(() -> RoutingPool.create("pool", 0, peer))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("size: 0; allowed: 1 or more");
        assertThatThrownBy(() -> RoutingPool.create("pool", 1, null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("connector");
        assertThatThrownBy(() -> RoutingPool.create(null, 1, peer))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("name");
    }
}
