package dev.selvage.pool.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvage.testing.ThreadKind;
import dev.selvage.testing.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many callers and few places, in real time, while callers lose patience and connections are lost. */
class LimitStormTest {
    private static final int MEMBERS = 4;
    private static final int LIMIT = 3;
    private static final int CALLERS = 100;
    private static final int REQUESTS = 60;

    /** A peer with two threads that answers in any order, counts what it has in hand, and drops a line at times. */
    private static final class Peer {
        final FakePeer peer = new FakePeer();
        final AtomicInteger tooMany = new AtomicInteger();
        private final Map<FakePeer.Line, AtomicInteger> inHand = new ConcurrentHashMap<>();
        private final List<Thread> threads = new ArrayList<>();
        private final CountDownLatch answering = new CountDownLatch(1);

        Peer() {
            for (int i = 0; i < 2; i++) {
                Random random = new Random(i);
                threads.add(Thread.startVirtualThread(() -> serve(random)));
            }
        }

        private void serve(Random random) {
            try {
                answering.await();
                while (true) {
                    FakePeer.Sent sent = peer.sent.take();
                    if (random.nextInt(3) == 0) {
                        Thread.yield();
                    }
                    inHand.get(sent.line()).decrementAndGet();
                    if (random.nextInt(500) == 0) {
                        sent.line().lose("dropped by the peer");
                    } else {
                        sent.answer("answer to " + sent.request());
                    }
                }
            } catch (InterruptedException theEnd) {
                Thread.currentThread().interrupt();
            }
        }

        Transport<String, String> connect(int member) throws Exception {
            FakePeer.Line line = (FakePeer.Line) peer.connect(member);
            AtomicInteger count = new AtomicInteger();
            inHand.put(line, count);
            line.writing = (on, id, request) -> {
                if (count.incrementAndGet() > LIMIT) {
                    tooMany.incrementAndGet();
                }
            };
            return line;
        }

        void end() throws InterruptedException {
            for (Thread thread : threads) {
                thread.interrupt();
                thread.join();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ThreadKind.class)
    @DisplayName("10.3 in a storm no member ever has more than its limit, and no place is lost or given back twice")
    void storm(ThreadKind kind) throws Exception {
        Peer peer = new Peer();
        LongAdder answered = new LongAdder();
        LongAdder failed = new LongAdder();
        try (var pool = RoutingPool.start(
                "pool",
                MEMBERS,
                peer::connect,
                options -> options.withMaxInFlight(LIMIT)
                        .withMaxWaiting(CALLERS)
                        .withMemberWait(Duration.ofSeconds(20))
                        .withRequestTimeout(Duration.ofSeconds(20))
                        .withHealthyAfter(Duration.ZERO))) {
            List<Thread> callers = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                Random random = new Random(caller);
                callers.add(kind.unstarted("caller", () -> call(pool, random, answered, failed)));
            }
            callers.forEach(Thread::start);
            Threads.awaitTrue("some wait for a place", () -> pool.queue().length() > 0);
            peer.answering.countDown();
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(answered.sum() + failed.sum()).isEqualTo(CALLERS * REQUESTS);
            assertThat(answered.sum()).isGreaterThan(CALLERS * REQUESTS / 2);
            assertThat(pool.queue().length()).isZero();
            assertThat(pool.queue().waits.sum()).isPositive();
            Threads.awaitTrue(
                    "all places are free", () -> pool.members().stream().allMatch(member -> member.inFlight() == 0));
        }
        peer.end();
        assertThat(peer.tooMany).hasValue(0);
    }

    private static void call(RoutingPool<String, String> pool, Random random, LongAdder answered, LongAdder failed) {
        for (int i = 0; i < REQUESTS; i++) {
            String request = "request " + i;
            boolean hasty = random.nextInt(20) == 0;
            try {
                Duration timeout = hasty ? Duration.ofNanos(random.nextInt(200_000)) : Duration.ofSeconds(20);
                if (random.nextInt(50) == 0) {
                    Thread.currentThread().interrupt();
                }
                assertThat(pool.request(request, timeout)).isEqualTo("answer to " + request);
                answered.increment();
            } catch (RoutingException | InterruptedException expected) {
                failed.increment();
            }
        }
    }
}
