package dev.selvage.demo.bench;

import dev.selvage.demo.bench.peer.Peer;
import dev.selvage.demo.bench.peer.Peers;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From the first send until the last message is handled, one receiver, all on virtual threads. */
@Table(
        title = "Send to handled",
        says = """
                From the first of 100,000 messages that virtual threads send to one until it has added up the \
                last, for each message. No mailbox is bounded.""",
        peers = {Peers.PEKKO, Peers.JOX, Peers.FIBRY, Peers.CAJUN})
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SendToHandled {
    static final int MESSAGES = 100_000;

    /** How many senders share the messages. */
    @Param({"1", "4"})
    public int senders;

    /** Made by JMH. */
    public SendToHandled() {}

    private interface Sink {
        void send(Integer message) throws Exception;
    }

    private void sendAll(Sink sink) {
        int each = MESSAGES / senders;
        for (int s = 0; s < senders; s++) {
            Thread.ofVirtual().name("sender").start(() -> {
                try {
                    for (int i = 0; i < each; i++) {
                        sink.send(i);
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    /**
     * Sends to a process.
     *
     * @return the sum of the messages
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(value = "send to a process", role = Role.SELVAGE, atMost = 1.3)
    @OperationsPerInvocation(MESSAGES)
    public long process() throws InterruptedException {
        return Drivers.inVirtualThread(() -> {
            long[] sum = new long[1];
            try (ProcessScope scope = ProcessScope.open("bench")) {
                ProcessRef<Integer> receiver = scope.start("receiver", mailbox -> {
                    for (int i = 0; i < MESSAGES; i++) {
                        sum[0] += mailbox.receive();
                    }
                });
                sendAll(receiver::send);
                receiver.join();
            }
            return sum[0];
        });
    }

    /**
     * The floor: JCTools' unbounded array queue, with park and unpark by hand.
     *
     * @return the sum of the messages
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(value = "JCTools MpscUnboundedArrayQueue, park and unpark", role = Role.FLOOR)
    @OperationsPerInvocation(MESSAGES)
    public long floorJctoolsAndPark() throws InterruptedException {
        Handoff handoff = new Handoff();
        return Drivers.inVirtualThread(() -> {
            handoff.receiver = Thread.currentThread();
            sendAll(handoff::send);
            long sum = 0;
            for (int i = 0; i < MESSAGES; i++) {
                sum += handoff.receive();
            }
            return sum;
        });
    }

    private static final class Handoff {
        private final MpscUnboundedArrayQueue<Integer> queue = new MpscUnboundedArrayQueue<>(1024);
        private volatile boolean parked;
        private volatile Thread receiver = Thread.currentThread();

        void send(Integer message) {
            queue.offer(message);
            if (parked) {
                parked = false;
                LockSupport.unpark(receiver);
            }
        }

        Integer receive() {
            Integer message;
            while ((message = queue.poll()) == null) {
                parked = true;
                if ((message = queue.poll()) != null) {
                    parked = false;
                    return message;
                }
                LockSupport.park();
            }
            return message;
        }
    }

    /**
     * What most programs would write: a LinkedTransferQueue.
     *
     * @return the sum of the messages
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(value = "LinkedTransferQueue", role = Role.PLAIN)
    @OperationsPerInvocation(MESSAGES)
    public long transferQueue() throws InterruptedException {
        LinkedTransferQueue<Integer> queue = new LinkedTransferQueue<>();
        return Drivers.inVirtualThread(() -> {
            sendAll(queue::add);
            long sum = 0;
            for (int i = 0; i < MESSAGES; i++) {
                sum += queue.take();
            }
            return sum;
        });
    }

    /**
     * Sends to a peer's actor, or channel.
     *
     * @param state the peer
     * @return the sum of the messages
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(role = Role.PEER)
    @OperationsPerInvocation(MESSAGES)
    public long peer(PeerState state) throws InterruptedException {
        return Drivers.inVirtualThread(() -> {
            Peer.Receiver receiver = state.running().startReceiver(MESSAGES);
            sendAll(receiver::send);
            return receiver.awaitSum();
        });
    }
}
