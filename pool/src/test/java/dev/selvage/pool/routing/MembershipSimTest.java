package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.process.ProcessScope;
import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import dev.selvage.supervisor.Supervisor;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Members that go and come while requests are under way, on thousands of schedules. */
class MembershipSimTest {

    @Test
    @DisplayName("10.4 ejections against disconnects, deaths and requests: never too many out, and all come back")
    void ejections() {
        Explored explored =
                Sim.of(Ejected.class).clock(ClockMode.PATIENT).schedules(2_000).explore();
        assertThat(explored.distinct()).isGreaterThan(1_000);
    }

    @Test
    @DisplayName("10.4 two that may go fail in the same moment, and nobody else is connected: one of them stays")
    void lastTwo() {
        Explored explored =
                Sim.of(LastTwo.class).clock(ClockMode.PATIENT).schedules(500).explore();
        assertThat(explored.distinct()).isGreaterThan(300);
    }

    @Test
    @DisplayName("10.4 one that comes back as an old request of it fails is out again, and not in the registry")
    void failsAsItComesBack() {
        Explored explored = Sim.of(FailsAsItComesBack.class)
                .clock(ClockMode.PATIENT)
                .schedules(1_000)
                .explore();
        assertThat(explored.distinct()).isGreaterThan(300);
    }

    @Test
    @DisplayName("10.4 resizing against deaths of members and of the registry: in the end there are as many as asked")
    void resizing() {
        Explored explored =
                Sim.of(Resized.class).clock(ClockMode.PATIENT).schedules(1_000).explore();
        assertThat(explored.distinct()).isGreaterThan(500);
    }

    static final class Ejected extends PoolScenario {
        Ejected() {
            super(2);
        }

        @Override
        RoutingOptions options(RoutingOptions defaults) {
            return defaults.withEjection(1, Duration.ofMillis(30)).withMaxInFlight(1);
        }

        @Override
        void disturb() {
            switch (Sim.random().nextInt(3)) {
                case 0 -> peer.allLines.forEach(line -> line.lose("the network is gone"));
                case 1 -> peer.allLines.stream().findFirst().ifPresent(line -> line.lose("dropped"));
                default -> assertThat(outcome("third")).isNotEqualTo("not sent");
            }
            assertThat(pool.ejections().out()).isBetween(0, 1);
        }

        @Override
        void answer(FakePeer.Sent sent, int mood) {
            String answer = "answer to " + sent.request();
            if (mood < 4) {
                sent.line().respond(Transport.Response.failed(sent.id(), answer));
            } else {
                sent.answer(answer);
            }
        }

        @Override
        void settle() throws Exception {
            assertThat(pool.awaitReady(2, FOREVER)).isTrue();
            assertThat(pool.ejections().out()).isZero();
        }

        @Override
        void check() {
            super.check();
            assertThat(outcomes.values()).hasSize(4).doesNotContain("not sent", "interrupted");
            assertThat(Sim.elapsed()).isLessThan(Duration.ofHours(1));
        }
    }

    /** One is ejected with two requests in flight; they are answered with failures about when it comes back. */
    static final class FailsAsItComesBack extends PoolScenario {
        private static final Duration TIME = Duration.ofMillis(10);

        FailsAsItComesBack() {
            super(2);
        }

        @Override
        RoutingOptions options(RoutingOptions defaults) {
            return defaults.withEjection(1, TIME).withRouting((members, request) -> {
                connections.add(((Candidates<?, ?>) members).get(0));
                return 0;
            });
        }

        @Override
        public void play() throws Exception {
            play(() -> {
                assertThat(pool.awaitReady(2, FOREVER)).isTrue();
                Thread one = Sim.start("one", () -> assertThat(outcome("one")).isEqualTo("answered"));
                Thread two = Sim.start("two", () -> assertThat(outcome("two")).isEqualTo("answered"));
                FakePeer.Sent first = peer.sent.take();
                FakePeer.Sent second = peer.sent.take();
                fail(first);
                Sim.sleep(TIME);
                fail(second);
                one.join();
                two.join();
                Sim.sleep(Duration.ofMillis(1)); // until nobody has anything to do
                assertThat(pool.registry().view(RoutingPool.KEY))
                        .noneMatch(entry -> entry.value().isEjected());
                assertThat(pool.registry().view(RoutingPool.KEY))
                        .hasSize(2 - pool.ejections().out());
            });
            assertNothingTaken();
        }

        private static void fail(FakePeer.Sent sent) {
            sent.line().respond(Transport.Response.failed(sent.id(), "answer to " + sent.request()));
        }

        @Override
        void disturb() {
            throw new AssertionError("played otherwise");
        }
    }

    /** Of twenty members, of which two may be out, only two are connected. */
    static final class LastTwo extends PoolScenario {
        LastTwo() {
            super(20);
        }

        @Override
        RoutingOptions options(RoutingOptions defaults) {
            return defaults.withEjection(1, Duration.ofDays(1));
        }

        @Override
        List<Slot> running() {
            return pool.slots().subList(0, 2);
        }

        @Override
        void play(Scenario callers) throws Exception {
            super.play(() -> {
                assertThat(pool.awaitReady(2, FOREVER)).isTrue();
                callers.play();
            });
        }

        @Override
        void disturb() {
            assertThat(outcome("third")).isEqualTo("answered");
            assertThat(pool.ready()).isPositive();
        }

        @Override
        void answer(FakePeer.Sent sent, int mood) {
            sent.line().respond(Transport.Response.failed(sent.id(), "answer to " + sent.request()));
        }

        @Override
        void settle() {
            assertThat(pool.ready()).isEqualTo(1);
            assertThat(pool.ejections().out()).isEqualTo(1);
        }

        @Override
        void check() {
            super.check();
            assertThat(outcomes.values()).hasSize(4).containsOnly("answered");
        }
    }

    /** The whole tree under its supervisors. */
    static final class Resized extends PoolScenario {
        private Supervisor supervisor;

        Resized() {
            super(2);
        }

        @Override
        RoutingOptions options(RoutingOptions defaults) {
            return defaults.withRequestTimeout(Duration.ofMinutes(1));
        }

        @Override
        void play(Scenario callers) throws Exception {
            try (ProcessScope scope = ProcessScope.open("sim", options -> options.withTicker(Sim.ticker()))) {
                supervisor = Supervisor.start(pool.spec(), scope);
                callers.play();
                supervisor.close();
            }
        }

        @Override
        void disturb() throws Exception {
            pool.resize(1 + Sim.random().nextInt(4));
            switch (Sim.random().nextInt(3)) {
                case 0 -> supervisor.child("pool-registry").ifPresent(process -> process.kill());
                case 1 ->
                    supervisor
                            .child("pool-connections", "pool-" + Sim.random().nextInt(2))
                            .ifPresent(process -> process.kill());
                default -> pool.resize(1 + Sim.random().nextInt(4));
            }
            pool.resize(1 + Sim.random().nextInt(4));
        }

        @Override
        void answer(FakePeer.Sent sent, int mood) {
            super.answer(sent, Math.max(1, mood));
        }

        @Override
        void settle() throws Exception {
            int size = pool.size();
            assertThat(pool.awaitReady(size, FOREVER)).isTrue();
            Sim.sleep(Duration.ofMinutes(2)); // what was to be drained is
            assertThat(pool.awaitReady(size, FOREVER)).isTrue();
            assertThat(pool.members()).hasSize(size);
            assertThat(supervisor
                            .tree()
                            .children()
                            .get(1)
                            .supervisor()
                            .orElseThrow()
                            .children())
                    .hasSize(size);
        }
    }
}
