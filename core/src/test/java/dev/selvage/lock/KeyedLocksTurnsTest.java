package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Waiting for a key: whose turn it is, and how a wait ends without one. */
@ParameterizedClass
@EnumSource(HolderKind.class)
class KeyedLocksTurnsTest extends LocksFixture {

    @Test
    @DisplayName("7.2 a release hands the key to the waiter, before the release returns")
    void releaseHandsOver() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> ofA = lock(a, "k");
            Step<Lease<String>> ofB = lockAndWait(b, "k");

            ofA.close();

            assertThat(locks.holder("k").orElseThrow().thread()).isSameAs(b.thread());
            assertThat(ofA.isHeld()).isFalse();
            assertThat(ofB.get().isHeld()).isTrue();
            assertThat(locks.size()).isEqualTo(1);
            ofB.get().close();
            assertThat(locks.size()).isZero();
        }
    }

    @Test
    @DisplayName("7.2 waiters are served in the order in which they came")
    void firstComeFirstServed() throws Exception {
        try (Actors actors = new Actors(kind)) {
            ConcurrentLinkedQueue<Integer> served = new ConcurrentLinkedQueue<>();
            Lease<String> first = lock(actors.start("holder"), "k");
            List<Integer> order = new ArrayList<>();
            List<Step<Integer>> steps = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                int number = i;
                order.add(number);
                steps.add(actors.start("waiter-" + number)
                        .beginAndPark(() -> locks.withLock("k", () -> {
                            served.add(number);
                            return number;
                        })));
            }
            assertThat(waiters("k")).isEqualTo(20);
            first.close();
            for (Step<Integer> step : steps) {
                step.get();
            }
            assertThat(served).containsExactlyElementsOf(order);
        }
    }

    @Test
    @DisplayName("7.2 a key with waiters is refused to whoever tries, but not to its holder")
    void nobodyOvertakes() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Actor c = actors.start("c");
            Lease<String> ofA = lock(a, "k");
            Step<Lease<String>> ofB = lockAndWait(b, "k");

            assertThat(tryLock(c, "k")).isEmpty();
            Lease<String> again = tryLock(a, "k").orElseThrow();
            ofA.close();
            assertThat(tryLock(c, "k")).isEmpty();
            assertThat(ofB.isDone()).isFalse();
            again.close();
            assertThat(tryLock(c, "k")).isEmpty();
            assertThat(tryLock(a, "k")).isEmpty();
            ofB.get().close();
            assertThat(tryLock(c, "k")).isPresent();
        }
    }

    @Test
    @DisplayName("7.3 a wait with a timeout ends when its time is over, and not before")
    void timeout() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> lease = lock(a, "k");
            Step<Optional<Lease<String>>> step = b.begin(() -> locks.lock("k", Duration.ofSeconds(5)));
            ticker.awaitParked(1);

            ticker.advance(Duration.ofSeconds(5).minusNanos(1));
            ticker.awaitParked(1);
            assertThat(step.isDone()).isFalse();
            assertThat(waiters("k")).isEqualTo(1);
            ticker.advance(Duration.ofNanos(1));

            assertThat(step.get()).isEmpty();
            assertThat(waiters("k")).isZero();
            assertThat(lease.isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.3 a wait with a timeout ends with the lease when the key is released in time")
    void grantedInTime() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> lease = lock(a, "k");
            Step<Optional<Lease<String>>> step = b.begin(() -> locks.lock("k", Duration.ofDays(1)));
            ticker.awaitParked(1);
            ticker.advance(Duration.ofHours(23));

            lease.close();

            assertThat(step.get()).get().matches(Lease::isHeld);
        }
    }

    @Test
    @DisplayName("12 a timeout longer than the clock counts is a wait for ever")
    void endlessTimeout() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> lease = lock(a, "k");
            Step<Optional<Lease<String>>> step =
                    b.beginAndPark(() -> locks.lock("k", Duration.ofSeconds(Long.MAX_VALUE)));
            ticker.advance(Duration.ofDays(365));
            lease.close();
            assertThat(step.get()).isPresent();
        }
    }

    @Test
    @DisplayName("7.3 an interrupt ends the wait: the flag is cleared, nothing is held, the others keep their places")
    void interrupt() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Actor c = actors.start("c");
            Lease<String> ofA = lock(a, "k");
            Lease<String> other = lock(b, "other");
            Step<Boolean> ofB = b.beginAndPark(() -> {
                try {
                    locks.lock("k");
                    return false;
                } catch (InterruptedException e) {
                    return !Thread.currentThread().isInterrupted();
                }
            });
            Step<Lease<String>> ofC = lockAndWait(c, "k");

            b.thread().interrupt();

            assertThat(ofB.get()).isTrue();
            assertThat(waiters("k")).isEqualTo(1);
            assertThat(ofA.isHeld()).isTrue();
            assertThat(other.isHeld()).isTrue();
            assertThat(ofC.isDone()).isFalse();
            ofA.close();
            assertThat(ofC.get().isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("12 a thread that is interrupted already is refused at once, also a free key and one of its own")
    void interruptedBefore() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            lock(a, "own");
            for (String key : List.of("free", "own")) {
                assertThatExceptionOfType(InterruptedException.class)
                        .isThrownBy(() -> a.call(() -> {
                            Thread.currentThread().interrupt();
                            return locks.lock(key);
                        }));
                assertThatExceptionOfType(InterruptedException.class)
                        .isThrownBy(() -> a.call(() -> {
                            Thread.currentThread().interrupt();
                            return locks.lock(key, Duration.ZERO);
                        }));
                assertThatExceptionOfType(InterruptedException.class)
                        .isThrownBy(() -> a.call(() -> {
                            Thread.currentThread().interrupt();
                            return locks.withLock(key, () -> 1);
                        }));
            }
            assertThat(a.call(Thread::interrupted)).isFalse();
            assertThat(locks.isLocked("free")).isFalse();
            assertThat(locks.size()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("12 tryLock takes no notice of an interrupt, and close keeps the flag too")
    void tryLockAndCloseIgnoreInterrupts() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            lock(b, "held");
            boolean flagged = a.call(() -> {
                Thread.currentThread().interrupt();
                Lease<String> lease = locks.tryLock("k").orElseThrow();
                assertThat(locks.tryLock("held")).isEmpty();
                lease.close();
                return Thread.interrupted();
            });
            assertThat(flagged).isTrue();
            assertThat(locks.size()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "7.3 whoever leaves the queue, at its head, in its middle or at its end, the others are served in order")
    void leavingAnywhere() throws Exception {
        try (Actors actors = new Actors(kind)) {
            ConcurrentLinkedQueue<Integer> served = new ConcurrentLinkedQueue<>();
            Lease<String> first = lock(actors.start("holder"), "k");
            List<Actor> waiting = new ArrayList<>();
            List<Step<Object>> steps = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                int number = i;
                Actor actor = actors.start("waiter-" + i);
                waiting.add(actor);
                steps.add(actor.beginAndPark(() -> locks.withLock("k", () -> served.add(number))));
            }
            for (int leaving : List.of(3, 0, 6, 4)) {
                waiting.get(leaving).thread().interrupt();
                assertThatExceptionOfType(InterruptedException.class).isThrownBy(steps.get(leaving)::get);
            }
            assertThat(waiters("k")).isEqualTo(3);
            first.close();
            for (int staying : List.of(1, 2, 5)) {
                steps.get(staying).get();
            }
            assertThat(served).containsExactly(1, 2, 5);
        }
    }

    @Test
    @DisplayName("7.3 when all waiters have left, the release frees the key")
    void allLeft() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> lease = lock(a, "k");
            Step<Lease<String>> step = lockAndWait(b, "k");
            b.thread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(step::get);

            lease.close();

            assertThat(locks.size()).isZero();
            assertThat(tryLock(b, "k")).isPresent();
        }
    }

    @Test
    @DisplayName("7.1 a waiter that is granted the key may lock it again, and close from the outside in")
    void aServedWaiterIsReentrant() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Actor c = actors.start("c");
            Lease<String> ofA = lock(a, "k");
            Step<Lease<String>> outer = lockAndWait(b, "k");
            Step<Lease<String>> ofC = lockAndWait(c, "k");
            ofA.close();
            Lease<String> inner = lock(b, "k");
            outer.get().close();
            assertThat(ofC.isDone()).isFalse();
            assertThat(inner.isHeld()).isTrue();
            inner.close();
            assertThat(ofC.get().isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.3 a lease that was closed by another thread while its holder waits elsewhere is over for both")
    void closedByOthersWhileWaiting() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> ofA = lock(a, "mine");
            Lease<String> ofB = lock(b, "other");
            Step<Lease<String>> step = lockAndWait(a, "other");
            ofA.close();
            assertThat(tryLock(b, "mine")).isPresent();
            ofB.close();
            assertThat(step.get().isHeld()).isTrue();
            assertThat(ofA.isHeld()).isFalse();
        }
    }
}
