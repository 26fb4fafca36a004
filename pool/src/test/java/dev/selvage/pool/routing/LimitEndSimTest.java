package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One caller alone in the moment in which something ends: nobody comes later who would hide what went wrong. */
class LimitEndSimTest {

    private static void explore(Class<? extends Scenario> scenario) {
        Explored explored =
                Sim.of(scenario).clock(ClockMode.PATIENT).schedules(2_000).explore();
        assertThat(explored.distinct()).isGreaterThan(300);
    }

    @Test
    @DisplayName("10.3 a place that is freed as the only one who waits gives up is free")
    void lastGivesUp() {
        explore(LastGivesUp.class);
    }

    @Test
    @DisplayName("10.3 who comes just as the last member leaves does not wait for a place that nobody has")
    void comesAsTheLastLeaves() {
        explore(ComesAsTheLastLeaves.class);
    }

    @Test
    @DisplayName("10.3 who comes just as the pool is closed does not wait for a place")
    void comesAsItCloses() {
        explore(ComesAsItCloses.class);
    }

    @Test
    @DisplayName("10.2 a request that is given up just as it is sent is not booked any more")
    void givenUpAsItIsSent() {
        explore(GivenUpAsItIsSent.class);
    }

    @Test
    @DisplayName("10.2 a peer that is silent from the first request on is found, although no other request comes")
    void silentAtOnce() {
        explore(SilentAtOnce.class);
    }

    abstract static class Alone extends PoolScenario {
        Alone() {
            super(1);
            peer.firstLimit = 1;
        }

        @Override
        RoutingOptions options(RoutingOptions defaults) {
            return defaults.withMaxInFlight(1);
        }

        abstract void act() throws Exception;

        @Override
        public void play() throws Exception {
            play(() -> {
                assertThat(pool.awaitReady(1, FOREVER)).isTrue();
                act();
            });
            assertNothingTaken();
            check();
        }

        /** A request that has the only place, and reached the peer. */
        FakePeer.Sent hold() throws InterruptedException {
            Sim.start("holder", () -> outcome("held"));
            return peer.sent.take();
        }

        @Override
        void disturb() {
            throw new AssertionError("played otherwise");
        }
    }

    static final class LastGivesUp extends Alone {
        @Override
        void act() throws Exception {
            FakePeer.Sent held = hold();
            Thread late = Sim.start("late", () -> {
                try {
                    assertThat(pool.request("late", Duration.ofMillis(10))).isEqualTo("answer to late");
                } catch (RoutingException.RequestTimeout expected) {
                    assertThat(expected).hasMessageContaining("pool");
                }
            });
            Sim.sleep(Duration.ofMillis(10));
            answer(held, 3);
            late.join();
            Sim.sleep(Duration.ofMillis(1)); // until nobody has anything to do
            for (FakePeer.Sent sent = peer.sent.poll(); sent != null; sent = peer.sent.poll()) {
                answer(sent, 3);
            }
            Sim.sleep(Duration.ofMillis(1));
            assertThat(connections).allMatch(connection -> connection.taken() == 0);
        }
    }

    static final class ComesAsTheLastLeaves extends Alone {
        private volatile boolean gone;

        ComesAsTheLastLeaves() {
            peer.door = member -> {
                if (gone) {
                    throw new IOException("the network is gone");
                }
            };
        }

        @Override
        RoutingOptions options(RoutingOptions defaults) {
            return super.options(defaults).withMemberWait(Duration.ZERO);
        }

        @Override
        void act() throws Exception {
            FakePeer.Sent held = hold();
            gone = true;
            Thread comes = Sim.start("comes", () -> assertThat(outcome("comes")).isEqualTo("not sent"));
            held.line().lose("the network is gone");
            comes.join();
            assertThat(Sim.elapsed()).isLessThan(Duration.ofHours(1));
        }
    }

    static final class ComesAsItCloses extends Alone {
        @Override
        void act() throws Exception {
            FakePeer.Sent held = hold();
            Thread comes = Sim.start("comes", () -> assertThat(outcome("comes")).isEqualTo("not sent"));
            pool.close();
            comes.join();
            answer(held, 3);
        }
    }

    static final class GivenUpAsItIsSent extends Alone {
        @Override
        RoutingOptions options(RoutingOptions defaults) {
            return defaults; // without a limit: with one it stays until it is answered
        }

        GivenUpAsItIsSent() {
            peer.firstLimit = -1;
        }

        @Override
        void act() throws Exception {
            Thread asking =
                    Sim.start("asking", () -> assertThat(outcome("given up")).isEqualTo("interrupted"));
            asking.interrupt();
            asking.join();
            Sim.sleep(Duration.ofMillis(1)); // until nobody has anything to do
            assertThat(pool.slots().get(0).process.booked()).isZero();
        }
    }

    static final class SilentAtOnce extends Alone {
        @Override
        RoutingOptions options(RoutingOptions defaults) {
            return super.options(defaults).withSilence(Duration.ofMillis(10));
        }

        @Override
        void act() {
            assertThat(outcome("never answered")).isEqualTo("perhaps sent");
            assertThat(Sim.elapsed()).isLessThan(Duration.ofHours(1));
        }
    }
}
