package dev.selvage.demo.bench;

import dev.selvage.demo.bench.peer.Peer;
import dev.selvage.demo.bench.peer.Peers;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.process.ReplyTo;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** One virtual thread asks another and waits for the answer. */
@Table(
        title = "Call round trip",
        says = """
                One virtual thread asks another and waits for the answer, at most five seconds. Neither the \
                floor nor Jox knows a timeout, and the floor knows no end of who is asked.""",
        peers = {Peers.PEKKO, Peers.JOX, Peers.FIBRY, Peers.CAJUN})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CallRoundTrip {
    static final int CALLS = 20_000;

    /** Made by JMH. */
    public CallRoundTrip() {}

    /**
     * A call to a process, with its default timeout.
     *
     * @return the sum of the answers
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(value = "call to a process", role = Role.SELVAGE, atMost = 1.3)
    @OperationsPerInvocation(CALLS)
    public long process() throws InterruptedException {
        return Drivers.inVirtualThread(() -> {
            try (ProcessScope scope = ProcessScope.open("bench")) {
                ProcessRef<ReplyTo<Integer>> callee = scope.start("callee", mailbox -> {
                    for (int i = 0; ; i++) {
                        mailbox.receive().reply(i);
                    }
                });
                long sum = 0;
                for (int i = 0; i < CALLS; i++) {
                    sum += callee.<Integer>call(from -> from);
                }
                return sum;
            }
        });
    }

    /** A request of the hand-written floor: the answer and who waits for it. */
    private static final class Request {
        final Thread caller = Thread.currentThread();
        volatile @Nullable Integer answer;
    }

    /**
     * The floor: a ConcurrentLinkedQueue, park and unpark, written by hand. No timeout, no exit, no close.
     *
     * @return the sum of the answers
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(value = "ConcurrentLinkedQueue, park and unpark", role = Role.FLOOR)
    @OperationsPerInvocation(CALLS)
    public long floorQueueAndPark() throws InterruptedException {
        ConcurrentLinkedQueue<Request> queue = new ConcurrentLinkedQueue<>();
        Thread callee = Thread.startVirtualThread(() -> {
            for (int i = 0; i < CALLS; i++) {
                Request request;
                while ((request = queue.poll()) == null) {
                    LockSupport.park();
                }
                request.answer = i;
                LockSupport.unpark(request.caller);
            }
        });
        return Drivers.inVirtualThread(() -> {
            long sum = 0;
            for (int i = 0; i < CALLS; i++) {
                Request request = new Request();
                queue.add(request);
                LockSupport.unpark(callee);
                Integer answer;
                while ((answer = request.answer) == null) {
                    LockSupport.park();
                }
                sum += answer;
            }
            return sum;
        });
    }

    /**
     * What most programs would write: a LinkedTransferQueue of CompletableFutures, awaited with a timeout.
     *
     * @return the sum of the answers
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(value = "LinkedTransferQueue of CompletableFuture", role = Role.PLAIN)
    @OperationsPerInvocation(CALLS)
    public long queueAndFuture() throws InterruptedException {
        LinkedTransferQueue<CompletableFuture<Integer>> queue = new LinkedTransferQueue<>();
        Thread callee = Thread.startVirtualThread(() -> {
            try {
                for (int i = 0; i < CALLS; i++) {
                    queue.take().complete(i);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        long result = Drivers.inVirtualThread(() -> {
            long sum = 0;
            for (int i = 0; i < CALLS; i++) {
                CompletableFuture<Integer> answer = new CompletableFuture<>();
                queue.add(answer);
                sum += answer.get(5, TimeUnit.SECONDS);
            }
            return sum;
        });
        callee.join();
        return result;
    }

    /**
     * A peer's ask, of an actor.
     *
     * @param state the peer
     * @return the sum of the answers
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(value = "ask", role = Role.PEER)
    @OperationsPerInvocation(CALLS)
    public long peer(PeerState state) throws InterruptedException {
        return Drivers.inVirtualThread(() -> {
            Peer.Callee callee = state.running().startCallee();
            long sum = 0;
            for (int i = 0; i < CALLS; i++) {
                sum += callee.ask();
            }
            callee.stop();
            return sum;
        });
    }
}
