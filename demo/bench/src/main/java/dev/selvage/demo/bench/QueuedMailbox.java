package dev.selvage.demo.bench;

import dev.selvage.process.ProcessRef;
import dev.selvage.process.ProcessScope;
import dev.selvage.process.ReplyTo;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Calls that are made by a process whose own mailbox is long, beside those of one whose mailbox is empty. */
@Table(
        title = "Calls by the owner of a long mailbox",
        says = "A process with 500,000 messages queued makes calls to another; the floor is one with none.")
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class QueuedMailbox {
    static final int CALLS = 20_000;
    static final int QUEUED = 500_000;

    /** Made by JMH. */
    public QueuedMailbox() {}

    /** A process that makes calls when told, other than by a message. */
    @State(Scope.Benchmark)
    public abstract static class Caller {
        private final LinkedTransferQueue<CompletableFuture<Long>> orders = new LinkedTransferQueue<>();
        private final CountDownLatch stopped = new CountDownLatch(1);
        private final int queued;
        private @Nullable Thread home;

        Caller(int queued) {
            this.queued = queued;
        }

        /**
         * Starts it and fills its mailbox.
         *
         * @throws Exception if it does not start
         */
        @Setup
        public void start() throws Exception {
            CompletableFuture<Integer> filled = new CompletableFuture<>();
            home = Thread.ofVirtual().start(() -> {
                try (ProcessScope scope = ProcessScope.open("bench")) {
                    ProcessRef<ReplyTo<Integer>> callee = scope.start("callee", mailbox -> {
                        for (int i = 0; ; i++) {
                            mailbox.receive().reply(i);
                        }
                    });
                    ProcessRef<Integer> caller = scope.start("caller", mailbox -> {
                        while (true) {
                            orders.take().complete(call(callee));
                        }
                    });
                    for (int i = 0; i < queued; i++) {
                        caller.send(i);
                    }
                    filled.complete(caller.mailboxLength());
                    stopped.await();
                    caller.kill();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            if (filled.get() != queued) {
                throw new IllegalStateException(filled.get() + " messages queued, not " + queued);
            }
        }

        private static long call(ProcessRef<ReplyTo<Integer>> callee) throws InterruptedException {
            long sum = 0;
            for (int i = 0; i < CALLS; i++) {
                sum += callee.<Integer>call(from -> from);
            }
            return sum;
        }

        long order() throws Exception {
            CompletableFuture<Long> order = new CompletableFuture<>();
            orders.add(order);
            return order.get(30, TimeUnit.SECONDS);
        }

        /**
         * Ends it.
         *
         * @throws InterruptedException never
         */
        @TearDown
        public void stop() throws InterruptedException {
            stopped.countDown();
            if (home != null) {
                home.join();
            }
        }
    }

    /** A caller with an empty mailbox. */
    public static class Empty extends Caller {
        /** Made by JMH. */
        public Empty() {
            super(0);
        }
    }

    /** A caller with a long mailbox. */
    public static class Long500k extends Caller {
        /** Made by JMH. */
        public Long500k() {
            super(QUEUED);
        }
    }

    /**
     * The floor: nothing queued.
     *
     * @param caller the process
     * @return the sum of the answers
     * @throws Exception never
     */
    @Benchmark
    @Row(value = "call by a process with an empty mailbox", role = Role.FLOOR)
    @OperationsPerInvocation(CALLS)
    public long floorEmpty(Empty caller) throws Exception {
        return caller.order();
    }

    /**
     * 500,000 messages queued.
     *
     * @param caller the process
     * @return the sum of the answers
     * @throws Exception never
     */
    @Benchmark
    @Row(value = "call by a process with 500,000 messages queued", role = Role.SELVAGE, atMost = 1.2)
    @OperationsPerInvocation(CALLS)
    public long queued(Long500k caller) throws Exception {
        return caller.order();
    }
}
