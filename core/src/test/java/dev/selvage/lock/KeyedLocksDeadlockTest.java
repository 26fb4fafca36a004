package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Threads that wait for each other's keys. The clock of the locks stands still: nothing here is found by its time. */
@ParameterizedClass
@EnumSource(HolderKind.class)
class KeyedLocksDeadlockTest extends LocksFixture {
    private final KeyedLocks<Integer> others = KeyedLocks.create("numbers", options -> options.withTicker(ticker));

    @Test
    @DisplayName("7.4 the waiter that closes a cycle of two fails at once; the message names threads and keys")
    void two() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor ada = actors.start("ada");
            Actor bob = actors.start("bob");
            Lease<String> x = lock(ada, "x");
            Lease<String> y = lock(bob, "y");
            Step<Lease<String>> waiting = lockAndWait(ada, "y");

            assertThatExceptionOfType(LockException.Deadlock.class)
                    .isThrownBy(() -> lock(bob, "x"))
                    .withMessage("deadlock: bob waits for key x of keyed locks users, held by ada; ada waits for key y"
                            + " of keyed locks users, held by bob. The call of bob has failed; bob keeps"
                            + " what it held before, and the others wait until it gives that back");

            assertThat(y.isHeld()).isTrue();
            assertThat(x.isHeld()).isTrue();
            assertThat(waiters("x")).isZero();
            assertThat(waiting.isDone()).isFalse();
            y.close();
            assertThat(waiting.get().isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.4 a cycle of many is found by the one that closes it, and all of it is named")
    void many() throws Exception {
        try (Actors actors = new Actors(kind)) {
            int count = 12;
            List<Actor> ring = new ArrayList<>();
            List<Lease<String>> held = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                ring.add(actors.start("actor-" + i));
                held.add(lock(ring.get(i), "key-" + i));
            }
            List<Step<Lease<String>>> steps = new ArrayList<>();
            for (int i = 0; i < count - 1; i++) {
                steps.add(lockAndWait(ring.get(i), "key-" + (i + 1)));
            }
            assertThatExceptionOfType(LockException.Deadlock.class)
                    .isThrownBy(() -> lock(ring.get(count - 1), "key-0"))
                    .satisfies(found -> {
                        for (int i = 0; i < count; i++) {
                            assertThat(found.getMessage()).contains("actor-" + i + " waits for key key-");
                        }
                    });
            held.get(count - 1).close();
            for (int i = count - 2; i >= 0; i--) {
                steps.get(i).get().close();
                held.get(i).close();
            }
        }
    }

    @Test
    @DisplayName("7.4 a wait with a timeout that closes a cycle fails too, and does not wait for its time")
    void withTimeout() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            lock(a, "x");
            Lease<String> y = lock(b, "y");
            Step<Optional<Lease<String>>> waiting = a.begin(() -> locks.lock("y", Duration.ofSeconds(9)));
            ticker.awaitParked(1);
            assertThatExceptionOfType(LockException.Deadlock.class)
                    .isThrownBy(() -> b.call(() -> locks.lock("x", Duration.ofSeconds(9))));
            assertThat(b.call(() -> locks.lock("x", Duration.ZERO))).isEmpty();
            assertThat(tryLock(b, "x")).isEmpty();
            y.close();
            assertThat(waiting.get()).isPresent();
        }
    }

    @Test
    @DisplayName("7.4 a cycle through several sets of locks is found")
    void acrossSets() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<Integer> seven = a.call(() -> others.lock(7));
            Lease<String> y = lock(b, "y");
            Step<Lease<String>> waiting = lockAndWait(a, "y");
            assertThatExceptionOfType(LockException.Deadlock.class)
                    .isThrownBy(() -> b.call(() -> others.lock(7)))
                    .withMessageContaining("b waits for key 7 of keyed locks numbers, held by a")
                    .withMessageContaining("a waits for key y of keyed locks users, held by b");
            y.close();
            assertThat(waiting.get().isHeld()).isTrue();
            seven.close();
            assertThat(others.size()).isZero();
        }
    }

    @Test
    @DisplayName("7.4 everybody who shares a key is waited for: a cycle through any of them is found")
    void throughASharer() throws Exception {
        try (Actors actors = new Actors(kind)) {
            List<Lease<String>> shares = new ArrayList<>();
            List<Actor> sharers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                sharers.add(actors.start("sharer-" + i));
                shares.add(sharers.get(i).call(() -> locks.shared().lock("x")));
            }
            Actor writer = actors.start("writer");
            Lease<String> y = lock(writer, "y");
            Step<Lease<String>> waiting = lockAndWait(sharers.get(2), "y");
            assertThatExceptionOfType(LockException.Deadlock.class)
                    .isThrownBy(() -> lock(writer, "x"))
                    .withMessageContaining("writer waits for key x of keyed locks users, held by sharer-2");
            y.close();
            waiting.get().close();
            shares.forEach(Lease::close);
        }
    }

    @Test
    @DisplayName("7.4 who would share waits for those before it too: a cycle through the queue is found")
    void throughTheQueue() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor sharer = actors.start("sharer");
            Actor late = actors.start("late");
            Lease<String> share = sharer.call(() -> locks.shared().lock("x"));
            Lease<String> y = lock(late, "y");
            Step<Lease<String>> writer = lockAndWait(actors.start("writer"), "x");
            Step<Lease<String>> waiting = lockAndWait(sharer, "y");
            // it could share x with the sharer, if the writer were not before it
            assertThatExceptionOfType(LockException.Deadlock.class)
                    .isThrownBy(() -> late.call(() -> locks.shared().lock("x")))
                    .withMessageContaining("late waits for key x of keyed locks users, held by sharer");
            y.close();
            waiting.get().close();
            share.close();
            assertThat(writer.get().isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.4 a cycle that a hand-over closes is found by the receiver, which waits in it")
    void throughAHandOver() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor giver = actors.start("giver");
            Actor receiver = actors.start("receiver");
            Actor third = actors.start("third");
            Lease<String> x = lock(giver, "x");
            Lease<String> y = lock(third, "y");
            Step<Lease<String>> waitsForY = receiver.beginAndPark(() -> locks.lock("y"));
            Step<Lease<String>> waitsForX = lockAndWait(third, "x");

            Lease<String> handed = giver.call(() -> x.handOver(receiver.thread()));

            assertThatExceptionOfType(LockException.Deadlock.class)
                    .isThrownBy(waitsForY::get)
                    .withMessageContaining("receiver waits for key y of keyed locks users, held by third")
                    .withMessageContaining("third waits for key x of keyed locks users, held by receiver");
            assertThat(handed.isHeld()).isTrue();
            handed.close();
            assertThat(waitsForX.get().isHeld()).isTrue();
            y.close();
        }
    }

    @Test
    @DisplayName("7.4 several keys at once that would close a cycle: none of them is kept, what was held before is")
    void severalAtOnce() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            lock(a, "x");
            Lease<String> y = lock(b, "y");
            Step<Lease<String>> waiting = lockAndWait(a, "y");
            assertThatExceptionOfType(LockException.Deadlock.class)
                    .isThrownBy(() -> b.call(() -> locks.lockAll(List.of("a", "b", "x"))));
            assertThat(locks.size()).isEqualTo(2);
            assertThat(y.isHeld()).isTrue();
            y.close();
            assertThat(waiting.get().isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.4 a long chain of waits that leads to somebody who runs is no deadlock")
    void aChainIsNoCycle() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Lease<String> first = lock(actors.start("first"), "key-0");
            List<Step<Lease<String>>> steps = new ArrayList<>();
            for (int i = 1; i < 12; i++) {
                Actor actor = actors.start("actor-" + i);
                lock(actor, "key-" + i);
                steps.add(lockAndWait(actor, "key-" + (i - 1)));
            }
            steps.forEach(step -> assertThat(step.isDone()).isFalse());
            first.close();
            actors.close();
            Threads.awaitTrue("all served", () -> steps.stream().allMatch(Step::isDone));
            for (Step<Lease<String>> step : steps) {
                assertThat(step.get().isHeld()).isFalse();
            }
        }
    }

    @Test
    @DisplayName("16 two threads that lock two keys crosswise do not wait for a timeout: one is told, the other served")
    void crosswise() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            for (int round = 0; round < 50; round++) {
                Step<Boolean> one = a.begin(() -> lockBoth("x", "y"));
                Step<Boolean> two = b.begin(() -> lockBoth("y", "x"));
                boolean first = one.get();
                boolean second = two.get();
                assertThat(first || second).isTrue();
                assertThat(locks.size()).isZero();
            }
        }
    }

    private boolean lockBoth(String first, String second) throws InterruptedException {
        try (Lease<String> outer = locks.lock(first);
                Lease<String> inner = locks.lock(second)) {
            assertThat(outer.isHeld() && inner.isHeld()).isTrue();
            return true;
        } catch (LockException.Deadlock refused) {
            assertThat(refused).hasMessageStartingWith("deadlock: ");
            return false;
        }
    }
}
