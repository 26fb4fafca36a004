package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.selvage.pool.checkout.CheckoutPool.Lease;
import dev.selvage.pool.checkout.CheckoutRig.Doing;
import dev.selvage.pool.checkout.CheckoutRig.Thing;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import dev.selvage.time.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Resources whose factory tells that they have broken (rule 9.1). */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class CheckoutBrokenTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final IOException RESET = new IOException("planned: reset by peer");

    private final ThreadKind kind;

    CheckoutBrokenTest(ThreadKind kind) {
        this.kind = kind;
    }

    private static Thing anyOf(CheckoutRig rig) {
        return rig.living.iterator().next();
    }

    /** Those that break from now on have held for long enough to be replaced at once. */
    private static void letHold(CheckoutRig rig) {
        rig.ticker.advance(SECOND);
    }

    private static void awaitReplaced(CheckoutRig rig, Thing broken) {
        Threads.awaitTrue("it is destroyed", () -> broken.destroyed);
        rig.awaitTotal(rig.pool.size());
    }

    @Test
    @DisplayName("9.1 an idle resource that breaks is destroyed and replaced while nobody asks")
    void idle() throws Exception {
        for (CheckoutOptions.Reuse reuse : CheckoutOptions.Reuse.values()) {
            try (CheckoutRig rig = CheckoutRig.full(kind, 3, options -> options.withReuse(reuse))) {
                Thing broken = anyOf(rig);
                broken.broken.accept(RESET);
                awaitReplaced(rig, broken);
                rig.awaitLiving(3);
                try (Lease<Thing> one = rig.pool.checkOut();
                        Lease<Thing> two = rig.pool.checkOut();
                        Lease<Thing> three = rig.pool.checkOut()) {
                    assertThat(List.of(one.resource(), two.resource(), three.resource()))
                            .doesNotHaveDuplicates()
                            .doesNotContain(broken);
                }
                assertThat(rig.made).hasValue(4);
            }
        }
    }

    @Test
    @DisplayName(
            "9.1 one that breaks while it is lent is replaced at once for who waits; its lease is over and says why")
    void lent() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            Lease<Thing> lease = rig.pool.checkOut();
            Thing broken = lease.resource();
            Doing<Integer> waiting = rig.using().whenWaiting(1);
            broken.broken.accept(RESET);
            assertThat(waiting.result()).as("served by the replacement").isEqualTo(2);
            assertThat(lease.isHeld()).isFalse();
            assertThatThrownBy(lease::resource)
                    .isInstanceOf(CheckoutException.StaleLease.class)
                    .hasMessageContaining("since it broke: " + RESET)
                    .hasCause(RESET);
            lease.close();
            assertThat(rig.pool.statistics().leased()).isZero();
            awaitReplaced(rig, broken);
            assertThat(rig.using().result()).isEqualTo(2);
            assertThat(broken.resets).as("resets of what is not put back").hasValue(0);
        }
    }

    @Test
    @DisplayName("9.1 one that breaks while it is checked is not put back, however the check comes out")
    void whileChecked() throws Exception {
        CountDownLatch checking = new CountDownLatch(1);
        CountDownLatch broke = new CountDownLatch(1);
        try (CheckoutRig rig =
                CheckoutRig.full(kind, 1, options -> options.withOrphans(CheckoutOptions.Orphans.RESET))) {
            Thing broken = anyOf(rig);
            rig.resetting = thing -> {
                checking.countDown();
                broke.await();
            };
            rig.borrowing().result(); // and has ended
            Doing<Integer> waiting = rig.using(); // so the resource is taken back, and reset by the pool
            checking.await();
            broken.broken.accept(RESET);
            rig.resetting = thing -> {};
            broke.countDown();
            assertThat(waiting.result()).isEqualTo(2);
            awaitReplaced(rig, broken);
        }
    }

    @Test
    @DisplayName(
            "9.1 one that has broken when it is given back is replaced; what is told twice or too late is not heard")
    void toldAgain() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            letHold(rig);
            rig.resetting = thing -> thing.broken.accept(RESET); // at the very moment at which it is given back
            assertThat(rig.using().result()).isEqualTo(1);
            rig.resetting = thing -> {};
            assertThat(rig.using().result()).isEqualTo(2);
            Thing second = anyOf(rig);
            try (Lease<Thing> lease = rig.pool.checkOut()) {
                lease.discard();
            }
            awaitReplaced(rig, second);
            second.broken.accept(RESET);
            Thing third = anyOf(rig);
            third.broken.accept(RESET);
            third.broken.accept(new IOException("planned: again"));
            awaitReplaced(rig, third);
            assertThat(rig.using().result()).isEqualTo(4);
            assertThat(rig.made).hasValue(4);
            assertThat(catchThrowable(() -> third.broken.accept(null))).hasMessage("why");
        }
    }

    @Test
    @DisplayName("9.1 one that has broken before the pool has it is never lent")
    void brokenFromTheStart() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (CheckoutRig rig = CheckoutRig.starting(kind, 1, number -> go.await(), options -> options)) {
            rig.watching = thing -> {
                if (thing.number == 1) {
                    thing.broken.accept(RESET);
                }
            };
            go.countDown();
            assertThat(rig.using().result()).isEqualTo(2);
            rig.awaitLiving(1);
        }
    }

    @Test
    @DisplayName("9.4 one that cannot be watched is destroyed, and counts as not made")
    void notWatched() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (CheckoutRig rig = CheckoutRig.starting(
                kind, 1, number -> go.await(), options -> options.withBackoff(Backoff.fixed(SECOND)))) {
            rig.watching = thing -> {
                throw RESET;
            };
            go.countDown();
            Threads.awaitTrue(
                    "an attempt has failed", () -> rig.pool.lastFailure().isPresent());
            assertThat(rig.pool.lastFailure()).contains(RESET);
            rig.awaitLiving(0);
            rig.watching = thing -> {};
            rig.ticker.awaitParked(1);
            rig.ticker.advance(SECOND);
            assertThat(rig.using().result()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("9.4 those that break as soon as they are made are made anew after pauses, but for the first")
    void backsOff() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1, options -> options.withBackoff(Backoff.fixed(SECOND)))) {
            breakAndAwait(rig, 2);
            for (int number = 3; number < 6; number++) {
                anyOf(rig).broken.accept(RESET);
                rig.awaitLiving(0);
                rig.awaitTotal(0);
                rig.ticker.awaitParked(1);
                assertThat(rig.made).as("made before the pause is over").hasValue(number - 1);
                assertThat(rig.pool.lastFailure()).contains(RESET);
                rig.ticker.advance(SECOND);
                rig.awaitTotal(1);
            }
            assertThat(rig.pool.lastFailure()).isEmpty();
            letHold(rig);
            breakAndAwait(rig, 6); // it held
            breakAndAwait(rig, 7); // the first again
        }
    }

    private static void breakAndAwait(CheckoutRig rig, int made) {
        Thing broken = anyOf(rig);
        broken.broken.accept(RESET);
        awaitReplaced(rig, broken);
        assertThat(rig.made).hasValue(made);
        rig.awaitLiving(rig.pool.size());
    }

    @Test
    @DisplayName("9.4 those that were made together and break together count once, and are all replaced at once")
    void togetherCountOnce() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 4, options -> options.withBackoff(Backoff.fixed(SECOND)))) {
            List<Thing> all = List.copyOf(rig.living);
            all.forEach(thing -> thing.broken.accept(RESET));
            all.forEach(thing -> awaitReplaced(rig, thing));
            rig.awaitLiving(4);
            assertThat(rig.made).hasValue(8);
        }
    }

    @Test
    @DisplayName("9.6 when all break as soon as they are made, who waits in vain is told why")
    void waitersAreTold() throws Exception {
        try (CheckoutRig rig =
                CheckoutRig.full(kind, 1, options -> options.withBackoff(Backoff.fixed(CheckoutRig.LONG)))) {
            breakAndAwait(rig, 2);
            anyOf(rig).broken.accept(RESET);
            rig.awaitTotal(0);
            assertThatThrownBy(() -> rig.pool.checkOut(Duration.ZERO))
                    .isInstanceOf(CheckoutException.CreationFailed.class)
                    .hasCause(RESET);
        }
    }

    @Test
    @DisplayName("9.7 one that breaks while the pool waits for it to come back ends that wait")
    void whileClosing() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            Lease<Thing> lease = rig.pool.checkOut();
            Thing broken = lease.resource();
            Doing<Boolean> closing = rig.doing(() -> {
                rig.pool.close(CheckoutRig.LONG);
                return lease.isHeld();
            });
            Threads.awaitState(closing.thread, Thread.State.WAITING, Thread.State.TIMED_WAITING);
            broken.broken.accept(RESET);
            assertThat(closing.result()).isFalse();
            assertThat(broken.destroyed).isTrue();
        }
    }
}
