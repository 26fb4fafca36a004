package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.process.ProcessRef;
import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of everything that a member has when its process ends (rules 4.2, 4.3, 10.2). */
@ParameterizedClass
@EnumSource(ThreadKind.class)
class MemberDeathTest {
    private final ThreadKind kind;

    MemberDeathTest(ThreadKind kind) {
        this.kind = kind;
    }

    private static ProcessRef<?> process(Rig rig, int member) {
        String[] path = {"pool-connections", "pool-" + member};
        Threads.awaitTrue("the tree shows it", () -> rig.tree.child(path).isPresent());
        return rig.tree.child(path).orElseThrow();
    }

    @Test
    @DisplayName(
            "4.2 the requests in flight of a killed member fail at once, and its entry is gone before they hear of it")
    void killed() throws Exception {
        try (Rig rig = Rig.connected(kind, 1)) {
            for (int round = 0; round < 3; round++) {
                FakePeer.Line line = rig.peer.awaitLine();
                ProcessRef<?> before = process(rig, 0);
                AtomicInteger seen = new AtomicInteger(-1);
                Thread caller = kind.unstarted("caller", () -> {
                    try {
                        rig.pool.request("PING");
                    } catch (RoutingException.Disconnected told) {
                        seen.set((int) Objects.requireNonNull(rig.pool.registry()).view(RoutingPool.KEY).stream()
                                .filter(entry -> entry.owner() == before)
                                .count());
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
                caller.start();
                rig.peer.awaitSent();
                Threads.awaitTrue("it reads", () -> line.reader != null);
                before.kill();
                caller.join();
                assertThat(seen).hasValue(0);
                before.join();
                assertThat(line.closes).hasValue(1);
                Objects.requireNonNull(line.reader).join();
                assertThat(rig.pool.awaitReady(1, Rig.LONG)).isTrue();
                assertThat(process(rig, 0)).isNotSameAs(before);
            }
        }
    }

    @Test
    @DisplayName("10.5 when one member dies the others keep their connections and their requests")
    void othersStay() throws Exception {
        Routing first = (members, any) -> 0;
        try (Rig rig = Rig.connected(kind, 3, options -> options.withRouting(first))) {
            Rig.Asking asking = rig.ask("PING");
            FakePeer.Sent sent = rig.peer.awaitSent();
            for (int member = 0; member < 3; member++) {
                if (member != sent.line().member) {
                    process(rig, member).kill();
                }
            }
            sent.answer("PONG");
            assertThat(asking.answer()).isEqualTo("PONG");
            assertThat(rig.pool.awaitReady(3, Rig.LONG)).isTrue();
            assertThat(sent.line().isClosed()).isFalse();
        }
    }

    @Test
    @DisplayName("10.2 what waits in the mailbox of a member that is killed in a send goes to another member")
    void queuedIsRouted() throws Exception {
        Routing first = (members, any) -> 0;
        try (Rig rig = Rig.connected(kind, 2, options -> options.withRouting(first))) {
            AtomicInteger writing = new AtomicInteger();
            for (FakePeer.Line line : rig.peer.allLines) {
                line.writing = (on, id, request) -> {
                    if (writing.getAndIncrement() == 0) {
                        new CountDownLatch(1).await(); // until the interrupt
                    }
                };
            }
            Rig.Asking blocked = rig.ask("blocked");
            Threads.awaitTrue("it is being sent", () -> writing.get() == 1);
            Rig.Asking queued = rig.ask("queued").whenWaiting();
            int member = rig.pool.slots().get(0).inFlight() == 2 ? 0 : 1;
            process(rig, member).kill();
            assertThat(blocked.failure()).isInstanceOf(RoutingException.Disconnected.class);
            FakePeer.Sent sent = rig.peer.awaitSent();
            assertThat(sent.request()).isEqualTo("queued");
            sent.answer("answer");
            assertThat(queued.answer()).isEqualTo("answer");
        }
    }

    @Test
    @DisplayName(
            "4.3 a member that hangs in a send and ignores its interrupt is abandoned: its requests fail, its entry"
                    + " goes, its transport is closed")
    void abandoned() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        try (Rig rig = Rig.connected(kind, 1);
                Threads threads = new Threads()) {
            FakePeer.Line line = rig.peer.awaitLine();
            AtomicInteger writing = new AtomicInteger();
            line.writing = (on, id, request) -> {
                writing.incrementAndGet();
                awaitUninterruptibly(stuck);
            };
            Rig.Asking asking = rig.ask("PING");
            Threads.awaitTrue("it is being sent", () -> writing.get() == 1);
            Rig.Asking queued = rig.ask("queued").whenWaiting();
            ProcessRef<?> process = process(rig, 0);
            Thread closer = threads.start(kind, "closer", () -> {
                rig.pool.close();
                rig.tree.close();
            });
            // brutal: interrupted at once, and a second to listen
            Threads.awaitTrue(
                    "its supervisor gives it a second",
                    () -> rig.ticker.awaitNextDeadline().compareTo(Duration.ofSeconds(1)) == 0);
            rig.ticker.advance(Duration.ofSeconds(1));
            closer.join();
            assertThat(process.isAbandoned()).isTrue();
            assertThat(asking.failure()).isInstanceOf(RoutingException.Closed.class);
            assertThat(queued.failure()).isInstanceOf(RoutingException.class);
            assertThat(line.closes).hasValue(1);
            stuck.countDown();
            process.thread().join();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
