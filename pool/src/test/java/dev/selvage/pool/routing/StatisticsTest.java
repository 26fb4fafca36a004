package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.pool.routing.RoutingPool.Member.State;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a routing pool tells of itself: figures, a listener, a flight recording. */
class StatisticsTest {
    private static final Duration TIME = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    /** Notes what it hears. */
    private static final class Noting implements RoutingListener {
        final Queue<String> requests = new ConcurrentLinkedQueue<>();
        final Queue<String> waits = new ConcurrentLinkedQueue<>();
        final Queue<String> refusals = new ConcurrentLinkedQueue<>();
        final Queue<String> members = new ConcurrentLinkedQueue<>();

        @Override
        public void onRequest(String pool, Duration time, Optional<RoutingException> failure) {
            String outcome = failure.map(why -> why.getClass().getSimpleName()).orElse("answered");
            requests.add(pool + ": " + outcome + " in " + time.toMillis());
        }

        @Override
        public void onWait(String pool, Duration waited, boolean granted) {
            waits.add(pool + ": " + (granted ? "granted" : "nothing") + " after " + waited.toMillis());
        }

        @Override
        public void onRefusal(String pool, Object request, String why) {
            refusals.add(pool + ": " + request + ": " + why);
        }

        @Override
        public void onEjection(String pool, String member, Duration time) {
            members.add(pool + ": " + member + " out for " + time.toSeconds());
        }

        @Override
        public void onMemberChange(String pool, String member, State state) {
            members.add(pool + ": " + member + " " + state);
        }
    }

    private static void fail(Rig rig) throws Exception {
        Rig.Asking asking = rig.ask("PING");
        FakePeer.Sent sent = rig.peer.awaitSent();
        sent.line().respond(Transport.Response.failed(sent.id(), "trouble"));
        assertThat(asking.answer()).isEqualTo("trouble");
    }

    @Test
    @DisplayName("10.3 the figures tell what is in flight, who waits, how long they waited, and who was refused")
    void figures() throws Exception {
        try (Rig rig = Rig.connected(
                ThreadKind.VIRTUAL, 1, options -> options.withMaxInFlight(1).withMaxWaiting(1))) {
            rig.ticker.advance(Duration.ofSeconds(7));
            Rig.Asking one = rig.ask("one");
            FakePeer.Sent sent = rig.peer.awaitSent();
            Rig.Asking two = rig.ask("two");
            rig.awaitWaiting(1);
            assertThat(rig.ask("three").failure()).isInstanceOf(RoutingException.Overloaded.class);
            RoutingPool.Statistics before = rig.pool.statistics();
            assertThat(before.waiting()).isEqualTo(1);
            assertThat(before.ready()).isEqualTo(1);
            assertThat(before.overloaded()).isEqualTo(1);
            assertThat(before.sum(RoutingPool.Member::inFlight)).isEqualTo(1);
            assertThat(before.members()).singleElement().satisfies(member -> {
                assertThat(member.state()).isEqualTo(State.CONNECTED);
                assertThat(member.inState()).isEqualTo(Duration.ofSeconds(7));
            });
            rig.ticker.advance(Duration.ofSeconds(2));
            sent.answer("answer");
            rig.peer.awaitSent().answer("answer");
            one.answer();
            two.answer();
            RoutingPool.Statistics after = rig.pool.statistics();
            assertThat(after.waits()).isEqualTo(1);
            assertThat(after.waited()).isEqualTo(Duration.ofSeconds(2));
            assertThat(after.waiting()).isZero();
            assertThat(after.sum(RoutingPool.Member::sent)).isEqualTo(2);
            assertThat(after.sum(RoutingPool.Member::served)).isEqualTo(2);
            assertThat(after.size()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("10.4 the figures tell who is out, since when, and how often it was")
    void ejections() throws Exception {
        try (Rig rig = Rig.connected(ThreadKind.VIRTUAL, 2, options -> options.withEjection(1, TIME))) {
            rig.ticker.advance(Duration.ofSeconds(2)); // longer than it has been out
            fail(rig);
            rig.ticker.advance(Duration.ofSeconds(3));
            RoutingPool.Statistics statistics = rig.pool.statistics();
            assertThat(statistics.ejected()).isEqualTo(1);
            assertThat(statistics.ready()).isEqualTo(1);
            assertThat(statistics.sum(RoutingPool.Member::ejections)).isEqualTo(1);
            assertThat(statistics.members())
                    .filteredOn(member -> member.state() == State.EJECTED)
                    .singleElement()
                    .satisfies(member -> assertThat(member.inState()).isEqualTo(Duration.ofSeconds(3)));
        }
    }

    @Test
    @DisplayName("4.5 a listener hears how each request ended and what members do, on their threads")
    void listener() throws Exception {
        Noting noting = new Noting();
        try (Rig rig = Rig.connected(
                ThreadKind.VIRTUAL, 1, options -> options.withListener(noting).withMaxInFlight(1))) {
            Rig.Asking one = rig.ask("one");
            FakePeer.Sent sent = rig.peer.awaitSent();
            Rig.Asking two = rig.ask("two");
            rig.awaitWaiting(1);
            rig.ticker.advance(Duration.ofMillis(5));
            sent.answer("answer");
            one.answer();
            rig.peer.awaitSent().line().lose("reset");
            assertThat(two.failure()).isInstanceOf(RoutingException.Disconnected.class);
            assertThat(noting.requests).containsExactly("pool: answered in 5", "pool: Disconnected in 5");
            assertThat(noting.waits).containsExactly("pool: granted after 5");
            assertThat(noting.refusals).isEmpty();
            Threads.awaitTrue("it heard of the loss", () -> noting.members.contains("pool: pool-0 WAITING"));
            assertThat(noting.members)
                    .startsWith("pool: pool-0 CONNECTING", "pool: pool-0 CONNECTED", "pool: pool-0 WAITING");
        }
        assertThat(noting.members).endsWith("pool: pool-0 STOPPED");
    }

    @Test
    @DisplayName("10.3 a listener hears which request was refused, and of waits that were given up or interrupted")
    void refusalsAndWaitsInVain() throws Exception {
        Noting noting = new Noting();
        try (Rig rig = Rig.connected(
                ThreadKind.VIRTUAL,
                1,
                options -> options.withListener(noting).withMaxInFlight(1).withMaxWaiting(1))) {
            Rig.Asking one = rig.ask("one");
            FakePeer.Sent sent = rig.peer.awaitSent();
            Rig.Asking interrupted = rig.ask("interrupted");
            rig.awaitWaiting(1);
            assertThat(rig.ask("refused").failure()).isInstanceOf(RoutingException.Overloaded.class);
            assertThat(noting.refusals)
                    .singleElement()
                    .asString()
                    .startsWith("pool: refused: all members of pool 'pool'")
                    .endsWith("are at their limits, and 1 requests wait already");
            assertThat(noting.requests).containsExactly("pool: Overloaded in 0");
            rig.ticker.advance(Duration.ofMillis(3));
            interrupted.thread.interrupt();
            assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
            assertThat(noting.waits).containsExactly("pool: nothing after 3");
            Rig.Asking late = rig.ask("late", Duration.ofMillis(7));
            rig.awaitWaiting(1);
            rig.ticker.advance(Duration.ofMillis(7));
            assertThat(late.failure()).isInstanceOf(RoutingException.RequestTimeout.class);
            assertThat(noting.waits).containsExactly("pool: nothing after 3", "pool: nothing after 7");
            sent.answer("answer");
            one.answer();
        }
    }

    @Test
    @DisplayName("10.4 a listener hears who is ejected and for how long, and of the way back")
    void ejectionsAreHeard() throws Exception {
        Noting noting = new Noting();
        try (Rig rig = Rig.connected(
                ThreadKind.VIRTUAL, 2, options -> options.withListener(noting).withEjection(1, TIME))) {
            noting.members.clear();
            fail(rig);
            Threads.awaitTrue("it heard of the ejection", () -> noting.members.size() == 2);
            String out = noting.members.peek().substring(0, "pool: pool-0".length());
            assertThat(noting.members).containsExactly(out + " out for 10", out + " EJECTED");
            rig.ticker.awaitParked(1); // the member waits for the end of its time
            rig.ticker.advance(TIME);
            Threads.awaitTrue("it heard of the return", () -> noting.members.size() == 3);
            assertThat(noting.members).endsWith(out + " CONNECTED");
        }
    }

    @Test
    @DisplayName("4.5 a listener that throws changes nothing")
    void failingListener() throws Exception {
        RoutingListener failing = new RoutingListener() {
            @Override
            public void onRequest(String pool, Duration time, Optional<RoutingException> failure) {
                throw new IllegalStateException("planned");
            }

            @Override
            public void onMemberChange(String pool, String member, State state) {
                throw new AssertionError("planned");
            }
        };
        try (Rig rig = Rig.connected(ThreadKind.VIRTUAL, 2, options -> options.withListener(failing))) {
            rig.peer.answers = request -> "PONG";
            assertThat(rig.pool.request("PING")).isEqualTo("PONG");
        }
        assertThatThrownBy(() -> RoutingOptions.DEFAULTS.withListener(null)).hasMessage("listener");
    }

    @Test
    @DisplayName("a recording shows disconnects, ejections and waits for a place")
    void recording() throws Exception {
        Path file = folder.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            for (String name : List.of("RoutingWait", "MemberDisconnected", "MemberEjected")) {
                recording.enable("dev.selvage." + name).withThreshold(Duration.ZERO);
            }
            recording.start();
            try (Rig rig = Rig.connected(
                    ThreadKind.VIRTUAL,
                    2,
                    options -> options.withEjection(1, TIME).withMaxInFlight(1))) {
                fail(rig);
                Rig.Asking lost = rig.ask("lost");
                FakePeer.Sent sent = rig.peer.awaitSent();
                Rig.Asking waiting = rig.ask("waiting");
                rig.awaitWaiting(1);
                sent.line().lose("reset by the test");
                rig.peer.awaitSent().answer("answer");
                assertThat(waiting.answer()).isEqualTo("answer");
                assertThat(lost.failure()).isInstanceOf(RoutingException.Disconnected.class);
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        Files.delete(file);
        assertThat(events)
                .filteredOn(event -> event.getEventType().getName().equals("dev.selvage.MemberEjected"))
                .singleElement()
                .satisfies(event -> assertThat(event.getDuration("time")).isEqualTo(TIME));
        assertThat(events)
                .filteredOn(event -> event.getEventType().getName().equals("dev.selvage.MemberDisconnected"))
                .anySatisfy(event -> assertThat(event.getString("reason")).contains("reset by the test"));
        assertThat(events)
                .filteredOn(event -> event.getEventType().getName().equals("dev.selvage.RoutingWait"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getString("pool")).isEqualTo("pool");
                    assertThat(event.getBoolean("granted")).isTrue();
                });
    }
}
