package dev.selvage.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.selvage.exit.ExitReason;
import dev.selvage.exit.Lifetime;
import dev.selvage.process.Mailbox;
import dev.selvage.process.ProcessRef;
import dev.selvage.testing.ThreadKind;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A lease is handed to another thread. */
@ParameterizedClass
@EnumSource(HolderKind.class)
class LeaseHandOverTest extends LocksFixture {

    private <T> Lease<T> handOver(Actor from, Lease<T> lease, Actor to) throws Exception {
        return from.call(() -> lease.handOver(to.thread()));
    }

    @Test
    @DisplayName("7.5 a lease is handed over: the receiver holds the key, and closing the old lease does nothing")
    void theReceiverHolds() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> old = lock(a, "k");
            long token = old.token();

            Lease<String> handed = handOver(a, old, b);

            assertThat(handed.isHeld()).isTrue();
            assertThat(handed.holder().thread()).isSameAs(b.thread());
            assertThat(handed.key()).isEqualTo("k");
            assertThat(handed.token()).isEqualTo(token);
            assertThat(old.isHeld()).isFalse();
            old.close();
            assertThat(locks.holder("k")).containsSame(handed.holder());
            assertThat(tryLock(a, "k")).isEmpty();
            assertThat(tryLock(b, "k")).get().satisfies(Lease::close);
            handed.close();
            assertThat(locks.size()).isZero();
        }
    }

    @Test
    @DisplayName(
            "7.5 the end of the receiver's thread releases what it was handed, even if it never asked for anything")
    void theReceiversEndReleases() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> handed = handOver(a, lock(a, "k"), b);
            Step<Lease<String>> waiting = lockAndWait(actors.start("c"), "k");
            b.crash();
            assertThat(waiting.get().isHeld()).isTrue();
            assertThat(handed.isHeld()).isFalse();
        }
    }

    @Test
    @DisplayName("7.5 the end of the thread that handed over changes nothing")
    void theGiversEndChangesNothing() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> handed = handOver(a, lock(a, "k"), b);
            a.end();
            assertThat(handed.isHeld()).isTrue();
            assertThat(tryLock(actors.start("c"), "k")).isEmpty();
        }
    }

    @Test
    @DisplayName("7.5 waiters keep their places when the key is handed over")
    void waitersKeepTheirPlaces() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> old = lock(a, "k");
            Step<Lease<String>> one = lockAndWait(actors.start("one"), "k");
            Step<Lease<String>> two = lockAndWait(actors.start("two"), "k");
            Lease<String> handed = handOver(a, old, b);
            assertThat(waiters("k")).isEqualTo(2);
            handed.close();
            assertThat(one.get().isHeld()).isTrue();
            assertThat(two.isDone()).isFalse();
            one.get().close();
            assertThat(two.get().isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.5 who has ended, was not started, or was declared exited is handed nothing: the holder keeps it")
    void theDeadReceiveNothing() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor dead = actors.start("dead");
            Actor abandoned = actors.start("abandoned");
            abandoned.call(() -> {
                Lifetime.current().abandon();
                return null;
            });
            dead.end();
            Lease<String> lease = lock(a, "k");
            Thread unstarted = ThreadKind.VIRTUAL.unstarted("unstarted", () -> {});
            for (Thread receiver : List.of(dead.thread(), unstarted, abandoned.thread())) {
                assertThatExceptionOfType(LockException.HandOver.class)
                        .isThrownBy(() -> a.call(() -> lease.handOver(receiver)))
                        .withMessageContaining("which has ended");
                assertThat(lease.isHeld()).isTrue();
                assertThat(tryLock(actors.start("c"), "k")).isEmpty();
                assertThat(tryLock(a, "k")).get().satisfies(Lease::close);
            }
        }
    }

    @Test
    @DisplayName("7.5 one of several leases is not handed over: two threads would hold the key")
    void oneOfSeveral() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> outer = lock(a, "k");
            Lease<String> inner = lock(a, "k");
            for (Lease<String> lease : List.of(outer, inner)) {
                assertThatExceptionOfType(LockException.HandOver.class)
                        .isThrownBy(() -> handOver(a, lease, b))
                        .withMessageContaining("is not the only lease of its holder");
            }
            outer.close();
            Lease<String> handed = handOver(a, inner, b);
            assertThat(handed.isHeld()).isTrue();
            assertThat(inner.isHeld()).isFalse();
            inner.close();
            assertThat(handed.isHeld()).isTrue();
        }
    }

    @Test
    @DisplayName("7.5 who holds exclusively and shares besides hands over neither; who only shares hands that over")
    void sharedLeases() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> exclusive = lock(a, "k");
            Lease<String> shared = a.call(() -> locks.shared().lock("k"));
            for (Lease<String> lease : List.of(exclusive, shared)) {
                assertThatExceptionOfType(LockException.HandOver.class).isThrownBy(() -> handOver(a, lease, b));
                assertThat(lease.isHeld()).isTrue();
            }
            exclusive.close();
            Lease<String> ofC = actors.start("c").call(() -> locks.shared().lock("k"));
            Lease<String> handed = handOver(a, shared, b);
            Lease<String> back = handOver(b, handed, a);
            ofC.close();
            assertThat(locks.holder("k")).map(owner -> owner.thread()).contains(a.thread());
            back.close();
            assertThat(locks.size()).isZero();
        }
    }

    @Test
    @DisplayName("7.5 only the holder hands over, and only a lease that is not over")
    void onlyTheHolder() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> lease = lock(a, "k");
            Lease<String> nested = lock(a, "k");
            assertThatExceptionOfType(LockException.HandOver.class)
                    .isThrownBy(() -> handOver(b, lease, b))
                    .withMessageContaining("only its holder");
            assertThatExceptionOfType(NullPointerException.class)
                    .isThrownBy(() -> a.call(() -> lease.handOver(null)))
                    .withMessage("receiver");
            lease.close();
            nested.close();
            for (Lease<String> over : List.of(lease, nested)) {
                assertThatExceptionOfType(LockException.NotHeld.class).isThrownBy(() -> handOver(a, over, b));
            }
            assertThat(locks.size()).isZero();
        }
    }

    @Test
    @DisplayName("7.5 a lease over several keys is handed over whole, or not at all")
    void several() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<List<String>> all = a.call(() -> locks.lockAll(List.of("x", "y", "z")));
            Lease<String> besides = lock(a, "y");
            assertThatExceptionOfType(LockException.HandOver.class).isThrownBy(() -> handOver(a, all, b));
            assertThat(all.isHeld()).isTrue();
            assertThat(tryLock(b, "x")).isEmpty();
            besides.close();
            long token = all.token();

            Lease<List<String>> handed = handOver(a, all, b);

            assertThat(handed.key()).containsExactly("x", "y", "z");
            assertThat(handed.holder().thread()).isSameAs(b.thread());
            assertThat(handed.token()).isEqualTo(token);
            assertThat(all.isHeld()).isFalse();
            all.close();
            assertThat(locks.size()).isEqualTo(3);
            b.crash();
            awaitFree();
        }
    }

    @Test
    @DisplayName("7.5 a receiver that waits for the key itself has it, once more")
    void theReceiverWaitsForIt() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            Actor b = actors.start("b");
            Lease<String> old = lock(a, "k");
            Step<Lease<String>> waiting = lockAndWait(b, "k");
            Lease<String> handed = handOver(a, old, b);
            assertThat(waiting.get().isHeld()).isTrue();
            handed.close();
            assertThat(tryLock(a, "k")).isEmpty();
            waiting.get().close();
            assertThat(locks.size()).isZero();
        }
    }

    @Test
    @DisplayName("7.5 a process that has not begun yet may receive a lease: its end releases it")
    void aProcessThatHasJustBeenStarted() throws Exception {
        try (Actors actors = new Actors(kind)) {
            Actor a = actors.start("a");
            for (int round = 0; round < 50; round++) {
                Lease<String> lease = lock(a, "k" + round);
                ProcessRef<String> process = actors.scope().start("receiver", Mailbox::receive);
                Lease<String> handed = a.call(() -> lease.handOver(process.thread()));
                assertThat(handed.isHeld()).isTrue();
                process.send("end");
                assertThat(process.join()).isEqualTo(ExitReason.normal());
                assertThat(handed.isHeld()).isFalse();
                assertThat(tryLock(actors.start("b"), "k" + round)).isPresent();
            }
        }
    }
}
