package dev.selvage.demo.bench;

import dev.selvage.demo.bench.peer.Peers;
import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.scope.TaskScope;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/**
 * Starting something that does nothing, until it has ended: in batches, so that the cost is the spawn's, not a
 * wake-up's.
 */
@Table(
        title = "Spawn to exit",
        says = """
                Something that does nothing is started, until it has ended; in batches of 100, so that the cost \
                is the spawn's, not a wake-up's. Processes and Pekko's actors are monitored; the others have no \
                monitors. Jox has no actors of its own to start: its forks are the floor.""",
        peers = {Peers.PEKKO, Peers.FIBRY, Peers.CAJUN})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SpawnToExit {
    static final int SPAWNS = 20_000;
    private static final int BATCH = 100;

    /** Made by JMH. */
    public SpawnToExit() {}

    /**
     * Processes in a scope, each with a monitor.
     *
     * @return how many ended
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(value = "process with a monitor", role = Role.SELVAGE, atMost = 1.5)
    @OperationsPerInvocation(SPAWNS)
    public int process() throws InterruptedException {
        return Drivers.inVirtualThread(() -> {
            AtomicInteger ended = new AtomicInteger();
            try (ProcessScope scope = ProcessScope.open("bench")) {
                ProcessRef<?>[] batch = new ProcessRef<?>[BATCH];
                for (int i = 0; i < SPAWNS; i += BATCH) {
                    for (int b = 0; b < BATCH; b++) {
                        batch[b] = scope.run("task", () -> {});
                        ProcessRef.Monitor monitor = batch[b].monitor(exit -> ended.incrementAndGet());
                        assert monitor != null;
                    }
                    for (ProcessRef<?> process : batch) {
                        process.join();
                    }
                }
            }
            return ended.get();
        });
    }

    /**
     * The floor: forks in the JDK's StructuredTaskScope.
     *
     * @return how many ended
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(value = "fork in a StructuredTaskScope", role = Role.FLOOR)
    @OperationsPerInvocation(SPAWNS)
    public int floorFork() throws InterruptedException {
        return Drivers.inVirtualThread(() -> {
            AtomicInteger ended = new AtomicInteger();
            try (TaskScope scope = TaskScope.open("bench")) {
                Thread[] batch = new Thread[BATCH];
                for (int i = 0; i < SPAWNS; i += BATCH) {
                    for (int b = 0; b < BATCH; b++) {
                        batch[b] = scope.fork("task", ended::incrementAndGet);
                    }
                    for (Thread thread : batch) {
                        thread.join();
                    }
                }
            }
            return ended.get();
        });
    }

    /**
     * Bare virtual threads, in no scope.
     *
     * @return how many ended
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(value = "bare virtual thread", role = Role.PLAIN)
    @OperationsPerInvocation(SPAWNS)
    public int virtualThread() throws InterruptedException {
        return Drivers.inVirtualThread(() -> {
            AtomicInteger ended = new AtomicInteger();
            Thread[] batch = new Thread[BATCH];
            for (int i = 0; i < SPAWNS; i += BATCH) {
                for (int b = 0; b < BATCH; b++) {
                    batch[b] = Thread.startVirtualThread(ended::incrementAndGet);
                }
                for (Thread thread : batch) {
                    thread.join();
                }
            }
            return ended.get();
        });
    }

    /**
     * A peer's actors.
     *
     * @param state the peer
     * @return how many ran
     * @throws InterruptedException never
     */
    @Benchmark
    @Row(role = Role.PEER)
    @OperationsPerInvocation(SPAWNS)
    public int peer(PeerState state) throws InterruptedException {
        return Drivers.inVirtualThread(() -> state.running().spawnToExit(SPAWNS, BATCH));
    }
}
