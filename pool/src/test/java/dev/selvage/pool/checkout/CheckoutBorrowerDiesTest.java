package dev.selvage.pool.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.selvage.exit.Lifetime;
import dev.selvage.pool.checkout.CheckoutPool.Lease;
import dev.selvage.pool.checkout.CheckoutRig.Doing;
import dev.selvage.pool.checkout.CheckoutRig.Thing;
import dev.selvage.process.ProcessBody;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of the resource of a borrower that ends without giving it back (rule 9.2, known failure 29). */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class CheckoutBorrowerDiesTest {
    private final ThreadKind kind;

    CheckoutBorrowerDiesTest(ThreadKind kind) {
        this.kind = kind;
    }

    @Test
    @DisplayName(
            "9.2, failure 29 the resource of a dead borrower is destroyed and replaced, and who waits gets the new one")
    void destroyedAndReplaced() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            CountDownLatch die = new CountDownLatch(1);
            AtomicReference<Lease<Thing>> leaked = new AtomicReference<>();
            Doing<?> borrower = rig.doing(() -> {
                leaked.set(rig.pool.checkOut());
                die.await();
                throw new IllegalStateException("planned");
            });
            Threads.awaitTrue("lent", () -> leaked.get() != null);
            Thing orphan = leaked.get().resource();
            Doing<Integer> waiting = rig.using().whenWaiting(1);
            die.countDown();
            assertThat(borrower.failure()).hasMessage("planned");
            assertThat(waiting.result()).isEqualTo(2);
            Threads.awaitTrue("destroyed", () -> orphan.destroyed);
            assertThat(leaked.get().isHeld()).isFalse();
            assertThat(rig.pool.statistics().reclaimed()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("9.2 who comes after the death of the last borrower is served too")
    void comesAfter() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            assertThat(rig.borrowing().result().isHeld()).isTrue();
            assertThat(rig.using().result()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("9.2 what a dead borrower had is lent on as it is, where that is asked for")
    void reused() throws Exception {
        try (CheckoutRig rig =
                CheckoutRig.full(kind, 1, options -> options.withOrphans(CheckoutOptions.Orphans.REUSE))) {
            Thing orphan = rig.borrowing().result().resource();
            assertThat(rig.using().result()).isEqualTo(1);
            assertThat(orphan.resets).hasValue(1); // the one of the second borrower
        }
    }

    @Test
    @DisplayName("9.2 what a dead borrower had is reset and lent on, where that is asked for")
    void reset() throws Exception {
        try (CheckoutRig rig =
                CheckoutRig.full(kind, 1, options -> options.withOrphans(CheckoutOptions.Orphans.RESET))) {
            Thing orphan = rig.borrowing().result().resource();
            assertThat(rig.using().result()).isEqualTo(1);
            assertThat(orphan.resets).hasValue(2);
        }
    }

    @Test
    @DisplayName("9.2 what a dead borrower had and cannot be reset is replaced")
    void cannotBeReset() throws Exception {
        try (CheckoutRig rig =
                CheckoutRig.full(kind, 1, options -> options.withOrphans(CheckoutOptions.Orphans.RESET))) {
            Doing<?> borrower = rig.doing(() -> {
                rig.pool.checkOut().resource().resettable = false;
                return "leaked";
            });
            assertThat(borrower.result()).isEqualTo("leaked");
            assertThat(rig.using().result()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("9.2 a death is noticed where nobody waits and nobody comes")
    void noticedAnyway() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            CountDownLatch die = new CountDownLatch(1);
            Doing<?> borrower = rig.doing(() -> {
                Lease<Thing> leaked = rig.pool.checkOut();
                die.await();
                return leaked;
            });
            Threads.awaitTrue("lent", () -> rig.pool.statistics().leased() == 1);
            rig.ticker.awaitParked(1); // the keeper makes its rounds
            rig.ticker.advance(Duration.ofMillis(20));
            die.countDown();
            assertThat(borrower.failure()).isNull();
            Threads.awaitTrue("replaced", () -> rig.pool.statistics().created() == 2);
        }
    }

    @Test
    @DisplayName("4.2, 9.2 who learns of the end of a process finds its resource taken back")
    void processThatEnds() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1);
                ProcessScope scope = ProcessScope.open("test")) {
            AtomicReference<Lease<Thing>> leaked = new AtomicReference<>();
            ProcessRef<?> borrower = scope.run("borrower", () -> {
                leaked.set(rig.pool.checkOut());
                throw new IllegalStateException("planned");
            });
            borrower.join();
            assertThat(leaked.get().isHeld()).isFalse();
            assertThat(rig.pool.statistics().leased()).isZero();
            assertThat(rig.using().result()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("9.2 of two processes that borrowed the same resource in turn, only the last one's end takes it back")
    void processesInTurn() throws Exception {
        try (CheckoutRig rig =
                        CheckoutRig.full(kind, 1, options -> options.withOrphans(CheckoutOptions.Orphans.REUSE));
                ProcessScope scope = ProcessScope.open("test")) {
            ProcessBody<String> body = mailbox -> {
                for (String word = mailbox.receive(); !word.equals("end"); word = mailbox.receive()) {
                    Lease<Thing> lease = rig.pool.checkOut();
                    if (word.equals("use")) {
                        lease.close();
                    }
                }
            };
            ProcessRef<String> one = scope.start("one", body);
            ProcessRef<String> other = scope.start("other", body);
            one.send("use");
            Threads.awaitTrue("used", () -> rig.pool.statistics().checkouts() == 1);
            Threads.awaitTrue("back", () -> rig.pool.statistics().leased() == 0);
            other.send("keep");
            Threads.awaitTrue("kept", () -> rig.pool.statistics().leased() == 1);
            one.send("end");
            one.join();
            assertThat(rig.pool.statistics().leased()).isEqualTo(1);
            other.send("end");
            other.join();
            assertThat(rig.pool.statistics().leased()).isZero();
            assertThat(rig.pool.statistics().reclaimed()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("4.3, 9.2 an abandoned borrower keeps its resource until its thread ends, and borrows nothing more")
    void abandoned() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1)) {
            CountDownLatch release = new CountDownLatch(1);
            AtomicReference<Lease<Thing>> kept = new AtomicReference<>();
            AtomicReference<Throwable> refused = new AtomicReference<>();
            ProcessRef<?> borrower;
            Doing<Integer> waiting;
            try (ProcessScope scope = ProcessScope.open("test")) {
                borrower = scope.run("borrower", () -> {
                    kept.set(rig.pool.checkOut());
                    Threads.awaitDeaf(release);
                    try {
                        kept.get().close();
                        rig.pool.checkOut(Duration.ofSeconds(1));
                    } catch (Throwable failure) {
                        refused.set(failure);
                    }
                });
                Threads.awaitTrue("lent", () -> kept.get() != null);
                borrower.shutdown(Duration.ZERO, Duration.ZERO);
                assertThat(borrower.isAbandoned()).isTrue();
                waiting = rig.using().whenWaiting(1);
                assertThat(kept.get().isHeld()).isTrue();
                release.countDown();
            }
            assertThat(waiting.result()).isEqualTo(1);
            borrower.thread().join();
            assertThat(refused.get()).isInstanceOf(CheckoutException.class).hasMessageContaining("declared exited");
        }
    }

    @Test
    @DisplayName("7.5, 9.2 a lease that is handed over is the receiver's, whose end takes the resource back")
    void handedOver() throws Exception {
        try (CheckoutRig rig =
                CheckoutRig.full(kind, 1, options -> options.withOrphans(CheckoutOptions.Orphans.REUSE))) {
            CountDownLatch die = new CountDownLatch(1);
            Doing<String> receiver = rig.doing(() -> {
                die.await();
                return "ended";
            });
            Lease<Thing> handed;
            try (Lease<Thing> own = rig.pool.checkOut()) {
                handed = own.handOver(receiver.thread);
                assertThatThrownBy(own::resource).isInstanceOf(CheckoutException.StaleLease.class);
                assertThatThrownBy(() -> own.handOver(receiver.thread))
                        .isInstanceOf(CheckoutException.StaleLease.class);
            }
            assertThat(handed.isHeld()).isTrue();
            assertThat(rig.pool.holders())
                    .singleElement()
                    .satisfies(holder -> assertThat(holder.thread()).isSameAs(receiver.thread));
            assertThatThrownBy(() -> handed.handOver(Thread.currentThread()))
                    .isInstanceOf(CheckoutException.class)
                    .hasMessageContainingAll("only its borrower", "'borrower'");
            Doing<Integer> waiting = rig.using().whenWaiting(1);
            die.countDown();
            assertThat(waiting.result()).isEqualTo(1);
            assertThat(receiver.result()).isEqualTo("ended");
            assertThat(handed.isHeld()).isFalse();
        }
    }

    @Test
    @DisplayName("7.5, 9.2 nothing is handed to the dead: the caller is told, and keeps it")
    void handedToTheDead() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1);
                ProcessScope scope = ProcessScope.open("test")) {
            Doing<String> dead = rig.doing(() -> "ended");
            assertThat(dead.result()).isEqualTo("ended");
            ProcessRef<?> process = scope.run("dead", () -> {});
            process.thread().join(); // once its thread has ended: shortly before, it is handed over and comes back
            try (Lease<Thing> own = rig.pool.checkOut()) {
                for (Thread receiver : List.of(dead.thread, process.thread())) {
                    assertThatThrownBy(() -> own.handOver(receiver))
                            .isInstanceOf(CheckoutException.class)
                            .hasMessageContaining("has ended");
                }
                own.resource().use();
            }
            assertThat(rig.using().result()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("7.5, 9.2 a process that was given a resource gives it back by its exit")
    void handedToAProcess() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1);
                ProcessScope scope = ProcessScope.open("test")) {
            ProcessRef<Lease<Thing>> worker = scope.start(
                    "worker", mailbox -> mailbox.receive().resource().use());
            Lease<Thing> own = rig.pool.checkOut();
            worker.send(own.handOver(worker.thread()));
            worker.join();
            assertThat(rig.pool.statistics().leased()).isZero();
            assertThat(rig.using().result()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("9.2 a borrower that lives on keeps nothing of the resources that were replaced meanwhile")
    void keepsNothing() throws Exception {
        try (CheckoutRig rig = CheckoutRig.full(kind, 1);
                ProcessScope scope = ProcessScope.open("test")) {
            ProcessBody<String> body = mailbox -> {
                for (String word = mailbox.receive(); !word.equals("end"); word = mailbox.receive()) {
                    rig.pool.checkOut().discard();
                }
            };
            ProcessRef<String> borrower = scope.start("borrower", body);
            for (int i = 0; i < 10; i++) {
                borrower.send("discard");
            }
            Threads.awaitTrue("ten", () -> rig.pool.statistics().destroyed() == 10);
            Lifetime lifetime = Objects.requireNonNull(Lifetime.of(borrower.thread()));
            assertThat(lifetime.hooks(PooledResource.class)).isEmpty();
            borrower.send("end");
            borrower.join();
        }
    }
}
