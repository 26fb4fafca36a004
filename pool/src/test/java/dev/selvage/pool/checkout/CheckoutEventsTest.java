package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.pool.checkout.CheckoutListener.Reason;
import dev.selvage.pool.checkout.CheckoutPool.Holder;
import dev.selvage.pool.checkout.CheckoutPool.Lease;
import dev.selvage.pool.checkout.CheckoutRig.Doing;
import dev.selvage.pool.checkout.CheckoutRig.Thing;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a listener and a flight recording are told. */
class CheckoutEventsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final ThreadKind KIND = ThreadKind.VIRTUAL;

    @TempDir
    Path folder;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private volatile boolean down;

    private final class Telling implements CheckoutListener {
        @Override
        public void onWait(String pool, Duration waited, boolean granted) {
            told.add("wait " + waited + " " + granted);
        }

        @Override
        public void onCheckout(String pool, Duration waited) {
            told.add("checkout " + waited);
        }

        @Override
        public void onReturn(String pool, Duration held) {
            told.add("return " + held);
        }

        @Override
        public void onRefusal(String pool, CheckoutException why) {
            told.add("refusal " + why.getClass().getSimpleName());
        }

        @Override
        public void onDeadline(String pool, Holder late) {
            told.add("deadline " + late.thread().getName() + " " + late.held() + " " + late.resource());
        }

        @Override
        public void onReclaim(String pool, Holder dead) {
            told.add("reclaim " + dead.thread().getName() + " " + dead.held() + " " + dead.resource());
        }

        @Override
        public void onCreate(String pool, Duration took) {
            told.add("create " + took);
        }

        @Override
        public void onCreationFailure(String pool, Duration took, Throwable cause) {
            told.add("failure " + took + " " + cause.getMessage());
        }

        @Override
        public void onDestroy(String pool, Reason reason) {
            told.add("destroy " + reason);
        }
    }

    private CheckoutRig telling(int size, UnaryOperator<CheckoutOptions> options) throws InterruptedException {
        return CheckoutRig.full(KIND, size, plain -> options.apply(plain.withListener(new Telling())));
    }

    private void awaitTold(String what) {
        Threads.awaitTrue("told of: " + what, () -> told.contains(what));
    }

    /** Waits until the pool has made and destroyed what it will, and forgets what was told so far. */
    private void settled(CheckoutRig rig, int total) {
        rig.awaitTotal(total);
        Threads.awaitTrue("settled", () -> {
            CheckoutPool.Statistics now = rig.pool.statistics();
            long creations =
                    told.stream().filter(what -> what.startsWith("create ")).count();
            long destructions =
                    told.stream().filter(what -> what.startsWith("destroy ")).count();
            return now.created() == creations && now.destroyed() == destructions;
        });
    }

    @Test
    @DisplayName("9 a listener hears of every loan, how long it was waited for and how long it was held")
    void loans() throws Exception {
        try (CheckoutRig rig = telling(1, options -> options)) {
            Lease<Thing> lease = rig.pool.checkOut();
            Doing<Integer> waiting = rig.using().whenWaiting(1);
            rig.ticker.advance(SECOND);
            lease.close();
            assertThat(waiting.result()).isEqualTo(1);
            Lease<Thing> other = rig.pool.tryCheckOut().orElseThrow();
            rig.ticker.advance(Duration.ofMillis(3));
            other.discard();
            settled(rig, 1);
        }
        awaitTold("destroy CLOSED");
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "create PT0S",
                        "checkout PT0S",
                        "wait PT1S true",
                        "checkout PT1S",
                        "return PT1S",
                        "return PT0S",
                        "checkout PT0S",
                        "return PT0.003S",
                        "destroy BROKEN",
                        "create PT0S",
                        "destroy CLOSED");
        assertThat(told.indexOf("wait PT1S true")).isLessThan(told.indexOf("checkout PT1S"));
    }

    @Test
    @DisplayName("9 a listener hears of waits that end by time, interrupt and close, and of what is thrown then")
    void refusals() throws Exception {
        CheckoutRig rig = telling(1, options -> options);
        Lease<Thing> lease = rig.pool.checkOut();
        told.clear();
        int parked = rig.ticker.parked();
        Doing<?> late = rig.doing(() -> rig.pool.checkOut(SECOND));
        rig.ticker.awaitParked(parked + 1);
        rig.ticker.advance(SECOND);
        assertThat(late.failure()).isInstanceOf(CheckoutException.CheckoutTimeout.class);
        assertThat(told).containsExactly("wait PT1S false", "refusal CheckoutTimeout");
        told.clear();
        Doing<?> interrupted = rig.borrowing().whenWaiting(1);
        interrupted.thread.interrupt();
        assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
        assertThat(told).containsExactly("wait PT0S false");
        told.clear();
        assertThatThrownBy(() -> rig.pool.useWithin(Duration.ZERO, thing -> thing))
                .isInstanceOf(CheckoutException.CheckoutTimeout.class);
        assertThat(told).containsExactly("wait PT0S false", "refusal CheckoutTimeout");
        told.clear();
        Doing<?> closedOut = rig.borrowing().whenWaiting(1);
        rig.close();
        assertThat(closedOut.failure()).isInstanceOf(CheckoutException.Closed.class);
        awaitTold("destroy CLOSED");
        assertThat(told).containsExactlyInAnyOrder("wait PT0S false", "refusal Closed", "destroy CLOSED");
        assertThat(lease.isHeld()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(CheckoutOptions.Orphans.class)
    @DisplayName("9.2 a listener hears of what was taken back from the dead, and what becomes of it")
    void reclaims(CheckoutOptions.Orphans orphans) throws Exception {
        try (CheckoutRig rig = telling(1, options -> options.withOrphans(orphans))) {
            CountDownLatch die = new CountDownLatch(1);
            Doing<?> borrower = rig.doing(() -> {
                rig.pool.checkOut();
                die.await();
                return "dead";
            });
            Threads.awaitTrue("lent", () -> rig.pool.statistics().leased() == 1);
            Doing<Integer> next = rig.using().whenWaiting(1);
            rig.ticker.advance(SECOND);
            die.countDown();
            assertThat(borrower.result()).isEqualTo("dead");
            assertThat(next.result()).isEqualTo(orphans == CheckoutOptions.Orphans.DESTROY ? 2 : 1);
            awaitTold("reclaim borrower PT1S 1");
            settled(rig, 1);
            assertThat(told.contains("destroy ORPHANED")).isEqualTo(orphans == CheckoutOptions.Orphans.DESTROY);
        }
    }

    @Test
    @DisplayName("9.6 a listener hears of deadlines that have passed, though the late one goes on")
    void deadlines() throws Exception {
        try (CheckoutRig rig = telling(1, options -> options)) {
            CountDownLatch used = new CountDownLatch(1);
            CountDownLatch deaf = new CountDownLatch(1);
            Doing<?> late = rig.doing(() -> rig.pool.useWithin(SECOND, thing -> {
                used.countDown();
                Threads.awaitDeaf(deaf);
                return thing;
            }));
            used.await();
            Threads.awaitTrue("late", () -> {
                rig.ticker.advance(SECOND);
                return rig.pool.statistics().deadlines() == 1;
            });
            awaitTold("destroy OVERDUE");
            Threads.awaitTrue("told", () -> told.stream().anyMatch(what -> what.matches("deadline borrower PT\\S+ 1")));
            assertThat(late.thread.isAlive()).isTrue();
            deaf.countDown();
            assertThat(late.failure()).isInstanceOf(CheckoutException.DeadlinePassed.class);
            assertThat(told).noneMatch(what -> what.startsWith("return"));
        }
    }

    @Test
    @DisplayName("9.4 a listener hears how long it took to make a resource, or to fail to")
    void creations() throws Exception {
        down = true;
        try (CheckoutRig rig = CheckoutRig.starting(
                KIND,
                1,
                number -> {
                    if (down) {
                        throw new IOException("planned: down");
                    }
                },
                options -> options.withListener(new Telling()).withBackoff(Backoff.fixed(SECOND)))) {
            awaitTold("failure PT0S planned: down");
            down = false;
            rig.ticker.awaitParked(1);
            rig.ticker.advance(SECOND);
            settled(rig, 1);
            assertThat(told).containsExactly("failure PT0S planned: down", "create PT0S");
        }
    }

    @Test
    @DisplayName("9.5 a listener hears why a resource was destroyed")
    void destructions() throws Exception {
        try (CheckoutRig rig = telling(2, options -> options.withKeepAlive(Duration.ofMinutes(30)))) {
            rig.pool.evictAll();
            Threads.awaitTrue("both replaced", () -> rig.pool.statistics().created() == 4);
            settled(rig, 2);
            assertThat(told).filteredOn(what -> what.startsWith("destroy")).containsOnly("destroy EVICTED");
            rig.pool.resize(1);
            awaitTold("destroy UNNEEDED");
            assertThat(rig.pool.<Boolean, RuntimeException>use(thing -> thing.well = false))
                    .isFalse();
            Threads.awaitTrue("found out", () -> {
                rig.ticker.advance(Duration.ofMinutes(5));
                return told.contains("destroy BROKEN");
            });
            settled(rig, 1);
        }
        awaitTold("destroy CLOSED");
    }

    @Test
    @DisplayName("9.5 a listener hears of what was destroyed because it was too old")
    void expires() throws Exception {
        try (CheckoutRig rig = telling(1, options -> options.withMaxLifetime(Duration.ofHours(1)))) {
            Lease<Thing> old = rig.pool.checkOut();
            rig.ticker.advance(Duration.ofHours(1));
            old.close();
            awaitTold("destroy EXPIRED");
            assertThat(told).contains("return PT1H");
        }
    }

    @Test
    @DisplayName("9.4 a listener hears of what was made too late")
    void madeTooLate() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        try (CheckoutRig rig = CheckoutRig.starting(
                KIND,
                1,
                number -> {
                    if (number == 1) {
                        Threads.awaitDeaf(slow);
                    }
                },
                options -> options.withListener(new Telling())
                        .withCreateTimeout(SECOND)
                        .withBackoff(Backoff.none()))) {
            Threads.awaitTrue("being made", () -> rig.made.get() == 1);
            rig.ticker.awaitParked(1);
            rig.ticker.advance(SECOND);
            rig.awaitTotal(1);
            slow.countDown();
            awaitTold("destroy LATE");
            assertThat(told).contains("failure PT1S the factory made no resource within PT1S");
        }
    }

    @Test
    @DisplayName("4.5 a listener that throws changes nothing")
    void throwing() throws Exception {
        CheckoutListener broken = new CheckoutListener() {
            @Override
            public void onCheckout(String pool, Duration waited) {
                throw new IllegalStateException("planned");
            }

            @Override
            public void onReturn(String pool, Duration held) {
                throw new AssertionError("planned");
            }
        };
        try (CheckoutRig rig = CheckoutRig.full(KIND, 1, options -> options.withListener(broken))) {
            assertThat(rig.using().result()).isEqualTo(1);
            assertThat(rig.using().result()).isEqualTo(1);
        }
    }

    /** A wait, a timeout, a death, a deadline and a failure. */
    private void play() throws Exception {
        try (CheckoutRig rig = CheckoutRig.starting(
                KIND,
                1,
                number -> {
                    if (number == 1) {
                        throw new IOException("planned: down");
                    }
                },
                options -> options.withBackoff(Backoff.none()))) {
            rig.awaitTotal(1);
            Lease<Thing> lease = rig.pool.checkOut();
            assertThatThrownBy(() -> rig.pool.checkOut(Duration.ZERO))
                    .isInstanceOf(CheckoutException.CheckoutTimeout.class);
            lease.close();
            assertThat(rig.borrowing().result()).isNotNull();
            assertThat(rig.using().result()).isEqualTo(3);
            CountDownLatch used = new CountDownLatch(1);
            Doing<?> late = rig.doing(() -> rig.pool.useWithin(SECOND, thing -> {
                used.countDown();
                new CountDownLatch(1).await();
                return thing;
            }));
            used.await();
            Threads.awaitTrue("late", () -> {
                rig.ticker.advance(SECOND);
                return rig.pool.statistics().deadlines() == 1;
            });
            assertThat(late.failure()).isInstanceOf(CheckoutException.DeadlinePassed.class);
            Thread clock = rig.pool.lending().clock().thread().orElse(null);
            if (clock != null) { // it is told of once the late one has been
                rig.pool.close(Duration.ZERO);
                clock.join();
            }
        }
    }

    @Test
    @DisplayName("9 a flight recording shows waits, refusals, reclaims, deadlines and failures to make")
    void recording() throws Exception {
        Path file = folder.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.selvage.CheckoutWait").withoutThreshold();
            for (String name : List.of("CheckoutRefusal", "CheckoutReclaim", "CheckoutDeadline", "CreationFailure")) {
                recording.enable("dev.selvage." + name);
            }
            recording.start();
            play();
            recording.stop();
            recording.dump(file);
        }
        Map<String, List<RecordedEvent>> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("dev.selvage.C"))
                .peek(event -> assertThat(event.getString("pool")).isEqualTo("pool"))
                .collect(Collectors.groupingBy(event -> event.getEventType().getName()));
        Files.delete(file);
        assertThat(events.get("dev.selvage.CheckoutWait"))
                .anySatisfy(event -> assertThat(event.getBoolean("granted")).isFalse());
        assertThat(events.get("dev.selvage.CheckoutRefusal"))
                .singleElement()
                .satisfies(event -> assertThat(event.getString("why")).isEqualTo("CheckoutTimeout"));
        assertThat(events.get("dev.selvage.CheckoutReclaim")).singleElement().satisfies(event -> {
            assertThat(event.getString("borrower")).isEqualTo("borrower");
            assertThat(event.getInt("resource")).isEqualTo(2);
        });
        assertThat(events.get("dev.selvage.CheckoutDeadline")).singleElement().satisfies(event -> {
            assertThat(event.getDuration("held")).isGreaterThanOrEqualTo(SECOND);
            assertThat(event.getInt("resource")).isEqualTo(3);
        });
        assertThat(events.get("dev.selvage.CreationFailure"))
                .singleElement()
                .satisfies(event -> assertThat(event.getString("cause")).contains("planned: down"));
    }

    @Test
    @DisplayName("9 a recording shows no wait that is shorter than 20 ms, unless asked for it")
    void threshold() throws Exception {
        Path file = folder.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.selvage.CheckoutWait");
            recording.start();
            try (CheckoutRig rig = CheckoutRig.full(KIND, 1)) {
                Lease<Thing> lease = rig.pool.checkOut();
                for (int i = 0; i < 20; i++) {
                    assertThatThrownBy(() -> rig.pool.checkOut(Duration.ZERO))
                            .isInstanceOf(CheckoutException.CheckoutTimeout.class);
                }
                lease.close();
            }
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> waits = RecordingFile.readAllEvents(file);
        Files.delete(file);
        assertThat(waits)
                .filteredOn(event -> event.getEventType().getName().equals("dev.selvage.CheckoutWait"))
                .hasSizeLessThan(20)
                .allSatisfy(event -> assertThat(event.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(20)));
    }
}
