package dev.selvage.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.exit.ExitHook;
import dev.selvage.exit.ExitReason;
import dev.selvage.exit.Lifetime;
import dev.selvage.sim.ClockMode;
import dev.selvage.sim.Explored;
import dev.selvage.sim.Scenario;
import dev.selvage.sim.Sim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Mailbox, reply address and exit step on thousands of schedules. */
class ProcessSimTest {
    private static final Duration LONG = Duration.ofDays(1);

    private static ProcessScope open(String name) {
        return ProcessScope.open(name, options -> options.withTicker(Sim.ticker()));
    }

    private static void explore(Class<? extends Scenario> scenario) {
        check(Sim.of(scenario).explore());
    }

    /** For scenarios whose timeouts must be long enough: a timeout then is a call that nobody failed. */
    private static void explorePatiently(Class<? extends Scenario> scenario) {
        check(Sim.of(scenario).clock(ClockMode.PATIENT).explore());
    }

    private static void check(Explored explored) {
        assertThat(explored.distinct()).as("different schedules").isGreaterThan(100);
    }

    // ---- 5.1, 5.8: send tells the truth

    @Test
    @DisplayName("5.1, 5.8 what was accepted before an orderly stop is handled, and nothing else")
    void acceptedIsHandled() {
        explore(AcceptedIsHandled.class);
    }

    static class AcceptedIsHandled implements Scenario {
        final AtomicInteger accepted = new AtomicInteger();
        final AtomicInteger handled = new AtomicInteger();

        ProcessOptions options(ProcessOptions options) {
            return options;
        }

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<String> receiver = scope.start(
                        "receiver",
                        mailbox -> {
                            for (; ; ) {
                                mailbox.receive();
                                handled.incrementAndGet();
                            }
                        },
                        this::options);
                Scenario sender = () -> {
                    for (int i = 0; i < 2; i++) {
                        if (receiver.send("m")) {
                            accepted.incrementAndGet();
                        }
                    }
                };
                Sim.together(sender, sender, receiver::stop);
                assertThat(receiver.join()).isEqualTo(ExitReason.shutdown());
            }
            assertThat(handled.get()).isEqualTo(accepted.get());
        }
    }

    @Test
    @DisplayName("5.1 the same for a bounded mailbox whose senders wait for room")
    void acceptedIsHandledBounded() {
        explore(AcceptedIsHandledBounded.class);
    }

    static final class AcceptedIsHandledBounded extends AcceptedIsHandled {
        @Override
        ProcessOptions options(ProcessOptions options) {
            return options.withCapacity(1, Mailbox.Overflow.BLOCK);
        }
    }

    @Test
    @DisplayName("5.1 each message wakes a receiver that waits, or is about to, in both kinds of mailbox")
    void eachMessageWakes() {
        explorePatiently(EachMessageWakes.class);
        explorePatiently(EachMessageWakesBounded.class);
    }

    static class EachMessageWakes implements Scenario {
        ProcessOptions options(ProcessOptions options) {
            return options;
        }

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<String> receiver = scope.start(
                        "receiver",
                        mailbox -> {
                            mailbox.receive();
                            mailbox.receive();
                        },
                        this::options);
                Sim.together(() -> receiver.send("one"), () -> receiver.send("two"));
                assertThat(receiver.join(LONG)).contains(ExitReason.normal());
            }
        }
    }

    static final class EachMessageWakesBounded extends EachMessageWakes {
        @Override
        ProcessOptions options(ProcessOptions options) {
            return options.withCapacity(1, Mailbox.Overflow.BLOCK);
        }
    }

    // ---- 5.2: receive with a time limit

    @Test
    @DisplayName("5.2 a message that comes as the time limit passes is taken or stays queued, never lost")
    void timedReceiveLosesNothing() {
        explore(TimedReceive.class);
    }

    static final class TimedReceive implements Scenario {
        private final List<Integer> received = new ArrayList<>();

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<Integer> receiver = scope.start("receiver", mailbox -> {
                    while (received.size() < 3) {
                        Optional<Integer> even = mailbox.receive(n -> n % 2 == 0, Duration.ofMillis(1));
                        even.ifPresent(received::add);
                        mailbox.receive(Duration.ofMillis(1)).ifPresent(received::add);
                    }
                });
                receiver.send(1);
                Sim.sleep(Duration.ofMillis(1));
                receiver.send(2);
                Sim.sleep(Duration.ofMillis(1));
                receiver.send(3);
                assertThat(receiver.join()).isEqualTo(ExitReason.normal());
            }
            assertThat(received).containsExactlyInAnyOrder(1, 2, 3);
        }
    }

    // ---- 5.3: a call has one outcome

    @Test
    @DisplayName("5.3 reply, fail, timeout, interrupt and exit race: one outcome for the caller, and reply tells which")
    void oneOutcome() {
        explore(OneOutcome.class);
    }

    static final class OneOutcome implements Scenario {
        private final AtomicInteger acknowledged = new AtomicInteger();
        private final AtomicInteger replying = new AtomicInteger();
        private volatile String outcome = "none";

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<ReplyTo<String>> callee = scope.start("callee", mailbox -> {
                    ReplyTo<String> from = mailbox.receive();
                    scopeless(() -> from.reply("late or not"));
                    if (Sim.random().nextBoolean()) {
                        mailbox.receive();
                    }
                });
                Thread caller = Sim.start("caller", () -> call(callee));
                Sim.together(() -> interruptSometimes(caller), callee::stop);
                caller.join();
            }
            for (int i = 0; i < 100 && replying.get() > 0; i++) {
                Sim.sleep(Duration.ofMillis(1)); // the callee's end does not wait for who replies in its place
            }
            assertThat(acknowledged.get())
                    .as("replies acknowledged; outcome %s", outcome)
                    .isEqualTo(outcome.equals("answered") ? 1 : 0);
        }

        private void scopeless(java.util.function.BooleanSupplier reply) throws InterruptedException {
            Sim.together(() -> acknowledge(reply), () -> acknowledge(reply));
        }

        private void acknowledge(java.util.function.BooleanSupplier reply) {
            replying.incrementAndGet();
            if (reply.getAsBoolean()) {
                acknowledged.incrementAndGet();
            }
            replying.decrementAndGet();
        }

        private static void interruptSometimes(Thread caller) {
            if (Sim.random().nextInt(4) == 0) {
                caller.interrupt();
            }
        }

        private void call(ProcessRef<ReplyTo<String>> callee) {
            try {
                callee.<String>call(from -> from, Duration.ofMillis(2));
                outcome = "answered";
            } catch (ProcessException.CallTimeout | ProcessException.Exited | InterruptedException e) {
                outcome = e.getClass().getSimpleName();
            }
        }
    }

    // ---- 4.2: calls never outlive the callee

    @Test
    @DisplayName("4.2 a call at any moment of the callee's life and death ends at once, after names and locks are free")
    void callsEndWithTheCallee() {
        explorePatiently(CallsEndWithTheCallee.class);
    }

    static final class CallsEndWithTheCallee implements Scenario {
        private final AtomicBoolean nameFree = new AtomicBoolean();
        private final AtomicBoolean lockFree = new AtomicBoolean();

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                List<ReplyTo<String>> deferred = new ArrayList<>();
                ProcessRef<ReplyTo<String>> callee = scope.start("callee", mailbox -> {
                    Lifetime.current().add(new Freeing(ExitHook.Phase.AT_EXIT, nameFree));
                    Lifetime.current().add(new Freeing(ExitHook.Phase.AT_THREAD_END, lockFree));
                    deferred.add(mailbox.receive());
                    deferred.add(mailbox.receive());
                });
                Scenario caller = () -> call(callee);
                Sim.together(caller, caller, caller);
            }
            assertThat(Sim.elapsed()).as("nobody waited for a timeout").isLessThan(Duration.ofSeconds(1));
        }

        private void call(ProcessRef<ReplyTo<String>> callee) throws InterruptedException {
            try {
                callee.<String>call(from -> from, LONG);
                throw new AssertionError("answered by nobody");
            } catch (ProcessException.Exited exited) {
                assertThat(nameFree).as("the name is free").isTrue();
                assertThat(lockFree).as("the lock is free").isTrue();
            }
        }
    }

    static final class Freeing extends ExitHook {
        private final AtomicBoolean flag;

        Freeing(Phase phase, AtomicBoolean flag) {
            super(phase);
            this.flag = flag;
        }

        @Override
        protected void onExit() {
            flag.set(true);
        }
    }

    // ---- 4.3: abandonment while the process receives

    @Test
    @DisplayName("4.3 calls queued, just taken or in hand when a process is abandoned all fail at once")
    void abandonedWhileReceiving() {
        explorePatiently(AbandonedWhileReceiving.class);
    }

    static class AbandonedWhileReceiving implements Scenario {
        private final AtomicInteger failed = new AtomicInteger();

        ReplyTo<String> receive(Mailbox<ReplyTo<String>> mailbox) throws InterruptedException {
            return mailbox.receive();
        }

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<ReplyTo<String>> callee = scope.start("callee", mailbox -> {
                    for (; ; ) {
                        try {
                            receive(mailbox); // never answers
                        } catch (InterruptedException ignoredOnPurpose) {
                            Sim.point();
                        }
                    }
                });
                Scenario caller = () -> call(callee);
                Sim.together(caller, caller, caller, () -> callee.shutdown(Duration.ZERO, Duration.ZERO));
            }
            assertThat(failed).hasValue(3);
            assertThat(Sim.elapsed()).as("nobody waited for a timeout").isLessThan(Duration.ofSeconds(1));
        }

        private void call(ProcessRef<ReplyTo<String>> callee) throws InterruptedException {
            try {
                callee.<String>call(from -> from, LONG);
            } catch (ProcessException.Exited exited) {
                failed.incrementAndGet();
            }
        }
    }

    @Test
    @DisplayName("4.3 the same under a selective receive that passes messages over")
    void abandonedWhileReceivingSelectively() {
        explorePatiently(AbandonedWhileReceivingSelectively.class);
    }

    static final class AbandonedWhileReceivingSelectively extends AbandonedWhileReceiving {
        private int seen;

        @Override
        ReplyTo<String> receive(Mailbox<ReplyTo<String>> mailbox) throws InterruptedException {
            return mailbox.receive(from -> seen++ % 2 == 1);
        }
    }

    @Test
    @DisplayName("4.2, 4.3 a process that is abandoned at the moment in which it ends: its names go before anybody "
            + "learns of it")
    void abandonedAsItEnds() {
        explore(AbandonedAsItEnds.class);
    }

    static final class AbandonedAsItEnds implements Scenario {
        private final AtomicBoolean nameFree = new AtomicBoolean();
        private final AtomicBoolean lockFree = new AtomicBoolean();
        private final AtomicBoolean named = new AtomicBoolean();
        private final AtomicBoolean locked = new AtomicBoolean();

        @Override
        public void play() throws Exception {
            ProcessRef<String> process;
            try (ProcessScope scope = open("scope")) {
                process = scope.start("ending", mailbox -> {
                    Lifetime.current().add(new Freeing(ExitHook.Phase.AT_THREAD_END, lockFree));
                    locked.set(true);
                    Lifetime.current().add(new Freeing(ExitHook.Phase.AT_EXIT, nameFree));
                    named.set(true);
                });
                process.shutdown(Duration.ZERO, Duration.ZERO);
                if (named.get()) {
                    assertThat(nameFree).as("the name is free").isTrue();
                }
            }
            process.thread().join(); // abandoned, it keeps its locks until then
            if (locked.get()) {
                assertThat(lockFree).as("the lock is free").isTrue();
            }
        }
    }

    @Test
    @DisplayName("4.3 a process that is abandoned at the moment in which it begins: it keeps no name")
    void abandonedAsItBegins() {
        explore(AbandonedAsItBegins.class);
    }

    static final class AbandonedAsItBegins implements Scenario {
        private final AtomicBoolean nameFree = new AtomicBoolean();
        private final AtomicBoolean named = new AtomicBoolean();
        private volatile boolean released;

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<String> process = scope.start("beginning", mailbox -> {
                    Lifetime.current().add(new Freeing(ExitHook.Phase.AT_EXIT, nameFree));
                    named.set(true);
                    while (!released) {
                        Thread.onSpinWait(); // deaf to interrupts
                    }
                });
                process.shutdown(Duration.ZERO, Duration.ZERO);
                if (named.get()) {
                    assertThat(nameFree).as("the name is free").isTrue();
                }
                released = true;
            }
        }
    }

    // ---- 5.6: exactly one notice

    @Test
    @DisplayName("5.6 a monitor set, or set and cancelled, at any moment of a death tells exactly once, or not at all")
    void monitorTellsOnce() {
        explore(MonitorTellsOnce.class);
    }

    static final class MonitorTellsOnce implements Scenario {
        private final AtomicInteger kept = new AtomicInteger();
        private final AtomicInteger maybe = new AtomicInteger();
        private volatile boolean cancelled;

        @Override
        public void play() throws Exception {
            try (ProcessScope scope = open("scope")) {
                ProcessRef<String> watched = scope.start("watched", Mailbox::receive);
                Sim.together(
                        () -> watched.monitor(exit -> kept.incrementAndGet()),
                        () -> cancelled =
                                watched.monitor(exit -> maybe.incrementAndGet()).cancel(),
                        () -> watched.send("end"));
                watched.join();
            }
            assertThat(kept).hasValue(1);
            assertThat(maybe).hasValue(cancelled ? 0 : 1);
        }
    }

    @Test
    @DisplayName("5.6 monitors that come and go at the same time leave nothing, and the one that stays is told")
    void monitorsComeAndGo() {
        explore(MonitorsComeAndGo.class);
    }

    static final class MonitorsComeAndGo implements Scenario {
        private final AtomicInteger told = new AtomicInteger();

        @Override
        public void play() throws Exception {
            ProcessRef<String> watched;
            try (ProcessScope scope = open("scope")) {
                watched = scope.start("watched", Mailbox::receive);
                ProcessRef.Monitor first = watched.monitor(exit -> told.addAndGet(100));
                Sim.together(
                        () -> assertThat(first.cancel()).isTrue(),
                        () -> watched.monitor(exit -> told.incrementAndGet()),
                        () -> assertThat(watched.monitor(exit -> told.addAndGet(100))
                                        .cancel())
                                .isTrue());
                assertThat(watched.snapshot().monitors()).isEqualTo(1);
                watched.send("end");
            }
            assertThat(watched.snapshot().monitors()).isZero();
            assertThat(told).hasValue(1);
        }
    }

    // ---- 4.4: bare threads

    @Test
    @DisplayName("4.4 what hangs on a bare virtual thread goes with it; a release that races goes once")
    void bareThread() {
        explore(BareThread.class);
    }

    static final class BareThread implements Scenario {
        private final AtomicInteger released = new AtomicInteger();

        @Override
        public void play() throws Exception {
            ExitHook[] hook = new ExitHook[1];
            Lifetime[] lifetime = new Lifetime[1];
            Thread owner = Sim.start("owner", () -> {
                hook[0] = new ExitHook(ExitHook.Phase.AT_EXIT) {
                    @Override
                    protected void onExit() {
                        released.incrementAndGet();
                    }
                };
                lifetime[0] = Lifetime.current();
                lifetime[0].add(hook[0]);
                Thread releaser = Sim.start("releaser", () -> {
                    if (lifetime[0].remove(hook[0])) {
                        released.incrementAndGet();
                    }
                });
                assertThat(releaser).isNotNull();
            });
            owner.join();
            assertThat(lifetime[0].isAlive()).isFalse();
            while (released.get() == 0) {
                Sim.sleep(Duration.ofMillis(1));
            }
            assertThat(released).hasValue(1);
        }
    }
}
