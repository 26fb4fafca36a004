package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.supervisor.Supervisor;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Response, disconnect, timeout, interrupt and death against each other, on thousands of schedules. */
class RoutingPoolSimTest {
    @Test
    @DisplayName(
            "10.2 response, disconnect, timeout, interrupt, kill: each request ends once, is sent at most once, and"
                    + " leaves nothing")
    void everyRequestEndsOnce() {
        Explored explored = Sim.of(Disturbed.class).schedules(3_000).explore();
        assertThat(explored.distinct()).isGreaterThan(2_000);
    }

    @Test
    @DisplayName("10.3 with one member that is lost and comes back no request is forgotten, and no wake-up lost")
    void oneMember() {
        Explored explored = Sim.of(OneMember.class)
                .clock(ClockMode.PATIENT)
                .schedules(3_000)
                .explore();
        assertThat(explored.distinct()).isGreaterThan(2_000);
    }

    @Test
    @DisplayName("10.2 a peer that does not answer is found, and one that answers is never taken for silent")
    void silence() {
        Explored explored =
                Sim.of(Silence.class).clock(ClockMode.PATIENT).schedules(3_000).explore();
        assertThat(explored.distinct()).isGreaterThan(1_500);
    }

    @Test
    @DisplayName("10.2 a watch that looks while requests are answered suspects none of them")
    void watch() {
        Explored explored =
                Sim.of(Watched.class).clock(ClockMode.PATIENT).schedules(3_000).explore();
        assertThat(explored.distinct()).isGreaterThan(1_000);
    }

    @Test
    @DisplayName("10.2 a member has left the registry when its requests in flight hear of the disconnect")
    void leavesFirst() {
        Explored explored =
                Sim.of(LostOnce.class).clock(ClockMode.PATIENT).schedules(1_000).explore();
        assertThat(explored.distinct()).isGreaterThan(300);
    }

    @Test
    @DisplayName("10.5 registry and members die in any order, and the tree comes back")
    void tree() {
        Explored explored =
                Sim.of(Tree.class).clock(ClockMode.PATIENT).schedules(1_000).explore();
        assertThat(explored.distinct()).isGreaterThan(500);
    }

    /** Two members, of which one may be killed or stopped for good; a caller may be interrupted; time flies. */
    static final class Disturbed extends PoolScenario {
        Disturbed() {
            super(2);
        }

        @Override
        RoutingOptions options(RoutingOptions defaults) {
            return defaults.withRequestTimeout(Duration.ofMillis(500))
                    .withMemberWait(Duration.ofMillis(100))
                    .withSilence(Sim.random().nextBoolean() ? Duration.ZERO : Duration.ofMillis(200));
        }

        @Override
        void disturb() throws Exception {
            Thread victim = Sim.start("victim", () -> {
                String outcome = super.outcome("of the victim");
                assertThat(outcome).isNotEmpty();
            });
            switch (Sim.random().nextInt(4)) {
                case 0 -> peer.allLines.forEach(line -> line.lose("the network is gone"));
                case 1 -> member().kill();
                case 2 -> member().stop();
                default -> victim.interrupt();
            }
            victim.join();
        }

        private ProcessRef<?> member() {
            return processes.get(1 + Sim.random().nextInt(2));
        }
    }

    /** No timeout ends a request here: one that is forgotten, or a wake-up that is lost, is a deadlock. */
    static final class OneMember extends PoolScenario {
        OneMember() {
            super(1);
        }

        @Override
        RoutingOptions options(RoutingOptions defaults) {
            return defaults;
        }

        @Override
        void disturb() {
            peer.allLines.forEach(line -> line.lose("the network is gone"));
        }

        @Override
        void settle() throws InterruptedException {
            Sim.sleep(Duration.ofSeconds(1));
            assertThat(pool.registry().view(RoutingPool.KEY))
                    .singleElement()
                    .matches(entry -> entry.value().whyDropped() == null);
        }

        @Override
        void answer(FakePeer.Sent sent, int mood) {
            super.answer(sent, Math.max(1, mood));
        }

        @Override
        void check() {
            super.check();
            assertThat(outcomes.values()).hasSize(4).doesNotContain("not sent", "interrupted");
            assertThat(Sim.elapsed()).isLessThan(Duration.ofHours(1));
        }
    }

    static final class Silence extends PoolScenario {
        private final AtomicInteger unanswered = new AtomicInteger();

        Silence() {
            super(1);
        }

        @Override
        RoutingOptions options(RoutingOptions defaults) {
            return defaults.withSilence(Duration.ofMillis(100));
        }

        @Override
        void disturb() {}

        /** Requests come in the moments in which the watch looks. */
        @Override
        void pause() throws InterruptedException {
            Sim.sleep(Duration.ofMillis(25));
        }

        @Override
        void answer(FakePeer.Sent sent, int mood) {
            if (mood < 1) {
                unanswered.incrementAndGet();
            } else {
                sent.answer("answer to " + sent.request());
            }
        }

        @Override
        void check() {
            super.check();
            assertThat(outcomes).hasSize(4);
            long lost =
                    outcomes.values().stream().filter("perhaps sent"::equals).count();
            assertThat(lost).isGreaterThanOrEqualTo(unanswered.get());
            if (unanswered.get() == 0) {
                assertThat(lost).isZero();
                assertThat(peer.connects).hasValue(1);
            }
            assertThat(Sim.elapsed()).isLessThan(Duration.ofHours(1));
        }
    }

    /** One connection and its watch, without the rest: the peer answers all, at once. */
    static final class Watched implements Scenario {
        private final FakePeer peer = FakePeer.echoing();
        private final RoutingPool<String, String> pool = RoutingPool.create(
                "pool",
                1,
                peer,
                options -> options.withSilence(Duration.ofMillis(100)).withTicker(Sim.ticker()));
        private final Slot slot = new Slot(0, "member", pool.announcer());

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = ProcessScope.open("sim", options -> options.withTicker(Sim.ticker()))) {
                CompletableFuture<Connection<String, String>> made = new CompletableFuture<>();
                CountDownLatch connected = new CountDownLatch(1);
                ProcessRef<MemberMessage<String, String>> member = scope.start("member", mailbox -> {
                    var connection = new Connection<String, String>(slot, mailbox.self(), pool);
                    made.complete(connection);
                    while (true) {
                        switch (mailbox.receive()) {
                            case Request<String, String> request -> connection.send(slot.nextId(), request);
                            case MemberMessage.Connected<String, String> up -> connected.countDown();
                            case MemberMessage.Ejected<String, String> out -> throw new AssertionError(out);
                            case MemberMessage.Drain<String, String> drain -> throw new AssertionError(drain);
                            case MemberMessage.Drained<String, String> drained -> throw new AssertionError(drained);
                            case MemberMessage.Lost<String, String> lost -> {
                                return; // the end, below
                            }
                        }
                    }
                });
                Connection<String, String> connection = made.get();
                Thread reader = Sim.start("reader", () -> connection.connectAndRead(peer));
                connected.await();
                Thread watch = Sim.start("watch", Objects.requireNonNull(connection.watch())::run);
                Sim.together(() -> ask(member, connection), () -> ask(member, connection));
                Sim.sleep(Duration.ofSeconds(1)); // and then it is idle
                assertThat(connection.whyDropped()).isNull();
                connection.drop(new IOException("the end"));
                reader.join();
                watch.join();
            }
        }

        private static void ask(ProcessRef<MemberMessage<String, String>> member, Connection<String, String> connection)
                throws InterruptedException {
            for (int i = 0; i < 3; i++) {
                assertThat(connection.tryEnter()).isTrue();
                Request<String, String> request = new Request<>("request", connection);
                assertThat(member.call(request::answerTo, PoolScenario.FOREVER)).isEqualTo("request");
                Sim.sleep(Duration.ofMillis(25));
            }
        }
    }

    /** A member that loses its one connection, or is killed, with a request in flight, and never comes back. */
    static final class LostOnce implements Scenario {
        private final FakePeer peer = new FakePeer();

        @Override
        public void play() throws Exception {
            RoutingPool<String, String> pool = RoutingPool.create(
                    "pool", 1, peer, options -> options.withTicker(Sim.ticker()).withSilence(Duration.ZERO));
            try (ProcessScope scope = ProcessScope.open("sim", options -> options.withTicker(Sim.ticker()))) {
                CountDownLatch open = new CountDownLatch(1);
                scope.start("registry", mailbox -> pool.tree().keepRegistry(mailbox, open::countDown));
                open.await();
                ProcessRef<?> member = scope.<MemberMessage<String, String>>start(
                        "member", mailbox -> pool.tree().runMember(pool.slots().get(0), mailbox));
                Thread loser = Sim.start("loser", () -> {
                    FakePeer.Sent sent = peer.sent.take();
                    peer.door = shut -> {
                        throw new IOException("connection refused");
                    };
                    if (Sim.random().nextBoolean()) {
                        sent.line().lose("lost");
                    } else {
                        member.kill();
                    }
                });
                try {
                    throw new AssertionError(pool.request("PING", PoolScenario.FOREVER));
                } catch (RoutingException.Disconnected told) {
                    assertThat(pool.registry().view(RoutingPool.KEY)).isEmpty();
                }
                loser.join();
            }
        }
    }

    /** The whole tree under its supervisors. */
    static final class Tree extends PoolScenario {
        private Supervisor supervisor;

        Tree() {
            super(2);
        }

        @Override
        RoutingOptions options(RoutingOptions defaults) {
            return defaults;
        }

        @Override
        void play(Scenario callers) throws Exception {
            try (ProcessScope scope = ProcessScope.open("sim", options -> options.withTicker(Sim.ticker()))) {
                supervisor = Supervisor.start(pool.spec(), scope);
                callers.play();
                assertThat(pool.awaitReady(2, PoolScenario.FOREVER)).isTrue();
                supervisor.close();
            }
        }

        @Override
        void disturb() throws Exception {
            for (int i = 0; i < 2; i++) {
                if (Sim.random().nextInt(3) == 0) {
                    supervisor.child("pool-registry").ifPresent(ProcessRef::kill);
                } else {
                    int member = Sim.random().nextInt(2);
                    supervisor.child("pool-connections", "pool-" + member).ifPresent(ProcessRef::kill);
                }
            }
        }

        @Override
        void answer(FakePeer.Sent sent, int mood) {
            super.answer(sent, Math.max(1, mood));
        }
    }
}
