package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitReason;
import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Links, requests and timers on thousands of schedules. */
class LinkAndRequestSimTest {
    private static final Duration LONG = Duration.ofDays(1);
    private static final Duration TICK = Duration.ofMillis(1);

    private static ProcessScope open(String name) {
        return ProcessScope.open(name, options -> options.withTicker(Sim.ticker()));
    }

    private static void check(Explored explored) {
        assertThat(explored.distinct()).as("different schedules").isGreaterThan(100);
    }

    // ---- 5.6: links

    @Test
    @DisplayName("5.6 two processes that are linked from both sides while one dies die both, and keep no link")
    void linkedWhileDying() {
        check(Sim.of(LinkedWhileTheElderDies.class).clock(ClockMode.PATIENT).explore());
        check(Sim.of(LinkedWhileTheYoungerDies.class).clock(ClockMode.PATIENT).explore());
    }

    abstract static class LinkedWhileDying implements Scenario {
        abstract ProcessRef<String> victim(ProcessRef<String> elder, ProcessRef<String> younger);

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<String> elder = scope.start("elder", Mailbox::receive);
                ProcessRef<String> younger = scope.start("younger", Mailbox::receive);
                Sim.together(() -> elder.link(younger), () -> younger.link(elder), victim(elder, younger)::kill);
                assertThat(younger.join(LONG)).contains(ExitReason.killed());
                assertThat(elder.join(LONG)).contains(ExitReason.killed());
                assertThat(elder.snapshot().links()).isEmpty();
                assertThat(younger.snapshot().links()).isEmpty();
            }
        }
    }

    static final class LinkedWhileTheElderDies extends LinkedWhileDying {
        @Override
        ProcessRef<String> victim(ProcessRef<String> elder, ProcessRef<String> younger) {
            return elder;
        }
    }

    static final class LinkedWhileTheYoungerDies extends LinkedWhileDying {
        @Override
        ProcessRef<String> victim(ProcessRef<String> elder, ProcessRef<String> younger) {
            return younger;
        }
    }

    @Test
    @DisplayName("5.6 after an unlink that returned true no exit passes; one that returned false came too late for one")
    void unlinkedWhileDying() {
        check(Sim.of(UnlinkedWhileDying.class).explore());
    }

    static final class UnlinkedWhileDying implements Scenario {
        private final AtomicBoolean unlinked = new AtomicBoolean();

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<String> first = scope.start("first", Mailbox::receive);
                ProcessRef<String> second = scope.start("second", Mailbox::receive);
                first.link(second);
                Sim.together(() -> unlinked.set(second.unlink(first)), first::kill);
                first.join();
                if (unlinked.get()) {
                    second.send("end");
                }
                assertThat(second.join()).isEqualTo(unlinked.get() ? ExitReason.normal() : ExitReason.killed());
            }
        }
    }

    @Test
    @DisplayName("5.6 a link made from both sides at once is one link: one unlink takes it away on both")
    void linkedFromBothSides() {
        check(Sim.of(LinkedFromBothSides.class).explore());
    }

    static final class LinkedFromBothSides implements Scenario {
        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<String> first = scope.start("first", Mailbox::receive);
                ProcessRef<String> second = scope.start("second", Mailbox::receive);
                Sim.together(() -> first.link(second), () -> second.link(first));
                assertThat(second.unlink(first)).isTrue();
                first.kill();
                first.join();
                second.send("end");
                assertThat(second.join()).isEqualTo(ExitReason.normal());
            }
        }
    }

    @Test
    @DisplayName("5.6 a trapped exit is told exactly once, whenever the link was made")
    void trappedOnce() {
        check(Sim.of(TrappedOnce.class).explore());
    }

    static final class TrappedOnce implements Scenario {
        private final List<Exit> told = new ArrayList<>();

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<String> first = scope.start("first", Mailbox::receive);
                ProcessRef<Exit> keeper = scope.start("keeper", mailbox -> {
                    mailbox.trapExits(exit -> exit);
                    mailbox.self().link(first);
                    told.add(mailbox.receive());
                    mailbox.receive(TICK).ifPresent(told::add);
                });
                Sim.together(() -> first.send("end"), () -> {
                    if (told.isEmpty()) {
                        Sim.point();
                    }
                });
                first.join();
                keeper.join();
                assertThat(told).containsExactly(new Exit(first, ExitReason.normal()));
            }
        }
    }

    // ---- 5.5: requests

    @Test
    @DisplayName("5.5 answer, failure, cancellation, time limit and exit race for a request: one of them ends it")
    void oneEnd() {
        check(Sim.of(OneEnd.class).explore());
    }

    static final class OneEnd implements Scenario {
        private final AtomicInteger ends = new AtomicInteger();

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<ReplyTo<String>> callee = scope.start("callee", mailbox -> {
                    ReplyTo<String> from = mailbox.receive();
                    count(from.reply("answer"));
                });
                Request<String> request = callee.request(from -> from, TICK);
                AtomicBoolean cancelled = new AtomicBoolean();
                Sim.together(
                        () -> {
                            boolean ended = request.cancel();
                            cancelled.set(ended);
                            count(ended);
                        },
                        callee::kill);
                String how = outcome(request);
                count(how.equals("timeout") || how.equals("exited"));
                assertThat(how.equals("cancelled")).isEqualTo(cancelled.get());
                assertThat(outcome(request)).as("the same when asked again").isEqualTo(how);
            }
            assertThat(ends).hasValue(1);
        }

        private void count(boolean ended) {
            if (ended) {
                ends.incrementAndGet();
            }
        }

        static String outcome(Request<String> request) throws InterruptedException {
            try {
                return request.await();
            } catch (ProcessException.CallTimeout timeout) {
                return "timeout";
            } catch (ProcessException.Exited exited) {
                return "exited";
            } catch (ProcessException other) {
                return "cancelled";
            }
        }
    }

    @Test
    @DisplayName("5.5 an answer that comes as somebody begins to wait for it wakes who waits")
    void answeredAsTheWaitBegins() {
        check(Sim.of(AnsweredAsTheWaitBegins.class)
                .clock(ClockMode.PATIENT)
                .schedules(4_000)
                .explore());
    }

    static final class AnsweredAsTheWaitBegins implements Scenario {
        private volatile ReplyTo<String> address;

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<ReplyTo<String>> callee = scope.start("callee", mailbox -> {
                    address = mailbox.receive();
                    mailbox.receive();
                });
                Request<String> request = callee.request(from -> from, LONG);
                while (address == null) {
                    Thread.onSpinWait();
                }
                Sim.together(() -> assertThat(request.await()).isEqualTo("answer"), () -> address.reply("answer"));
            }
            assertThat(Sim.elapsed()).as("nobody waited for a time limit").isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    @DisplayName("5.5 a group whose time limit passes as answers come gives each request out once")
    void groupTimesOut() {
        check(Sim.of(GroupTimesOut.class).explore());
    }

    static final class GroupTimesOut implements Scenario {
        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<ReplyTo<String>> callee = scope.start("callee", mailbox -> {
                    mailbox.receive().reply("answer");
                    mailbox.receive();
                    mailbox.receive();
                });
                Request.Group<String> group = Request.group(TICK);
                List<Request<String>> asked = List.of(group.ask(callee, from -> from), group.ask(callee, from -> from));
                if (asked.get(1).isDone()) {
                    Sim.point(); // looking at it gives nothing out
                }
                List<Request<String>> given = new ArrayList<>();
                while (group.hasNext()) {
                    given.add(group.next());
                }
                assertThat(given).containsExactlyInAnyOrderElementsOf(asked);
                assertThat(OneEnd.outcome(asked.get(1))).isEqualTo("timeout");
            }
        }
    }

    @Test
    @DisplayName("5.5 a group gives each request out once and never waits past an end")
    void groupMissesNothing() {
        check(Sim.of(GroupMissesNothing.class).clock(ClockMode.PATIENT).explore());
    }

    static final class GroupMissesNothing implements Scenario {
        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<ReplyTo<String>> first = scope.start("first", mailbox -> {
                    mailbox.receive().reply("answer");
                    mailbox.receive(); // dies owing this one
                });
                ProcessRef<ReplyTo<String>> second = scope.start("second", Mailbox::receive);
                Request.Group<String> group = Request.group(LONG);
                List<Request<String>> asked = List.of(
                        group.ask(first, from -> from),
                        group.ask(first, from -> from),
                        group.ask(second, from -> from));
                List<Request<String>> given = new ArrayList<>();
                while (group.hasNext()) {
                    given.add(group.next());
                }
                assertThat(given).containsExactlyInAnyOrderElementsOf(asked).allMatch(Request::isDone);
            }
            assertThat(Sim.elapsed()).as("nobody waited for a time limit").isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    @DisplayName("5.5 a request awaited from another thread wakes it at whatever ends the request")
    void awaitedElsewhere() {
        check(Sim.of(AwaitedElsewhere.class).clock(ClockMode.PATIENT).explore());
    }

    static final class AwaitedElsewhere implements Scenario {
        private final AtomicInteger awaited = new AtomicInteger();

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<ReplyTo<String>> callee =
                        scope.start("callee", mailbox -> mailbox.receive().reply("answer"));
                Request<String> request = callee.request(from -> from, LONG);
                Sim.together(
                        () -> {
                            OneEnd.outcome(request);
                            awaited.incrementAndGet();
                        },
                        callee::stop);
            }
            assertThat(awaited).hasValue(1);
            assertThat(Sim.elapsed()).as("nobody waited for a time limit").isLessThan(Duration.ofSeconds(1));
        }
    }

    // ---- 5.7: timers

    @Test
    @DisplayName(
            "5.7 a timer, a message, a stop and the clock: each timer rings at most once and none after its cancel")
    void timers() {
        check(Sim.of(TimersRing.class).explore());
    }

    static final class TimersRing implements Scenario {
        private final List<String> received = new ArrayList<>();

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<String> process = scope.start("timed", mailbox -> {
                    mailbox.sendAfter(TICK, "once");
                    Mailbox.Timer cancelled = mailbox.sendAfter(TICK, "never");
                    Mailbox.Timer ticking = mailbox.sendEvery(TICK, "tick");
                    received.add(mailbox.receive());
                    cancelled.cancel();
                    received.add(mailbox.receive(message -> !message.equals("never")));
                    received.add(mailbox.receive());
                    ticking.cancel();
                    mailbox.receive(TICK).ifPresent(received::add);
                    mailbox.receive(TICK).ifPresent(received::add);
                });
                Sim.together(() -> process.send("sent"), () -> Sim.sleep(TICK));
                assertThat(process.join()).isEqualTo(ExitReason.normal());
            }
            assertThat(received).filteredOn("once"::equals).hasSize(1);
            assertThat(received).filteredOn("sent"::equals).hasSize(1);
            assertThat(received.lastIndexOf("never")).isLessThan(1); // only before its cancel
            assertThat(received.lastIndexOf("tick")).isLessThan(3);
        }
    }
}
