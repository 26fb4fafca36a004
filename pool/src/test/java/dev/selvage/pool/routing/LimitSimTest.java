package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Sim;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Waiting for a place at a member against everything that can happen meanwhile, on thousands of schedules. */
class LimitSimTest {

    @Test
    @DisplayName(
            "10.3 places against timeout, interrupt, disconnect, death, changes of the limit and close: never too many"
                    + " at once, none lost, each given back once")
    void everything() {
        Explored explored = Sim.of(Disturbed.class).schedules(3_000).explore();
        assertThat(explored.distinct()).isGreaterThan(2_000);
    }

    @Test
    @DisplayName("10.3 a freed place is always handed to somebody who waits: nobody waits for ever")
    void handOff() {
        Explored explored =
                Sim.of(HandOff.class).clock(ClockMode.PATIENT).schedules(3_000).explore();
        assertThat(explored.distinct()).isGreaterThan(1_500);
    }

    @Test
    @DisplayName("10.3 those who wait for a place of a member that is lost get one when it comes back")
    void lostAndBack() {
        Explored explored = Sim.of(LostAndBack.class)
                .clock(ClockMode.PATIENT)
                .schedules(2_000)
                .explore();
        assertThat(explored.distinct()).isGreaterThan(1_000);
    }

    @Test
    @DisplayName("10.3 a place that is freed by a timeout or an interrupt in the moment of its grant goes to the next")
    void lateGrants() {
        Explored explored = Sim.of(LateGrants.class)
                .clock(ClockMode.PATIENT)
                .schedules(3_000)
                .explore();
        assertThat(explored.distinct()).isGreaterThan(1_500);
    }

    @Test
    @DisplayName("10.3 a close ends every wait for a place")
    void close() {
        Explored explored =
                Sim.of(Closing.class).clock(ClockMode.PATIENT).schedules(2_000).explore();
        assertThat(explored.distinct()).isGreaterThan(1_000);
    }

    @Test
    @DisplayName("10.3 who comes later gets no place before those who wait, in the moment in which one is freed")
    void inTurn() {
        Explored explored =
                Sim.of(InTurn.class).clock(ClockMode.PATIENT).schedules(1_000).explore();
        assertThat(explored.distinct()).isGreaterThan(500);
    }

    @Test
    @DisplayName("10.3, 10.4 nor before those who wait for the place of a member that is ejected, the last resort")
    void inTurnAtTheLastResort() {
        Explored explored = Sim.of(InTurnAtTheLastResort.class)
                .clock(ClockMode.PATIENT)
                .schedules(1_000)
                .explore();
        assertThat(explored.distinct()).isGreaterThan(500);
    }

    /** A pool of members with one place each, on a peer that counts what it has in hand. */
    abstract static class Limited extends PoolScenario {
        private final Map<FakePeer.Line, AtomicInteger> inHand = new ConcurrentHashMap<>();

        /** The greatest limit there was so far. */
        volatile int limit = 1;

        /** How many requests the peer had at once, at the most, beyond the limit; a throw would only cost the line. */
        private final AtomicInteger beyond = new AtomicInteger();

        Limited(int size) {
            super(size);
        }

        @Override
        RoutingOptions options(RoutingOptions defaults) {
            return defaults.withMaxInFlight(2);
        }

        @Override
        void onSend(FakePeer.Line line) {
            int now = inHand.computeIfAbsent(line, any -> new AtomicInteger()).incrementAndGet();
            beyond.accumulateAndGet(now - limit, Math::max);
        }

        @Override
        void check() {
            super.check();
            assertThat(beyond)
                    .as("requests that the peer had at once, beyond the limit")
                    .hasValue(0);
        }

        @Override
        void answer(FakePeer.Sent sent, int mood) {
            done(sent);
            super.answer(sent, mood);
        }

        void done(FakePeer.Sent sent) {
            Sim.point();
            inHand.get(sent.line()).decrementAndGet();
        }
    }

    static final class Disturbed extends Limited {
        Disturbed() {
            super(2);
            peer.firstLimit = 1;
        }

        @Override
        RoutingOptions options(RoutingOptions defaults) {
            return super.options(defaults)
                    .withRequestTimeout(Duration.ofMillis(500))
                    .withMemberWait(Duration.ofMillis(100))
                    .withMaxWaiting(1 + Sim.random().nextInt(3));
        }

        @Override
        void disturb() throws Exception {
            Thread victim = Sim.start(
                    "victim", () -> assertThat(outcome("of the victim")).isNotEmpty());
            switch (Sim.random().nextInt(6)) {
                case 0 -> peer.allLines.forEach(line -> line.lose("the network is gone"));
                case 1 -> processes.get(1 + Sim.random().nextInt(2)).kill();
                case 2 -> processes.get(1 + Sim.random().nextInt(2)).stop();
                case 3 -> pool.close();
                case 4 -> {
                    limit = 2;
                    peer.firstLimit = 2;
                    peer.allLines.forEach(line -> line.limit(2));
                }
                default -> victim.interrupt();
            }
            victim.join();
        }
    }

    /** Nothing times out, nothing is lost: whoever is not served waits for ever, which is a deadlock. */
    static final class HandOff extends Limited {
        HandOff() {
            super(1);
            peer.firstLimit = 1;
        }

        @Override
        void disturb() {
            for (int i = 0; i < 2; i++) {
                assertThat(outcome("third " + i)).isEqualTo("answered");
            }
            if (Sim.random().nextBoolean()) {
                limit = 2;
                peer.allLines.forEach(line -> line.limit(2));
            }
            assertThat(outcome("third 2")).isEqualTo("answered");
        }

        @Override
        void answer(FakePeer.Sent sent, int mood) {
            super.answer(sent, 2); // at once, and once more
        }

        @Override
        void check() {
            super.check();
            assertThat(outcomes.values()).hasSize(4).containsOnly("answered");
        }
    }

    static final class LostAndBack extends Limited {
        LostAndBack() {
            super(1);
            peer.firstLimit = 1;
        }

        @Override
        void disturb() {
            peer.allLines.forEach(line -> line.lose("the network is gone"));
            assertThat(outcome("third")).isNotEqualTo("not sent");
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

    /** Two that wait for ever, and others whose waits end in the moment in which they are served. */
    static final class LateGrants extends Limited {
        LateGrants() {
            super(1);
            peer.firstLimit = 1;
        }

        @Override
        void disturb() throws Exception {
            Thread interrupted = Sim.start("interrupted", this::beInterrupted);
            Thread late = Sim.start("late", () -> {
                try {
                    pool.request("of the late", Duration.ofMillis(20));
                } catch (RoutingException.RequestTimeout expected) {
                    assertThat(expected).hasMessageContaining("pool");
                }
            });
            Sim.sleep(Duration.ofMillis(Sim.random().nextInt(3) * 10));
            interrupted.interrupt();
            interrupted.join();
            late.join();
        }

        /** An interrupt that does not end the request is still there for what comes next, which otherwise hangs. */
        private void beInterrupted() {
            if (!outcome("of the interrupted").equals("interrupted")) {
                assertThatThrownBy(new CountDownLatch(1)::await).isInstanceOf(InterruptedException.class);
            }
        }

        @Override
        void answer(FakePeer.Sent sent, int mood) {
            try {
                Sim.sleep(Duration.ofMillis(10));
            } catch (InterruptedException theEnd) {
                Thread.currentThread().interrupt();
            }
            super.answer(sent, 3);
        }

        @Override
        void check() {
            super.check();
            assertThat(outcomes.values()).hasSize(4).containsOnly("answered");
        }
    }

    static final class Closing extends Limited {
        Closing() {
            super(1);
            peer.firstLimit = 1;
        }

        @Override
        void disturb() {
            pool.close();
            assertThat(outcome("after the end")).isEqualTo("not sent");
        }

        @Override
        void answer(FakePeer.Sent sent, int mood) {
            super.answer(sent, 3);
        }

        @Override
        void check() {
            super.check();
            assertThat(outcomes.values()).hasSize(4).containsAnyOf("answered", "not sent");
        }
    }

    /** One has the only place, one waits for it, and then a third comes. */
    static class InTurn extends Limited {
        InTurn() {
            this(1);
        }

        InTurn(int size) {
            super(size);
            peer.firstLimit = 1;
        }

        void begin() throws Exception {
            assertThat(pool.awaitReady(1, FOREVER)).isTrue();
        }

        @Override
        public void play() throws Exception {
            play(() -> {
                begin();
                Thread holder = asking("first");
                FakePeer.Sent first = peer.sent.take();
                Thread waiter = asking("second");
                while (pool.queue().length() == 0) {
                    Sim.sleep(Duration.ofMillis(1));
                }
                Thread late = asking("third");
                free(first);
                FakePeer.Sent second = peer.sent.take();
                assertThat(second.request()).isEqualTo("second");
                if (limit > 1) {
                    answer(first, 3);
                }
                answer(second, 3);
                answer(peer.sent.take(), 3);
                holder.join();
                waiter.join();
                late.join();
            });
            assertNothingTaken();
            check();
        }

        private Thread asking(String request) {
            return Sim.start(request, () -> assertThat(outcome(request)).isEqualTo("answered"));
        }

        /** By an answer, or by one place more. */
        private void free(FakePeer.Sent first) {
            if (Sim.random().nextBoolean()) {
                answer(first, 3);
            } else {
                limit = 2;
                first.line().limit(2);
            }
        }

        @Override
        void disturb() {
            throw new AssertionError("played otherwise");
        }
    }

    static final class InTurnAtTheLastResort extends InTurn {
        private volatile boolean gone;

        InTurnAtTheLastResort() {
            super(2);
            peer.door = member -> {
                if (gone) {
                    throw new IOException("the network is gone");
                }
            };
        }

        @Override
        RoutingOptions options(RoutingOptions defaults) {
            return super.options(defaults).withEjection(1, Duration.ofDays(1));
        }

        @Override
        void begin() throws Exception {
            assertThat(pool.awaitReady(2, FOREVER)).isTrue();
            gone = true;
            Thread failing = Sim.start("failing", () -> outcome("failing"));
            FakePeer.Sent sent = peer.sent.take();
            done(sent);
            sent.line().respond(Transport.Response.failed(sent.id(), "answer to failing"));
            failing.join();
            for (FakePeer.Line line : peer.allLines) {
                if (line != sent.line()) {
                    line.lose("the network is gone");
                    line.awaitClosed();
                }
            }
            assertThat(pool.ready()).isZero();
            assertThat(pool.ejections().out()).isEqualTo(1);
        }
    }
}
